"""`nnbp predict` needs as much memory for a long stream as for a short one."""

import shlex
import struct
from pathlib import Path

from support.program import script, shell

from nnbp import Settings, Training

SHORT, LONG = 20_000, 200_000  # images: 16 and 157 MB, which are answered with 2 and 19 MB


def peak(folder: Path, count: int) -> int:
    """The peak memory in bytes for a stream of black images."""
    with (folder / "stream").open("wb") as file:
        file.write(struct.pack(">4B3I", 0, 0, 8, 3, count, 28, 28))
        file.truncate(16 + count * 784)
    command = shlex.join(script("peak_of_nnbp", "predict", "model.npz", "--json"))
    done = shell(f"{command} < stream | tail -n 1", cwd=folder, PEAK="peak")
    assert (done.returncode, done.stderr) == (0, b"")
    assert b'"index": %d,' % (count - 1) in done.stdout
    return int((folder / "peak").read_text()) * 1024


def test_memory_does_not_grow_with_the_stream(tmp_path: Path) -> None:
    Training.begin((784, 3), Settings(), seed=1).save(tmp_path / "model.npz")
    assert peak(tmp_path, LONG) < peak(tmp_path, SHORT) + 10_000_000
