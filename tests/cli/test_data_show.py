"""`nnbp data show`, through the installed program, against the bytes of the files."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from support.datasets import idx_bytes
from support.program import events, run, write_idx_folder
from support.white_pixels import write_folder

from nnbp import data
from nnbp.distorter import Distorter
from nnbp.distortions import PRESETS
from nnbp.warping import distort


@pytest.mark.parametrize(("split", "file"), [("test", "t10k"), ("train", "train")])
def test_json_has_the_pixels_and_label_of_each_index_in_the_order_asked_for(
    split: str, file: str, digits: Path, tmp_path: Path
) -> None:
    done = run("data", "show", "4", "1-2", "--dataset", digits, "--split", split, "--json", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, b"")
    images = (digits / f"{file}-images-idx3-ubyte").read_bytes()[16:]
    labels = (digits / f"{file}-labels-idx1-ubyte").read_bytes()[8:]
    assert events(done.stdout) == [
        {
            "event": "image",
            "index": index,
            "label": labels[index],
            "split": split,
            "dataset": "folder",
            "pixels": [list(images[start : start + 3]) for start in range(12 * index, 12 * index + 12, 3)],
        }
        for index in (4, 1, 2)
    ]


def test_each_image_is_drawn_below_its_index_and_label(tmp_path: Path) -> None:
    folder = write_idx_folder(tmp_path / "digits")
    path = folder / "t10k-images-idx3-ubyte"
    stripes = bytes([255, 255, 255, 0, 0, 0, 0, 255, 0, 0, 255, 0])
    path.write_bytes(path.read_bytes()[:16] + bytes(12) + stripes + bytes(12 * 28))
    done = run("data", "show", "1", "0", "--dataset", folder, cwd=tmp_path, PYTHONIOENCODING="utf-8")
    expected = "1: 1  0: 0\n▀▀▀\n █\n\n" if "▀" in done.stdout.decode() else "1: 1  0: 0\n===\n @\n\n"
    assert done.stdout.decode() == expected
    plain = run("data", "show", "1", "--dataset", folder, cwd=tmp_path, LC_ALL="C")
    assert plain.stdout == b"1: 1\n===\n @\n\n"


def test_an_index_that_is_no_index_is_a_usage_error(digits: Path, tmp_path: Path) -> None:
    for index, reason in {
        "30": b"there is no image 30; the test images of folder are 0 to 29",
        "5-30": b"there is no image 30",
        "3-1": b"write 1-3",
        "x": b"is not an index",
        "1-": b"is not an index",
    }.items():
        done = run("data", "show", index, "--dataset", digits, cwd=tmp_path)
        assert (done.returncode, done.stdout) == (2, b"")
        assert reason in b" ".join(done.stderr.split())


def test_without_mnist_it_warns_and_shows_the_sample(tmp_path: Path) -> None:
    done = run("data", "show", "0", "--json", cwd=tmp_path)
    assert done.returncode == 0
    assert done.stderr.startswith(b"nnbp: warning: ")
    (event,) = events(done.stdout)
    assert (event["dataset"], len(event["pixels"]), len(event["pixels"][0])) == ("sample", 28, 28)


def captions(folder: Path, labels: list[int], *indices: str) -> list[str]:
    """The lines of captions above images one pixel high and three wide."""
    write_folder(folder / "small", [0] * len(labels), labels)
    done = run("data", "show", *indices, "--dataset", "small", cwd=folder)
    return [line for line in done.stdout.decode().splitlines() if ":" in line]


def test_small_images_stand_in_columns_as_wide_as_the_longest_caption(tmp_path: Path) -> None:
    lines = captions(tmp_path, [1] * 40, "0-8", "39", *["0-9"] * 3)
    # Of 80 columns, 11 times 5 and 10 times 2 between them are 75; one image more would need 82.
    assert [line.count(":") for line in lines] == [11, 11, 11, 7]
    places = [[n for n, character in enumerate(line) if character == ":"] for line in lines]
    assert [place[0] for place in places] == [1] * 4
    assert places[1] == places[2] == list(range(1, 78, 7))


def test_a_long_label_makes_all_columns_wider(tmp_path: Path) -> None:
    # 9 times 7 and 8 times 2 are 79.
    assert [line.count(":") for line in captions(tmp_path, [100] * 20, "0-19")] == [9, 9, 2]


def test_distorted_images_are_those_of_the_seed(tmp_path: Path) -> None:
    line = (
        "data",
        "show",
        "3",
        "0",
        "3",
        "--dataset",
        "sample",
        "--distort",
        "full",
        "--shift",
        "2",
        "--json",
    )
    seeded = run(*line, "--seed", "5", cwd=tmp_path)
    assert (seeded.returncode, seeded.stderr) == (0, b"")
    seen = events(seeded.stdout)
    assert [(event["index"], event["split"]) for event in seen] == [(3, "test"), (0, "test"), (3, "test")]
    distorter = Distorter(replace(PRESETS["full"], shift=2.0), (28, 28), np.random.default_rng(5))
    images = data.load("sample").test.images[[3, 0, 3]]
    exact = distort(np.ascontiguousarray(images), distorter.draw(3), distorter.field, (28, 28))
    assert [event["pixels"] for event in seen] == exact.reshape(3, 28, 28).tolist()
    assert events(run(*line, cwd=tmp_path).stdout) != seen


def test_a_seed_without_a_distortion_is_a_warning(digits: Path, tmp_path: Path) -> None:
    line = ("data", "show", "0", "--dataset", digits, "--json")
    done = run(*line, "--seed", "5", cwd=tmp_path)
    assert done.stderr == b"nnbp: warning: --seed has no effect without a distortion\n"
    assert done.stdout == run(*line, cwd=tmp_path).stdout


def test_images_too_wide_to_be_distorted_are_refused(tmp_path: Path) -> None:
    folder = write_idx_folder(tmp_path / "wide")
    (folder / "t10k-images-idx3-ubyte").write_bytes(idx_bytes((1, 1, 1025), bytes(1025)))
    (folder / "t10k-labels-idx1-ubyte").write_bytes(idx_bytes((1,), b"\0"))
    (folder / "train-images-idx3-ubyte").write_bytes(idx_bytes((1, 1, 1025), bytes(1025)))
    (folder / "train-labels-idx1-ubyte").write_bytes(idx_bytes((1,), b"\0"))
    done = run("data", "show", "0", "--dataset", folder, "--rotate", "1", "--json", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"1 to 1,024 rows and columns were expected" in b" ".join(done.stderr.split())
