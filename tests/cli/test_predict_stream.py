"""`nnbp predict` on a stream that pauses."""

import struct
import subprocess
from pathlib import Path

from support.program import NNBP, shell

from nnbp import Settings, Training


def test_images_are_answered_before_the_stream_goes_on(tmp_path: Path) -> None:
    Training.begin((784, 3), Settings(), seed=1).save(tmp_path / "model.npz")
    with subprocess.Popen(
        [NNBP, "predict", "model.npz"], cwd=tmp_path, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(struct.pack(">4B3I", 0, 0, 8, 3, 100_000, 28, 28))
        for index in range(3):
            process.stdin.write(bytes([index]) * 784)
            process.stdin.flush()
            if not index:
                assert process.stdout.readline() == b"file\tindex\tlabel\tprobability\n"
            assert process.stdout.readline().startswith(b"-\t%d\t" % index)
        process.stdin.close()
    assert process.returncode == 3


def test_a_reader_that_leaves_ends_it_silently(tmp_path: Path) -> None:
    Training.begin((784, 3), Settings(), seed=1).save(tmp_path / "model.npz")
    line = "nnbp data export 0-1999 --dataset sample -o - | nnbp predict model.npz | head -n 1"
    done = shell(line, cwd=tmp_path)
    assert (done.stdout, done.stderr) == (b"file\tindex\tlabel\tprobability\n", b"")
