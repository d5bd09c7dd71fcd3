"""Replacing a file atomically, keeping its mode and its links."""

import errno
import fcntl
import os
import signal
import socket
import stat
import subprocess
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from support.program import script

from nnbp import atomic
from nnbp.locks import open_locked

OLD, NEW = b"old content", b"new content, longer"


@pytest.fixture
def target(tmp_path: Path) -> Path:
    path = tmp_path / "model.npz"
    path.write_bytes(OLD)
    return path


def others(target: Path) -> list[str]:
    return sorted(path.name for path in target.parent.iterdir() if path.name != target.name)


def test_the_content_is_replaced_and_nothing_else_is_left(target: Path) -> None:
    atomic.check(target)
    assert target.read_bytes() == OLD
    atomic.write(target, NEW)
    assert target.read_bytes() == NEW
    assert others(target) == []


def test_a_new_file_has_the_mode_that_the_umask_leaves(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        atomic.write(tmp_path / "new", NEW)
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o640


@pytest.mark.parametrize("mode", [0o600, 0o644, 0o666, 0o755])
def test_the_mode_of_the_file_is_kept(target: Path, mode: int) -> None:
    target.chmod(mode)
    atomic.write(target, NEW)
    assert stat.S_IMODE(target.stat().st_mode) == mode


@pytest.mark.parametrize("exists", [True, False])
def test_a_link_stays_a_link(target: Path, exists: bool) -> None:
    folder = target.parent / "elsewhere"
    folder.mkdir()
    link = folder / "link.npz"
    link.symlink_to("../model.npz")
    if not exists:
        target.unlink()
    atomic.write(link, NEW)
    assert link.is_symlink()
    assert target.read_bytes() == NEW


def test_a_link_or_a_pipe_can_be_replaced_by_a_file(target: Path) -> None:
    link, pipe = target.with_name("link"), target.with_name("pipe")
    link.symlink_to(target)
    os.mkfifo(pipe)
    for path in (link, pipe):
        atomic.replace(path, NEW)
        assert stat.S_ISREG(path.lstat().st_mode)
        assert path.read_bytes() == NEW
    assert target.read_bytes() == OLD
    assert others(target) == ["link", "pipe"]


def test_a_folder_is_not_replaced(target: Path) -> None:
    folder = target.with_name("folder")
    folder.mkdir()
    with pytest.raises(IsADirectoryError) as caught:
        atomic.replace(folder, NEW)
    assert caught.value.filename == str(folder)
    assert others(target) == ["folder"]


def test_the_content_and_then_the_change_of_names_are_flushed(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flushed, flush = [], os.fsync

    def watch(descriptor: int) -> None:
        flushed.append((os.fstat(descriptor).st_ino, target.read_bytes()))
        flush(descriptor)

    monkeypatch.setattr(os, "fsync", watch)
    atomic.write(target, NEW)
    assert flushed == [(target.stat().st_ino, OLD), (target.parent.stat().st_ino, NEW)]


@pytest.mark.parametrize("call", ["fsync", "fchmod", "replace"])
def test_if_a_step_fails_the_old_content_stays_and_the_error_names_the_file(
    target: Path, call: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    if call == "replace":
        monkeypatch.setattr(Path, "replace", fail)
    else:
        monkeypatch.setattr(os, call, fail)
    with pytest.raises(OSError, match="No space left") as caught:
        atomic.write(target, NEW)
    assert caught.value.filename == str(target)
    assert target.read_bytes() == OLD
    assert others(target) == []


def test_a_partial_file_left_by_a_killed_process_is_reused(target: Path) -> None:
    (target.parent / ".model.npz.partial").write_bytes(b"x" * 1000)
    atomic.write(target, NEW)
    assert target.read_bytes() == NEW
    assert others(target) == []


def test_a_link_planted_in_place_of_the_partial_file_is_not_followed(target: Path) -> None:
    victim = target.parent / "victim"
    victim.write_bytes(b"precious")
    (target.parent / ".model.npz.partial").symlink_to(victim)
    with pytest.raises(OSError, match="symbolic links"):
        atomic.write(target, NEW)
    assert victim.read_bytes() == b"precious"


def test_folders_sockets_and_missing_folders_are_refused_beforehand(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "socket"))
    for path, reason in (
        (tmp_path, "a folder"),
        (tmp_path / "socket", "neither a regular file nor a device or pipe"),
        (tmp_path / "no" / "model.npz", "no such folder"),
    ):
        with pytest.raises(OSError, match=reason):
            atomic.check(path)


def test_a_file_that_may_not_be_written_is_refused_beforehand(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: False)  # root may write anything
    with pytest.raises(PermissionError, match="not writable"):
        atomic.check(target)


def test_a_device_is_written_and_stays_a_device() -> None:
    atomic.check(Path(os.devnull))
    atomic.write(Path(os.devnull), NEW)
    assert Path(os.devnull).is_char_device()
    with pytest.raises(OSError, match="No space left") as caught:
        atomic.write(Path("/dev/full"), NEW)
    assert caught.value.filename == "/dev/full"


@pytest.mark.parametrize("named", [True, False])
def test_a_pipe_is_written_and_its_check_does_not_open_it(named: bool, tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    if named:
        os.mkfifo(path)
        reading = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    else:
        reading, writing = os.pipe()
        path.symlink_to(f"/dev/fd/{writing}")
    atomic.check(path)
    atomic.write(path, NEW)
    assert os.read(reading, 100) == NEW
    assert others(path) == []
    os.close(reading)
    if not named:
        os.close(writing)


def start_writer(target: Path) -> "subprocess.Popen[bytes]":
    writer = subprocess.Popen(script("rewrite_forever", target), stdout=subprocess.PIPE)
    assert writer.stdout is not None
    assert writer.stdout.readline() == b"ready\n"
    return writer


def whole(content: bytes) -> bool:
    return content == OLD or (len(content) == 300_000 and len(set(content)) == 1)


def test_a_kill_at_any_moment_leaves_a_whole_file_and_at_most_one_other(target: Path) -> None:
    for delay in range(20):
        writer = start_writer(target)
        time.sleep(0.0007 * delay)
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        assert whole(target.read_bytes())
        assert others(target) in ([], [".model.npz.partial"])
    atomic.write(target, NEW)
    assert others(target) == []


def test_several_writers_of_one_file_leave_it_whole(target: Path) -> None:
    writers = [start_writer(target) for _ in range(3)]
    until = time.monotonic() + 1.0
    while time.monotonic() < until:
        assert whole(target.read_bytes())
    assert all(writer.poll() is None for writer in writers)
    for writer in writers:
        writer.kill()
        writer.wait()
    assert whole(target.read_bytes())


@pytest.fixture
def other_writer(target: Path) -> Iterator[int]:
    """The descriptor of the temporary file, which is locked as by another process."""
    descriptor = open_locked(target.with_name(".model.npz.partial"))
    assert descriptor is not None
    yield descriptor
    os.close(descriptor)


def test_a_writer_waits_for_another_one(target: Path, other_writer: int) -> None:
    pauses: list[float] = []

    def sleep(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 5:
            fcntl.flock(other_writer, fcntl.LOCK_UN)

    atomic.write(target, NEW, sleep)
    assert len(pauses) == 5
    assert sum(pauses) <= 0.1
    assert target.read_bytes() == NEW


def test_a_writer_does_not_wait_forever(
    target: Path, other_writer: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(atomic, "PATIENCE", 0.05)
    for call in (atomic.check, partial(atomic.write, content=NEW)):
        with pytest.raises(BlockingIOError, match="another process is writing it") as caught:
            call(target)
        assert caught.value.filename == str(target)
    assert target.read_bytes() == OLD
    assert others(target) == [".model.npz.partial"]


def test_the_wait_for_another_writer_can_be_given_up(target: Path, other_writer: int) -> None:
    def give_up(seconds: float) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        atomic.write(target, NEW, give_up)
    assert target.read_bytes() == OLD


def test_a_link_to_itself_and_a_pipe_in_the_way_are_refused(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(OSError, match="leads to itself"):
        atomic.write(tmp_path / "loop", NEW)
    assert (tmp_path / "loop").is_symlink()
    os.mkfifo(tmp_path / ".model.partial")
    with pytest.raises(OSError, match="model"):
        atomic.write(tmp_path / "model", NEW)
    reader = os.open(tmp_path / ".model.partial", os.O_RDONLY | os.O_NONBLOCK)
    with pytest.raises(OSError, match="in the way"):
        atomic.write(tmp_path / "model", NEW)
    os.close(reader)
