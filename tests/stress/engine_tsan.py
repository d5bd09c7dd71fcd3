"""No two threads of the compiled engine use the same memory without waiting for each other."""

from collections.abc import Iterator
from pathlib import Path

from support import sanitizers

from stress import sanitized
from stress.case import Case

CASES = 1_000
SECONDS = 300


def missing() -> str | None:
    """Why the engine cannot be compiled with a sanitizer here."""
    return sanitizers.missing()


def run(cases: int, seed: int, folder: Path) -> Iterator[int]:
    """Use the engine in random ways."""
    return sanitized.run("tsan", cases, seed, folder)


def check(case: Case, folder: Path) -> None:
    """Use it as one case does."""
    for _ in sanitized.run("tsan", 1, case.seed, folder, case.number):
        pass
