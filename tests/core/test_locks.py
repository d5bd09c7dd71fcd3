"""Files that one process locks at a time."""

import errno
import fcntl
import os
from pathlib import Path

import pytest

from nnbp.locks import open_locked


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    return tmp_path / ".model.npz.lock"


def opened(lock: Path) -> int:
    descriptor = open_locked(lock)
    assert descriptor is not None
    return descriptor


def open_files() -> int:
    return len(list(Path("/dev/fd").iterdir()))


def test_a_file_is_locked_until_it_is_closed(lock: Path) -> None:
    descriptor = opened(lock)
    assert open_locked(lock) is None
    os.close(descriptor)
    os.close(opened(lock))


def test_a_file_that_is_removed_while_it_is_opened_is_created_again(
    lock: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flock, calls = fcntl.flock, []

    def late(descriptor: int, operation: int) -> None:
        calls.append(descriptor)
        if len(calls) == 1:
            lock.unlink()
        elif len(calls) == 2:
            lock.rename(lock.with_name("elsewhere"))
            lock.touch()
        flock(descriptor, operation)

    monkeypatch.setattr(fcntl, "flock", late)
    descriptor = opened(lock)
    assert len(calls) == 3
    assert os.path.samestat(os.fstat(descriptor), lock.stat())
    assert open_locked(lock) is None
    os.close(descriptor)


def test_on_a_file_system_without_locks_it_is_only_opened(
    lock: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: int) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", fail)
    for descriptor in (opened(lock), opened(lock)):
        os.close(descriptor)


def test_nothing_stays_open_when_it_is_locked_or_not_a_regular_file(lock: Path, tmp_path: Path) -> None:
    held = opened(lock)
    os.mkfifo(tmp_path / "pipe")
    reader = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    before = open_files()
    assert open_locked(lock) is None
    with pytest.raises(FileExistsError, match="pipe is in the way"):
        open_locked(tmp_path / "pipe")
    assert open_files() == before
    os.close(held)
    os.close(reader)
