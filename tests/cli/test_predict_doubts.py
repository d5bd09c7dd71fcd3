"""`nnbp predict` on pictures that a newcomer tries: no ink, black on white, several at once, no model."""

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from support.program import events, run

from nnbp import Settings, Training

DIGIT = np.pad(np.full((12, 4), 255, np.uint8), ((8, 8), (12, 12)))


def png(pixels: Any, format_: str = "PNG") -> bytes:
    file = io.BytesIO()
    Image.fromarray(np.asarray(pixels, np.uint8)).save(file, format_)
    return file.getvalue()


def paper(*shape: int) -> Any:
    return np.full(shape, 255, np.uint8)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    Training.begin((784, 3), Settings(), seed=1).save(tmp_path / "model.npz")
    return tmp_path


def labels(written: bytes) -> list[str]:
    return [line.split("\t")[2] for line in written.decode().splitlines()[1:]]


def test_a_picture_without_ink_has_no_label_and_a_warning(folder: Path) -> None:
    blank = {"white": paper(40, 30), "black": 0 * paper(40, 30), "point": paper(1, 1)}
    for name, pixels in blank.items():
        (folder / name).write_bytes(png(pixels))
    (folder / "digit").write_bytes(png(255 - np.pad(DIGIT, 9)))
    done = run("predict", "model.npz", *blank, "digit", cwd=folder)
    assert done.returncode == 0
    assert labels(done.stdout)[:3] == ["?"] * 3
    assert labels(done.stdout)[3] != "?"
    assert done.stderr.decode().splitlines() == [
        f"nnbp: warning: {name}: image 0: no ink was found, so its label is unknown" for name in blank
    ]


def test_images_of_only_0_and_1_in_whole_numbers_get_a_warning(folder: Path) -> None:
    bits = (DIGIT // 255).reshape(1, -1)
    fractions = np.where(bits, 1.0, 0.0)
    for name, array in {"bits": bits, "bytes": 255 * bits, "fractions": fractions, "black": 0 * bits}.items():
        np.save(folder / f"{name}.npy", array)
    done = run("predict", "model.npz", "bits.npy", "bytes.npy", "fractions.npy", "black.npy", cwd=folder)
    assert done.returncode == 0
    assert done.stderr.decode() == (
        "nnbp: warning: bits.npy: image 0: no pixel is above 1 of 255; "
        "write 0 and 255, or fractions as 0.0 and 1.0\n"
    )


def test_json_has_null_for_a_picture_without_ink_and_the_outputs_as_they_are(folder: Path) -> None:
    line = ("predict", "model.npz", "--json", "--probabilities", "--show")
    done = run(*line, cwd=folder, stdin=png(paper(9, 9)), LC_ALL="C")
    (found,) = events(done.stdout)
    assert found["label"] is None
    assert found["probability"] == max(found["probabilities"])
    warning, caption, *drawn = done.stderr.decode().splitlines()
    assert "standard input: image 0: no ink was found" in warning
    assert caption == "- 0"
    assert not "".join(drawn).strip()


def test_a_stream_of_blank_pictures_has_one_warning(folder: Path) -> None:
    digit, blank = (b"P5 40 40 255\n" + a.tobytes() for a in (np.pad(DIGIT, 6), paper(40, 40)))
    done = run("predict", "model.npz", cwd=folder, stdin=digit + blank * 99)
    assert labels(done.stdout)[1:] == ["?"] * 99
    assert labels(done.stdout)[0] != "?"
    assert done.stderr.splitlines() == [
        b"nnbp: warning: standard input: image 1: no ink was found, so its label is unknown"
    ]


def test_dark_ink_on_bright_paper_of_the_networks_own_size_has_one_warning(folder: Path) -> None:
    pgm = [b"P5 28 28 255\n" + a.tobytes() for a in (DIGIT, 255 - DIGIT)]
    files = {
        "a": pgm[0] * 1000 + pgm[1] * 9,
        "b": pgm[0],
        "c": png(255 - DIGIT),
        "d": png(DIGIT),
        "e": png(np.pad(paper(26, 26), 1)),
    }
    for name, content in files.items():
        (folder / name).write_bytes(content)
    done = run("predict", "model.npz", *files, cwd=folder)
    said = "taken as it is, but it looks like dark ink on bright paper; --prepare always prepares it"
    assert done.stderr.decode().splitlines() == [
        f"nnbp: warning: a: image 1000: {said}",
        f"nnbp: warning: c: image 0: {said}",
    ]
    always = run("predict", "model.npz", "c", "d", "--prepare", "always", cwd=folder)
    assert (always.returncode, always.stderr) == (0, b"")
    assert len(set(labels(always.stdout))) == 1


def test_images_of_other_programs_are_not_looked_at_for_paper(folder: Path) -> None:
    for content in (b",".join([b"255"] * 784), b"\0\0\x08\x03\0\0\0\1\0\0\0\x1c\0\0\0\x1c" + b"\xff" * 784):
        done = run("predict", "model.npz", cwd=folder, stdin=content)
        assert (done.returncode, done.stderr) == (0, b"")
    black = run("predict", "model.npz", cwd=folder, stdin=content.replace(b"\xff", b"\0"))
    assert (black.stderr, labels(black.stdout) == ["?"]) == (b"", False)


@pytest.mark.parametrize("format_", ["PNG", "BMP", "JPEG"])
def test_pictures_one_after_another_are_answered_in_turn(folder: Path, format_: str) -> None:
    pictures = [png(255 - np.pad(DIGIT, margin), format_) for margin in (5, 9, 14)]
    done = run("predict", "model.npz", cwd=folder, stdin=b"".join(pictures))
    assert (done.returncode, done.stderr) == (0, b"")
    rows = [line.split(b"\t") for line in done.stdout.splitlines()[1:]]
    assert [row[1] for row in rows] == [b"0", b"1", b"2"]
    for picture, row in zip(pictures, rows, strict=True):
        alone = run("predict", "model.npz", cwd=folder, stdin=picture).stdout.splitlines()[1]
        assert alone.split(b"\t")[2:] == row[2:]


@pytest.mark.parametrize("files", [(), ("model.npz",)])
def test_a_picture_in_the_place_of_the_model_is_named_before_standard_input(
    folder: Path, files: tuple[str, ...]
) -> None:
    (folder / "seven.jpg").write_bytes(png(255 - DIGIT, "JPEG"))
    done = run("predict", "seven.jpg", *files, cwd=folder)
    assert (done.returncode, done.stdout) == (3, b"")
    assert done.stderr.decode() == (
        "nnbp: error: seven.jpg: not a model file, but a JPEG picture; "
        "name the model before the pictures: nnbp predict MODEL FILE...\n"
    )
    (folder / "text").write_text("hello")
    assert b"text: not a model file: " in run("predict", "text", cwd=folder).stderr


def test_a_file_whose_name_is_a_dash_is_not_the_model_on_standard_input(folder: Path) -> None:
    (folder / "-").write_bytes(png(DIGIT))
    assert (
        b"standard input: not a model file: " in run("predict", "-", "x", cwd=folder, stdin=b"hello").stderr
    )
