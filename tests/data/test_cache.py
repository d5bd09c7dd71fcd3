"""The cache: filled once, checked at every read, repaired, and dispensable."""

import hashlib
import os
import socket
import subprocess
import threading
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.datasets import ARCHIVES, CONTENTS, DIGEST, NAMES, Recorder, assert_tiny
from support.program import IMPORTS, script
from support.server import Server

import nnbp.data
from nnbp.data import files
from nnbp.errors import DownloadError

KEEP_FIXTURE = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)


def cached(name: str = "mnist") -> list[Path]:
    """The files in the cache, including temporary files."""
    return sorted(path for path in nnbp.data.folder(name).rglob("*") if path.is_file())


@pytest.mark.parametrize("name", ["mnist", "fashion-mnist"])
def test_a_data_set_is_downloaded_once(tiny: Server, name: str) -> None:
    recorder = Recorder()
    assert_tiny(nnbp.data.load(name, recorder))
    assert_tiny(nnbp.data.load(name, recorder))
    assert recorder.downloads == {f"{file}.gz" for file in NAMES}
    assert recorder.warnings == []
    assert len(tiny.requests) == 4


def test_the_cache_holds_the_bytes_whose_hash_is_pinned(tiny: Server) -> None:
    unpacked, packed = nnbp.data.fetch("mnist"), nnbp.data.fetch("fashion-mnist")
    assert [path.name for path in unpacked] == NAMES
    assert [path.read_bytes() for path in unpacked] == [*CONTENTS.values()]
    assert [path.name for path in packed] == [f"{name}.gz" for name in NAMES]
    assert [path.read_bytes() for path in packed] == [*ARCHIVES.values()]
    assert sorted(unpacked) == cached("mnist")
    assert sorted(packed) == cached("fashion-mnist")


def test_the_folder_is_the_one_named_by_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NNBP_CACHE_DIR", str(tmp_path / "there"))
    assert nnbp.data.folder() == tmp_path / "there"
    assert nnbp.data.folder("mnist") == tmp_path / "there" / "mnist"
    monkeypatch.setenv("NNBP_CACHE_DIR", "")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    assert tmp_path in nnbp.data.folder().parents
    assert nnbp.data.folder().parts.count("nnbp") == 1


def test_cached_files_have_the_mode_of_the_users_umask(tiny: Server) -> None:
    before = os.umask(0o027)
    try:
        paths = nnbp.data.fetch("mnist")
    finally:
        os.umask(before)
    assert {path.stat().st_mode & 0o777 for path in paths} == {0o640}


@KEEP_FIXTURE
@given(st.integers(0, 3), st.integers(0, 8 * 24 - 1))
def test_any_flipped_bit_in_the_cache_is_repaired(tiny: Server, file: int, bit: int) -> None:
    path = nnbp.data.fetch("mnist")[file]
    damaged = bytearray(path.read_bytes())
    damaged[bit // 8 % len(damaged)] ^= 1 << bit % 8
    path.write_bytes(damaged)
    assert [state.state for state in nnbp.data.verify("mnist")].count("damaged") == 1
    recorder = Recorder()
    assert_tiny(nnbp.data.load("mnist", recorder))
    assert [str(path) in warning for warning in recorder.warnings] == [True]
    assert path.read_bytes() == CONTENTS[path.name]


def damage_by_cutting(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def damage_by_emptying(path: Path) -> None:
    path.write_bytes(b"")


def damage_by_a_fifo(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def damage_by_a_dangling_loop(path: Path) -> None:
    path.unlink()
    path.symlink_to(path)


@pytest.mark.parametrize(
    "damage", [damage_by_cutting, damage_by_emptying, damage_by_a_fifo, damage_by_a_dangling_loop]
)
def test_damage_of_any_kind_is_repaired_with_a_warning(tiny: Server, damage: Any) -> None:
    path = nnbp.data.fetch("mnist")[1]
    damage(path)
    recorder = Recorder()
    assert_tiny(nnbp.data.load("mnist", recorder))
    assert [str(path) in warning for warning in recorder.warnings] == [True]
    assert path.read_bytes() == CONTENTS[path.name]


def test_verify_distinguishes_good_missing_and_damaged(tiny: Server) -> None:
    paths = nnbp.data.fetch("mnist")
    paths[0].unlink()
    paths[3].write_bytes(b"x")
    states = nnbp.data.verify("mnist")
    assert [state.path for state in states] == paths
    assert [state.state for state in states] == ["missing", "good", "good", "damaged"]
    assert [state.bytes for state in states] == [None, 13, 34, 1]
    assert states[1].found == states[1].expected == hashlib.sha256(CONTENTS[NAMES[1]]).hexdigest()
    assert states[0].found is None
    assert states[3].found == hashlib.sha256(b"x").hexdigest()


def test_fetch_downloads_only_what_is_not_good(tiny: Server) -> None:
    paths = nnbp.data.fetch("mnist")
    paths[0].unlink()
    paths[3].write_bytes(b"x")
    tiny.requests.clear()
    assert nnbp.data.fetch("mnist") == paths
    assert [request.target for request in tiny.requests] == [f"/{NAMES[0]}.gz", f"/{NAMES[3]}.gz"]


def test_the_bytes_parsed_are_those_that_were_hashed(tiny: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that changes as soon as it is read changes nothing."""
    nnbp.data.fetch("mnist")
    read = files.read

    def read_and_swap(path: Path, limit: int) -> bytes:
        content = read(path, limit)
        path.write_bytes(b"swapped")
        return content

    monkeypatch.setattr(files, "read", read_and_swap)
    assert_tiny(nnbp.data.load("mnist"))


@pytest.mark.parametrize(("name", "stored"), [("mnist", CONTENTS), ("fashion-mnist", ARCHIVES)])
def test_nothing_is_hashed_twice(
    tiny: Server, monkeypatch: pytest.MonkeyPatch, name: str, stored: dict[str, bytes]
) -> None:
    """The pinned hash of a file is part of the data set's, if it is of the unpacked file."""
    nnbp.data.fetch(name)
    hashed = []

    class Hash:
        def __init__(self, content: bytes = b"") -> None:
            self.content = b""
            self.update(content)

        def update(self, content: bytes) -> None:
            self.content += content

        def digest(self) -> bytes:
            hashed.append(self.content)
            return sha256(self.content).digest()

        def hexdigest(self) -> str:
            return self.digest().hex()

    sha256 = hashlib.sha256
    monkeypatch.setattr(hashlib, "sha256", Hash)
    data = nnbp.data.load(name)
    monkeypatch.undo()
    assert sorted(hashed[:-1]) == sorted({*stored.values(), *CONTENTS.values()})
    assert data.sha256 == DIGEST


# A cache that cannot be written


def test_a_complete_cache_is_never_written(tiny: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    nnbp.data.fetch("mnist")

    def refuse(*args: Any, **kwargs: Any) -> None:
        raise AssertionError("the cache was written")

    monkeypatch.setattr("nnbp.data.fetching.store", refuse)
    recorder = Recorder()
    assert_tiny(nnbp.data.load("mnist", recorder))
    assert recorder.warnings == []


@pytest.mark.parametrize("call", ["replace", "fsync", "mkdir"])
def test_without_a_cache_the_data_set_is_used_from_memory_with_one_warning(
    tiny: Server, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, call, fail)
    recorder = Recorder()
    assert_tiny(nnbp.data.load("mnist", recorder))
    assert len(recorder.warnings) == 1
    assert "No space left on device" in recorder.warnings[0]
    assert str(nnbp.data.folder("mnist")) in recorder.warnings[0]
    with pytest.raises(OSError, match="No space left"):
        nnbp.data.fetch("mnist")
    assert cached() == []


def test_a_file_in_place_of_the_cache_is_no_cache(tiny: Server, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("not a folder")
    recorder = Recorder()
    assert_tiny(nnbp.data.load("mnist", recorder))
    assert len(recorder.warnings) == 1
    with pytest.raises(OSError, match="cache"):
        nnbp.data.fetch("mnist")


# Something else in place of a cached file


def put_a_folder(path: Path) -> str:
    path.mkdir()
    return "expected a regular file, found a folder"


def put_a_pipe(path: Path) -> str:
    os.mkfifo(path)
    return "expected a regular file, found a named pipe"


def put_a_loop(path: Path) -> str:
    path.symlink_to(path)
    return "cannot be read (Too many levels of symbolic links)"


def put_a_link_to_nothing(path: Path) -> str:
    path.symlink_to(path.with_name("nothing"))
    return "a symbolic link to a file that does not exist"


def put_a_link_to_a_folder(path: Path) -> str:
    path.symlink_to(path.parent)
    return "expected a regular file, found a folder"


def put_a_file_that_cannot_be_read(path: Path) -> str:
    path.symlink_to("/proc/self/mem")  # a regular file whose first byte is an input/output error
    return "cannot be read (Input/output error)"


OTHERS = [put_a_pipe, put_a_loop, put_a_link_to_nothing, put_a_link_to_a_folder]
if Path("/proc/self/mem").exists():
    OTHERS.append(put_a_file_that_cannot_be_read)


@pytest.mark.parametrize("put", [put_a_folder, *OTHERS])
def test_what_is_in_place_of_a_cached_file_is_named_with_its_path(tiny: Server, put: Any) -> None:
    path = nnbp.data.fetch("mnist")[1]
    path.unlink()
    problem = put(path)
    state = nnbp.data.verify("mnist")[1]
    assert (state.path, state.state, state.problem) == (path, "damaged", problem)
    assert state.in_the_way == (put is put_a_folder)
    tiny.routes = {}
    recorder = Recorder()
    with pytest.raises(DownloadError) as caught:
        nnbp.data.load("mnist", recorder)
    assert [warning.startswith(f"{path}: {problem}; ") for warning in recorder.warnings] == [True]
    assert caught.value.where == str(path)
    assert caught.value.reason.startswith(f"{problem.partition(' (')[0]}, and downloading mnist failed (")
    assert caught.value.remedy.startswith("remove it") == state.in_the_way


@pytest.mark.parametrize("put", OTHERS)
def test_what_is_in_place_of_a_cached_file_is_replaced(tiny: Server, put: Any) -> None:
    path = nnbp.data.fetch("mnist")[1]
    path.unlink()
    put(path)
    recorder = Recorder()
    assert_tiny(nnbp.data.load("mnist", recorder))
    assert [warning.startswith(f"{path}: ") for warning in recorder.warnings] == [True]
    assert path.read_bytes() == CONTENTS[path.name]
    assert not path.is_symlink()


def test_a_folder_in_place_of_a_cached_file_has_to_be_removed_and_nothing_is_downloaded(tiny: Server) -> None:
    path = nnbp.data.fetch("mnist")[1]
    path.unlink()
    path.mkdir()
    tiny.requests.clear()
    with pytest.raises(DownloadError) as caught:
        nnbp.data.fetch("mnist")
    assert str(caught.value) == f"{path}: expected a regular file, found a folder; remove it"
    assert tiny.requests == []
    assert path.is_dir()


def test_with_a_folder_in_place_of_a_cached_file_the_data_set_is_used_from_memory(tiny: Server) -> None:
    path = nnbp.data.fetch("mnist")[1]
    path.unlink()
    path.mkdir()
    recorder = Recorder()
    assert_tiny(nnbp.data.load("mnist", recorder))
    assert recorder.warnings == [
        f"{path}: expected a regular file, found a folder; remove it; downloading the file for this once"
    ]
    assert path.is_dir()


def test_a_cached_file_that_is_longer_than_it_should_be_is_not_read(
    tiny: Server,
) -> None:
    path = nnbp.data.fetch("mnist")[1]
    os.truncate(path, 1 << 40)
    state = nnbp.data.verify("mnist")[1]
    assert state.state == "damaged"
    assert state.problem == f"expected at most 13 bytes, found {1 << 40}"
    assert_tiny(nnbp.data.load("mnist"))
    assert path.read_bytes() == CONTENTS[path.name]


# Interrupted writes


def test_a_write_that_fails_leaves_the_old_file(tiny: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    path = nnbp.data.fetch("mnist")[0]
    path.write_bytes(b"old")
    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        nnbp.data.load("mnist")
    assert path.read_bytes() == b"old"
    assert len(cached()) == 4


def interrupt(descriptor: int) -> None:
    raise KeyboardInterrupt


def test_the_temporary_file_of_a_killed_process_is_used_again(tiny: Server) -> None:
    folder = nnbp.data.folder("mnist")
    folder.mkdir(parents=True)
    (folder / f".{NAMES[0]}.partial").write_bytes(b"x" * 1000)
    nnbp.data.fetch("mnist")
    assert cached() == sorted(folder / name for name in NAMES)


@pytest.mark.parametrize("sent", [0, 1, -1])
@pytest.mark.parametrize("file", NAMES)
def test_a_process_killed_in_a_download_leaves_nothing_that_the_next_one_has_to_clean(
    tiny: Server, file: str, sent: int
) -> None:
    good, begun = tiny.routes[f"/{file}.gz"], threading.Event()
    body = ARCHIVES[file]

    def stop(connection: socket.socket, server: Server) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body[:sent])
        begun.set()
        server.closing.wait(30)

    tiny.routes = {**tiny.routes, f"/{file}.gz": stop}
    environment = {**os.environ, "PYTHONPATH": IMPORTS}
    with subprocess.Popen(script("load_and_delete", "1"), env=environment) as killed:
        assert begun.wait(30)
        killed.kill()
    assert [path.read_bytes() for path in cached()] == [CONTENTS[path.name] for path in cached()]
    tiny.routes = {**tiny.routes, f"/{file}.gz": good}
    assert_tiny(nnbp.data.load("mnist"))
    assert cached() == sorted(nnbp.data.folder("mnist") / name for name in NAMES)


def test_racing_processes_all_get_the_data_set(tiny: Server) -> None:
    """Each takes files away from the others; one that would never end is killed."""
    environment = {**os.environ, "PYTHONPATH": IMPORTS}

    def start(times: int, stderr: int) -> "subprocess.Popen[str]":
        command = script("load_and_delete", str(times))
        return subprocess.Popen(command, stderr=stderr, text=True, env=environment)

    endless = start(1_000_000, subprocess.DEVNULL)
    racers = [start(20, subprocess.PIPE) for _ in range(3)]
    try:
        assert [racer.communicate(timeout=20)[1] for racer in racers] == [""] * 3
    finally:
        endless.kill()
        endless.wait()
    assert_tiny(nnbp.data.load("mnist"))
