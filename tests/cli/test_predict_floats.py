"""`nnbp predict` on images that are numbers from 0 to 1, which only the NumPy engine reads."""

from pathlib import Path

import numpy as np
import pytest
from support.program import run
from support.white_pixels import answering

from nnbp import native

WHITE = np.eye(3, dtype=np.float32)[[2, 0, 1]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    answering(tmp_path / "model.npz")
    np.save(tmp_path / "numbers.npy", WHITE)
    np.save(tmp_path / "bytes.npy", (WHITE * 255).astype(np.uint8))
    (tmp_path / "numbers.csv").write_text("0,0,0.75\n1,0,0.0\n")
    return tmp_path


@pytest.mark.parametrize("engine", ["auto", "numpy"])
def test_numbers_are_answered_like_bytes(engine: str, folder: Path) -> None:
    line = ("predict", "model.npz", "numbers.npy", "bytes.npy", "numbers.csv", "--engine", engine)
    done = run(*line, cwd=folder)
    assert (done.returncode, done.stderr) == (0, b"")
    rows = [row.split("\t") for row in done.stdout.decode().splitlines()[1:]]
    assert [label for _, _, label, _ in rows] == ["2", "0", "1", "2", "0", "1", "2", "0"]
    likely = [float(probability) for *_, probability in rows]
    assert likely[:3] == pytest.approx(likely[3:6], rel=1e-5)
    assert likely[6] == pytest.approx(1 / (1 + np.exp(-5)), rel=1e-5)


@pytest.mark.skipif(native.missing() is not None, reason="the compiled engine is not available")
def test_the_compiled_engine_refuses_a_file_of_numbers_and_answers_the_others(folder: Path) -> None:
    files = ("numbers.npy", "bytes.npy", "numbers.csv")
    done = run("predict", "model.npz", *files, "--engine", "native", cwd=folder)
    assert done.returncode == 3
    assert [line.split(b"\t")[0] for line in done.stdout.splitlines()] == [b"file"] + [b"bytes.npy"] * 3
    reason = "engine native: it supports only float32 networks and images of bytes; use --engine numpy"
    assert done.stderr.decode().splitlines() == [
        f"nnbp: error: {name}: {reason}" for name in ("numbers.npy", "numbers.csv")
    ]
