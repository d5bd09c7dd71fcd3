"""Whichever system call on a file fails, the model or cached file stays whole and the error is one line."""

import random
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from stress import writing
from stress.case import Case, each
from stress.tracing import Failure, calls, fail
from stress.writing import Writing

CASES = 550
SECONDS = 420


def missing() -> str | None:
    """The reason why no call can be made to fail."""
    if shutil.which("strace") is None:
        return "strace is not installed"
    tried = subprocess.run(
        ["strace", "-f", "-o/dev/null", "-e", "inject=lseek:error=EIO", "true"], check=False
    )
    return "strace is not permitted" if tried.returncode else None


def run(cases: int, seed: int, folder: Path) -> Iterator[int]:
    """Let this many calls fail, each in a run of its own."""
    with writing.mirror():
        planned = len(_plan(folder))
        assert cases < CASES or planned <= CASES, f"{planned} calls can fail: raise CASES to as many"
        yield from each("syscalls", _check, cases, seed, folder)


def check(case: Case, folder: Path) -> None:
    """Let one call fail."""
    with writing.mirror():
        _check(case, folder)


def _check(case: Case, folder: Path) -> None:
    planned = _plan(folder)
    written, paths, failure = planned[case.number % len(planned)]
    written.prepare()
    done = fail(written, failure, paths)
    written.check(case, str(failure), done, partial=failure.call.startswith("unlink"))


@cache
def _plan(folder: Path) -> list[tuple[Writing, list[str], Failure]]:
    """Every failure of a call of every program."""
    planned = []
    for written in writing.all_of(folder):
        made = calls(written, folder / "strace.log")
        planned += [(written, made.paths, failure) for failure in made.failures()]
    random.Random(0).shuffle(planned)  # so that a few cases are of all kinds
    return planned
