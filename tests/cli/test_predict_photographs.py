"""`nnbp predict` on enlarged, inverted and unevenly lit digits: it answers as it does on the digits."""

from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from support.program import run

from nnbp import Settings, Training, data

pil: Any = pytest.importorskip("PIL.Image", reason="pictures are enlarged by Pillow")
chops: Any = pytest.importorskip("PIL.ImageChops")

WIDTH, HEIGHT, MARGIN = 300, 400, 10


def photographed(digit: Any, rng: np.random.Generator) -> Any:
    """A picture of a digit, white on black, as black ink: enlarged, somewhere on a sheet of paper.

    One edge of the sheet is white; towards the opposite one, it darkens to half as bright.
    """
    side = int(rng.integers(WIDTH // 2, WIDTH - 2 * MARGIN + 1))
    corner = [int(rng.integers(MARGIN, length - MARGIN - side + 1)) for length in (WIDTH, HEIGHT)]
    sheet = pil.new("L", (WIDTH, HEIGHT), 255)
    sheet.paste(chops.invert(digit).resize((side, side), pil.Resampling.BICUBIC), tuple(corner))
    light = pil.linear_gradient("L").rotate(90 * int(rng.integers(4))).resize(sheet.size)
    return chops.multiply(sheet, light.point(lambda grey: 128 + grey // 2))


def answers(model: Path, *files: str, stdin: bytes = b"") -> list[str]:
    """The labels that the program prints."""
    done = run("predict", model, *files, cwd=model.parent, stdin=stdin)
    assert (done.returncode, done.stderr) == (0, b"")
    return [line.split("\t")[2] for line in done.stdout.decode().splitlines()[1:]]


def trained(loaded: data.Dataset, path: Path) -> Path:
    training = Training.begin((784, 30, 10), Settings(epochs=5), seed=1)
    for _ in training.run(loaded.training):
        pass
    training.save(path)
    return path


def test_the_ten_digits_keep_their_answers_in_photographs(tmp_path: Path) -> None:
    sample = data.load("sample")
    model = trained(sample, tmp_path / "model.npz")
    labels = sample.test.labels.tolist()
    indices = [str(labels.index(digit)) for digit in range(10)]
    line = ("data", "export", *indices, "--dataset", "sample", "-o", "digit-{index}.png")
    assert run(*line, cwd=tmp_path).returncode == 0
    rng = np.random.default_rng(1)
    for index in indices:
        picture = photographed(pil.open(tmp_path / f"digit-{index}.png"), rng)
        assert picture.size == (300, 400)
        picture.save(tmp_path / f"photo-{index}.png")

    originals = answers(model, *(f"digit-{index}.png" for index in indices))

    assert len(set(originals)) >= 9
    assert answers(model, *(f"photo-{index}.png" for index in indices)) == originals


def test_of_hundreds_of_digits_97_percent_keep_their_answers(mnist: Path, tmp_path: Path) -> None:
    loaded = data.load(str(mnist))
    model = trained(loaded, tmp_path / "model.npz")
    digits = np.asarray(loaded.test.images[:400]).reshape(-1, 28, 28)
    rng = np.random.default_rng(2)
    photographs = [np.asarray(photographed(pil.fromarray(digit), rng)) for digit in digits]

    originals = np.array(answers(model, stdin=npy(digits)))
    found = np.array(answers(model, stdin=npy(np.stack(photographs))))

    assert (found == originals).sum() >= 388


def npy(array: NDArray[np.uint8]) -> bytes:
    file = BytesIO()
    np.save(file, array)
    return file.getvalue()
