"""`nnbp predict`, with a network whose answers are obvious: an output for each pixel, the brightest wins."""

import json
import math
import struct
from pathlib import Path

import numpy as np
import pytest
from support.program import events, run, shell

from nnbp import Network, Settings, Training

# 255 is σ(4), 0 is σ(−4).
SURE, NOT = 1 / (1 + math.exp(-4)), 1 / (1 + math.exp(4))


def idx(*images: list[int]) -> bytes:
    """An IDX file of images of 2×2 pixels."""
    return struct.pack(">4B3I", 0, 0, 8, 3, len(images), 2, 2) + b"".join(map(bytes, images))


IMAGES = idx([0, 0, 255, 0], [255, 0, 0, 0], [0, 0, 0, 128])


@pytest.fixture
def model(tmp_path: Path) -> Path:
    weights, biases = [np.eye(4, dtype=np.float32) * 8], [np.full(4, -4, np.float32)]
    rng = np.random.Generator(np.random.PCG64(0))
    Training(Network((4, 4), weights, biases), Settings(), rng).save(tmp_path / "model.npz")
    return tmp_path / "model.npz"


def test_each_image_of_each_file_has_a_line(model: Path, tmp_path: Path, engine: str) -> None:
    (tmp_path / "a").write_bytes(IMAGES)
    (tmp_path / "b").write_bytes(idx([0, 255, 0, 0]))
    done = run("predict", model, "a", "b", "--engine", engine, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, b"")
    header, *lines = [line.split("\t") for line in done.stdout.decode().splitlines()]
    assert header == ["file", "index", "label", "probability"]
    assert [line[:3] for line in lines] == [
        ["a", "0", "2"],
        ["a", "1", "0"],
        ["a", "2", "3"],
        ["b", "0", "1"],
    ]
    half = 1 / (1 + math.exp(4 - 8 * 128 / 255))
    assert [float(line[3]) for line in lines] == pytest.approx([SURE, SURE, half, SURE], rel=1e-5)


def test_json_has_events_and_all_probabilities(model: Path, tmp_path: Path) -> None:
    done = run("predict", model, "--json", "--probabilities", cwd=tmp_path, stdin=IMAGES)
    first = events(done.stdout)[0]
    assert first == {
        "event": "prediction",
        "file": "-",
        "index": 0,
        "label": 2,
        "probability": pytest.approx(SURE, rel=1e-5),
        "probabilities": pytest.approx([NOT, NOT, SURE, NOT], rel=1e-5),
    }
    text = run("predict", model, "-", "--probabilities", cwd=tmp_path, stdin=IMAGES).stdout.decode()
    assert text.splitlines()[0].split("\t")[4:] == [f"probability_{n}" for n in range(4)]
    assert [float(p) for p in text.splitlines()[1].split("\t")[4:]] == first["probabilities"]


def test_a_label_below_the_threshold_is_unknown(model: Path, tmp_path: Path) -> None:
    line = ("predict", model, "--threshold", "0.9")
    shown = run(*line, cwd=tmp_path, stdin=IMAGES).stdout.decode().splitlines()[1:]
    assert [each.split("\t")[2] for each in shown] == ["2", "0", "?"]
    found = events(run(*line, "--json", cwd=tmp_path, stdin=IMAGES).stdout)
    assert [each["label"] for each in found] == [2, 0, None]


def test_bad_files_are_named_and_good_ones_answered(model: Path, tmp_path: Path) -> None:
    (tmp_path / "good").write_bytes(IMAGES)
    (tmp_path / "cut").write_bytes(IMAGES[:-1])
    done = run("predict", model, "none", "cut", "good", cwd=tmp_path)
    assert done.returncode == 3
    assert [line.split(b"\t")[0] for line in done.stdout.splitlines()[1:]] == [b"cut"] * 2 + [b"good"] * 3
    missing, cut = done.stderr.splitlines()
    assert missing == b"nnbp: error: none: No such file or directory; check the name"
    assert cut.startswith(b"nnbp: error: cut: ")


def test_any_file_name_is_one_cell_and_valid_json(model: Path, tmp_path: Path) -> None:
    name = "%d\t\n\\: nan\udcff"
    (tmp_path / name).write_bytes(IMAGES)
    done = run("predict", model, name, "--show", cwd=tmp_path, LC_ALL="C")
    lines = done.stdout.decode().splitlines()
    assert done.stderr.splitlines()[0] == rb"%d\t\n\: nan\udcff 0"
    assert [line.split("\t")[0] for line in lines[1:]] == [r"%d\t\n\\: nan\udcff"] * 3
    found = [json.loads(x) for x in run("predict", model, name, "--json", cwd=tmp_path).stdout.splitlines()]
    assert {each["file"] for each in found} == {name}


def test_show_draws_what_the_network_sees_on_standard_error(model: Path, tmp_path: Path) -> None:
    done = run("predict", model, "--show", "--json", cwd=tmp_path, stdin=IMAGES, LC_ALL="C")
    assert done.stderr == b"- 0\n=\n\n- 1\n=\n\n- 2\n :\n\n".replace(b"\n\n", b"\n")
    assert [each["label"] for each in events(done.stdout)] == [2, 0, 3]


@pytest.mark.parametrize(
    ("rows", "columns", "drawn"), [(2, 6, [6]), (6, 2, [2, 2, 2]), (4, 3, [3, 3]), (1, 12, [4, 4])]
)
def test_show_keeps_the_shape_of_the_images(
    rows: int, columns: int, drawn: list[int], tmp_path: Path
) -> None:
    Training.begin((12, 3), Settings(), seed=1).save(tmp_path / "model.npz")
    header = bytes([0, 0, 8, 3]) + b"".join(n.to_bytes(4, "big") for n in (1, rows, columns))
    done = run("predict", "model.npz", "--show", cwd=tmp_path, stdin=header + b"\xff" * 12)
    assert [len(line) for line in done.stderr.decode().splitlines()[1:]] == drawn


@pytest.mark.parametrize(
    ("arguments", "reason"), [(["-"], b"cannot both come"), (["model.npz", "-", "-"], b"only once")]
)
def test_standard_input_is_needed_only_once(
    arguments: list[str], reason: bytes, model: Path, tmp_path: Path
) -> None:
    done = run("predict", *arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert reason in b" ".join(done.stderr.split())


def test_what_is_exported_is_read_back_to_the_same_pixels(model: Path, tmp_path: Path) -> None:
    line = "nnbp data export 0-9 --dataset sample -o - | nnbp predict model.npz --show"
    training = Training.begin((784, 3), Settings(), seed=1)
    training.save(model)
    drawn = shell(line, cwd=tmp_path).stderr.splitlines()
    shown = shell("nnbp data show 0-9 --dataset sample", cwd=tmp_path).stdout.splitlines()
    left, right = [row[:28].rstrip() for row in map(bytes.decode, shown)], drawn
    assert left[1:15] == [row.decode() for row in right[1:15]]
