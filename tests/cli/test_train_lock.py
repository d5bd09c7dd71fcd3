"""Two trainings never write the same model file at the same time."""

import errno
import fcntl
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.program import NNBP, SMALL, run, run_script

from nnbp import modelfile
from nnbp.cli.train_lock import reserved
from nnbp.locks import open_locked

LINE = ("train", "--sizes", "12,8,3", "--epochs", "100000", "--dataset", "digits")


@pytest.fixture
def first(digits: Path, tmp_path: Path) -> "Iterator[subprocess.Popen[bytes]]":
    """A training into model.npz that is stopped by SIGSTOP after its second epoch."""
    process = subprocess.Popen([NNBP, *LINE], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert process.stdout is not None
    for _ in range(4):
        process.stdout.readline()
    process.send_signal(signal.SIGSTOP)
    yield process
    process.kill()
    process.communicate()


@pytest.mark.parametrize(
    "arguments",
    [
        ("train", *SMALL, "--dataset", "digits"),
        ("train", *SMALL, "--dataset", "digits", "-o", "link"),
        ("train", *SMALL, "--dataset", "digits", "-o", "digits/../model.npz"),
        ("train", "--resume", "model.npz", "--dataset", "digits"),
        ("train", "--resume", "elsewhere", "--dataset", "digits", "-o", "model.npz"),
    ],
)
def test_a_second_training_into_a_file_ends_at_once_and_touches_nothing(
    arguments: tuple[str, ...], first: "subprocess.Popen[bytes]", tmp_path: Path
) -> None:
    (tmp_path / "link").symlink_to("model.npz")
    before, files = (tmp_path / "model.npz").read_bytes(), set(tmp_path.iterdir())
    done = run(*arguments, cwd=tmp_path)
    name = "model.npz" if "-o" not in arguments else arguments[arguments.index("-o") + 1]
    assert (done.returncode, done.stdout) == (1, b"")
    assert done.stderr.decode() == (
        f"nnbp: error: {name}: another nnbp is training into it; "
        "wait until it has finished, or name another file\n"
    )
    assert (tmp_path / "model.npz").read_bytes() == before
    assert set(tmp_path.iterdir()) == files


def test_a_training_into_another_file_or_to_standard_output_is_free(
    first: "subprocess.Popen[bytes]", tmp_path: Path
) -> None:
    for output in ("other.npz", "-", "/dev/null"):
        done = run("train", *SMALL, "--dataset", "digits", "-q", "-o", output, cwd=tmp_path)
        assert done.returncode == 0, done.stderr


def test_a_training_that_was_killed_blocks_no_other(first: "subprocess.Popen[bytes]", tmp_path: Path) -> None:
    first.kill()
    first.wait()
    assert (tmp_path / ".model.npz.lock").exists()
    assert run("train", *SMALL, "--dataset", "digits", "-o", "model.npz", cwd=tmp_path).returncode == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["digits", "model.npz"]


@pytest.mark.parametrize("delay", [0.0, 0.05, 0.1, 0.2, 0.3])
def test_a_signal_at_any_moment_leaves_no_lock_behind(delay: float, digits: Path, tmp_path: Path) -> None:
    process = subprocess.Popen(
        [NNBP, *LINE], cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    until = time.monotonic() + 10
    while not (tmp_path / ".model.npz.lock").exists() and time.monotonic() < until:
        time.sleep(0.001)
    time.sleep(delay)
    process.terminate()
    assert process.wait(10) == -signal.SIGTERM
    assert not (tmp_path / ".model.npz.lock").exists()


def test_a_signal_while_the_lock_is_created_leaves_none_behind(digits: Path, tmp_path: Path) -> None:
    done = run_script("interrupted_while_locking", *LINE, cwd=tmp_path)
    assert done.returncode == -signal.SIGTERM
    assert [path.name for path in tmp_path.iterdir()] == ["digits"]


def test_where_there_are_no_locks_training_goes_on_without_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "model.npz"
    (tmp_path / ".model.npz.lock").symlink_to("nowhere")  # not followed
    with reserved(target):
        pass
    (tmp_path / ".model.npz.lock").unlink()

    def fail(*_: int) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", fail)
    with reserved(target), reserved(target):
        pass
    assert list(tmp_path.iterdir()) == []


def test_the_lock_belongs_to_the_file_and_not_to_its_name(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to("folder/model.npz")
    with reserved(tmp_path / "link"):
        assert (tmp_path / "folder" / ".model.npz.lock").exists()
        with pytest.raises(BlockingIOError), reserved(tmp_path / "folder" / "model.npz"):
            pass
    assert list((tmp_path / "folder").iterdir()) == []


@pytest.mark.parametrize("epoch", [0, 2])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_a_training_that_waits_for_another_writer(
    number: signal.Signals, epoch: int, digits: Path, tmp_path: Path
) -> None:
    process = subprocess.Popen([NNBP, *LINE], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    for _ in range(2 + epoch):
        process.stdout.readline()
    while (descriptor := open_locked(tmp_path / ".model.npz.partial")) is None:
        pass
    time.sleep(0.3)
    began = time.monotonic()
    process.send_signal(number)
    _, complaints = process.communicate(timeout=30)
    assert time.monotonic() - began < 2
    assert process.returncode == -number
    assert complaints.startswith(b"nnbp: interrupted ")
    if b"before the first epoch" not in complaints:
        stored = len(modelfile.load(tmp_path / "model.npz").training.reports)
        assert f"after epoch {stored} of".encode() in complaints
    os.close(descriptor)
