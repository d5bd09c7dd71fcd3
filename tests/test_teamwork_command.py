"""`nnbp train` by two processes behaves as by one."""

import os
import signal
import struct
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from processes import children
from program import NNBP, events, run, write_idx_folder

from nnbp import storage
from nnbp.team import can_share

pytestmark = pytest.mark.skipif(
    not can_share((4, 3, 2), 2), reason="processes share a training on Linux on x86-64 only"
)


LINE = ("train", "--sizes", "12,8,3", "--seed", "1", "--dataset", "digits", "--json", "--threads", "2")


@contextmanager
def endless(folder: Path, *program: str) -> Iterator["subprocess.Popen[bytes]"]:
    """A training by two processes that never ends by itself, some epochs after its start."""
    with subprocess.Popen(
        [*(program or (NNBP,)), *LINE, "--epochs", "100000"],
        cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        for _ in range(5):
            process.stdout.readline()
        try:
            yield process
        finally:
            process.kill()


def test_a_training_by_two_processes_tells_everything_once(tmp_path: Path) -> None:
    write_idx_folder(tmp_path / "digits")
    done = run(*LINE, "--epochs", "3", cwd=tmp_path)
    assert done.returncode == 0
    assert done.stderr == b""
    assert [told["event"] for told in events(done.stdout)] == ["start", "epoch", "epoch", "epoch", "end"]
    assert events(done.stdout)[0]["threads"] == storage.load(tmp_path / "model.npz").origin.threads == 2


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_signal_to_all_ends_a_training_as_one_to_a_single_process(
    number: signal.Signals, tmp_path: Path
) -> None:
    write_idx_folder(tmp_path / "digits")
    with endless(tmp_path) as process:
        # As a terminal does: to the program and its forks.
        os.killpg(process.pid, number)
        written, complaints = process.communicate(timeout=30)
    assert process.returncode == -number
    assert complaints == b""
    model = storage.load(tmp_path / "model.npz")
    if number != signal.SIGKILL:
        end = events(written)[-1]
        assert (end["event"], end["stopped"]) == ("end", "interrupted")
        assert end["epochs"] == len(model.state.reports)


def test_a_training_by_two_processes_goes_on_as_one_that_was_not_interrupted(tmp_path: Path) -> None:
    write_idx_folder(tmp_path / "digits")
    line = (*LINE, "--schedule", "constant", "--epochs")
    assert run(*line, "4", "-o", "whole", cwd=tmp_path).returncode == 0
    assert run(*line, "2", "-o", "part", cwd=tmp_path).returncode == 0
    going_on = ("train", "--resume", "part", "--dataset", "digits", "--epochs", "4", "--diagnose")
    assert run(*going_on, cwd=tmp_path).returncode == 0
    assert (tmp_path / "part").read_bytes() == (tmp_path / "whole").read_bytes()
    command = run("info", "whole", cwd=tmp_path).stdout.decode()
    assert "--threads 2" in command


def test_a_file_that_is_cut_short_ends_a_training_by_two_processes_by_the_same_signal(tmp_path: Path) -> None:
    folder = write_idx_folder(tmp_path / "digits")
    mapping = "from nnbp.data import mapped; mapped.LARGEST_READ = 0; from nnbp.cli.start import main; main()"
    images = folder / "train-images-idx3-ubyte"
    # So many that the end is on pages of its own.
    count = 20_000
    pixels = images.read_bytes()[16:][:12]
    images.write_bytes(struct.pack(">4I", 0x803, count, 4, 3) + pixels * count)
    (folder / "train-labels-idx1-ubyte").write_bytes(
        struct.pack(">2I", 0x801, count) + bytes([0, 1, 2, 0]) * (count // 4)
    )
    with endless(tmp_path, sys.executable, "-c", mapping) as process:
        os.truncate(images, 5000)
        complaints = process.communicate(timeout=60)[1]
    assert process.returncode == -signal.SIGBUS, complaints
    assert storage.load(tmp_path / "model.npz").state.reports


def test_a_process_that_was_killed_is_an_error_of_the_system(tmp_path: Path) -> None:
    write_idx_folder(tmp_path / "digits")
    with endless(tmp_path) as process:
        (fork,) = children(process.pid)
        os.kill(fork, signal.SIGKILL)
        _, complaints = process.communicate(timeout=30)
    assert process.returncode == 1
    said = (
        b"nnbp: error: the training: one of its processes was ended by SIGKILL; try again, or with one thread"
    )
    assert complaints == said + b"\n"
    assert storage.load(tmp_path / "model.npz").state.reports
