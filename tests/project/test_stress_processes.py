"""The parts of `make stress` about processes: they pass, and they notice a broken promise."""

import errno
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from stress import case as cases
from stress import courses, hostile, kills, streams
from stress.case import Case
from stress.courses import MODEL, Course
from stress.forked import Forked
from stress.tracing import Calls, Failure
from stress.writing import Writing
from support.datasets import CONTENTS, NAMES
from support.program import IMPORTS, NNBP

from nnbp import atomic, native

pytestmark = pytest.mark.skipif(native.missing() is not None, reason="stress needs the compiled engine")

CASE = Case("made", 1, 2)
OLD, NEW = b"an old model", b"a new model"


@pytest.fixture(autouse=True)
def _kept_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cases, "KEPT", tmp_path / "kept")


@pytest.mark.parametrize(
    "names", ["kills streams", "signals resume", "syscalls disk_full", "hostile cache_race two_trainings"]
)
def test_the_first_cases_of_a_part_pass(names: str) -> None:
    options = ["--seed", "1", "--fraction", "0.002", "--slow", "4"]
    done = subprocess.run(
        [sys.executable, "-m", "stress", *names.split(), *options],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": IMPORTS},
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_forked_program_is_like_one_that_was_started(tmp_path: Path) -> None:
    started = subprocess.run([NNBP, "info", "nowhere"], cwd=tmp_path, capture_output=True)
    forked = Forked(["info", "nowhere"], tmp_path, stdout=tmp_path / "out", stderr=tmp_path / "err")
    assert forked.wait() == started.returncode == 1
    assert ((tmp_path / "out").read_bytes(), (tmp_path / "err").read_bytes()) == (b"", started.stderr)
    killed = Forked(["info", "nowhere"], tmp_path, first=lambda: time.sleep(60))
    killed.send_signal(signal.SIGTERM)
    assert killed.wait() == -signal.SIGTERM


def test_a_model_that_is_written_in_two_steps_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write(path: Path, content: bytes, sleep: atomic.Sleep) -> None:
        path.write_bytes(content[:1000])
        time.sleep(0.02)
        path.write_bytes(content)

    monkeypatch.setattr(kills, "OPTIONS", courses.OPTIONS[:1])
    courses.course(tmp_path, kills.EPOCHS, courses.OPTIONS[0])
    monkeypatch.setattr(atomic, "write", write)
    with pytest.raises(AssertionError, match=r"model\.npz is neither the old model nor an epoch of the new"):
        list(kills.run(100, 1, tmp_path))


@pytest.mark.parametrize(
    ("names", "partial", "passes"),
    [
        ([MODEL], False, True),
        ([MODEL, ".model.npz.lock"], False, True),
        ([MODEL, ".model.npz.lock", ".model.npz.partial"], True, True),
        ([MODEL, ".model.npz.partial"], False, False),
        ([MODEL, ".model.npz.partial", "model1.tmp"], True, False),
        ([MODEL, "a.lock", "b.lock"], True, False),
    ],
)
def test_files_that_are_left_over_are_noticed(
    names: list[str], partial: bool, passes: bool, tmp_path: Path
) -> None:
    for name in names:
        (tmp_path / name).write_bytes(OLD)
    course = Course(tmp_path, ["train"], OLD, [NEW], (1, 1))
    if passes:
        assert course.check_files(CASE, partial) == OLD
    else:
        with pytest.raises(AssertionError, match="left in the folder"):
            course.check_files(CASE, partial)


@pytest.mark.parametrize(
    ("status", "written", "files", "found"),
    [
        (0, b"", {MODEL: NEW}, ""),
        (1, b"nnbp: error: it\n", {MODEL: OLD, ".model.npz.lock": b""}, ""),
        (1, b"nnbp: warning: it\nnnbp: error: it\n", {MODEL: OLD}, ""),
        (2, b"nnbp: error: it\n", {MODEL: OLD}, "ended with status 2"),
        (1, b"Traceback\n  it\n", {MODEL: OLD}, "ended with status 1"),
        (1, b"", {MODEL: OLD}, "ended with status 1"),
        (0, b"nnbp: error: it\n", {MODEL: OLD}, "ended with status 0"),
        (1, b"nnbp: error: it; this is a bug\n", {MODEL: OLD}, "ended with status 1"),
        (0, b"", {MODEL: NEW[:-1]}, "neither old nor new"),
        (0, b"", {MODEL: NEW, ".model.npz.partial": b""}, r"leaves \.model\.npz\.partial"),
        (1, b"nnbp: error: it\n", {}, r"has removed \['model\.npz'\]"),
    ],
)
def test_a_failed_call_that_has_more_consequences_than_one_line_is_noticed(
    status: int, written: bytes, files: dict[str, bytes], found: str, tmp_path: Path
) -> None:
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    done = subprocess.CompletedProcess[bytes]([], status, b"", written)
    program = Writing(tmp_path, ["nnbp", "train"], {MODEL: OLD}, {MODEL: [NEW]})
    if found:
        with pytest.raises(AssertionError, match=found):
            program.check(CASE, "EIO", done)
    else:
        program.check(CASE, "EIO", done)


def test_each_call_fails_with_each_error_once_and_for_good() -> None:
    planned = Calls({"fsync": 2, "rename": 1}, []).failures()
    assert planned == [
        *(
            Failure("fsync", error, *when)
            for error in ("EIO", "ENOSPC")
            for when in ((1, False), (1, True), (2, True))
        ),
        Failure("rename", "EIO", 1, True),
    ]
    assert all(hasattr(errno, failure.error) for failure in planned)


@pytest.mark.parametrize(
    ("name", "content"), [("a wrong byte", CONTENTS[NAMES[0]][1:]), ("no name of a file", b"")]
)
def test_a_wrong_byte_in_the_cache_is_noticed(name: str, content: bytes, tmp_path: Path) -> None:
    (tmp_path / "mnist").mkdir()
    (tmp_path / "mnist" / (NAMES[0] if content else ".partial")).write_bytes(content)
    with pytest.raises(AssertionError, match="in the cache is wrong"):
        hostile._check_cache(CASE, name, tmp_path, {})


@pytest.mark.parametrize(
    ("written", "status", "passes"),
    [
        (b"", 0, True),
        (b"nnbp: error: it\n", 4, True),
        (b"nnbp: warning: it\n", 0, True),
        (b"nnbp: error: it\n", 0, False),
        (b"nnbp: error: it\nnnbp: error: it\n", 4, False),
        (b"nnbp: error: it\nmore\n", 4, False),
        (b"nnbp: error: \x1b[31m\n", 4, False),
        (b"nnbp: error: " + b"x" * 300 + b"\n", 4, False),
    ],
)
def test_an_error_that_is_not_one_readable_line_is_noticed(written: bytes, status: int, passes: bool) -> None:
    if passes:
        hostile._check_lines(CASE, "a mirror", written, status)
    else:
        with pytest.raises(AssertionError, match=r"a mirror: (expected|a line)"):
            hostile._check_lines(CASE, "a mirror", written, status)


def test_every_mirror_meets_every_cache() -> None:
    met = {(hostile.mirror_of(number), hostile.cache_of(number)) for number in range(hostile.CASES)}
    assert len(met) == hostile.CASES >= 150


def test_a_command_that_does_not_notice_its_streams_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for status, written, found in ((0, b"", "status 0"), (1, b"Traceback\n", "wrote"), (1, b"", "wrote")):
        done = subprocess.CompletedProcess[bytes]([], status, b"", written)
        monkeypatch.setattr(streams, "_make_model", lambda folder: None)
        monkeypatch.setattr(streams, "shell", lambda line, cwd, done=done: done)
        with pytest.raises(AssertionError, match=found):
            streams.check(Case("streams", 1, 0), tmp_path)
