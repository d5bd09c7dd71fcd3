"""`nnbp predict` on a stream that pauses."""

import signal
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


def test_ctrl_c_ends_it_silently_after_what_is_answered(tmp_path: Path) -> None:
    Training.begin((784, 3), Settings(), seed=1).save(tmp_path / "model.npz")
    with subprocess.Popen(
        [NNBP, "predict", "model.npz"],
        cwd=tmp_path,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        # It may be ignored where the tests run, as in a shell's background job.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(struct.pack(">4B3I", 0, 0, 8, 3, 100_000, 28, 28) + bytes(784 * 5))
        process.stdin.flush()
        answered = [process.stdout.readline().split(b"\t")[:2] for _ in range(6)]
        process.send_signal(signal.SIGINT)
        rest, complaints = process.communicate(timeout=30)
    assert answered == [[b"file", b"index"], *([b"-", b"%d" % index] for index in range(5))]
    # A shell shows this as status 130.
    assert (process.returncode, rest, complaints) == (-signal.SIGINT, b"", b"")
