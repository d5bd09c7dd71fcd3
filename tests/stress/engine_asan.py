"""No training, evaluation or call of the compiled engine reads or writes memory that is not its own."""

from collections.abc import Iterator
from pathlib import Path

from support import sanitizers

from stress import sanitized
from stress.case import Case

CASES = 4_000
SECONDS = 300


def missing() -> str | None:
    """Why the engine cannot be compiled with a sanitizer here."""
    return sanitizers.missing()


def run(cases: int, seed: int, folder: Path) -> Iterator[int]:
    """Use the engine in random ways."""
    return sanitized.run("asan", cases, seed, folder)


def check(case: Case, folder: Path) -> None:
    """Use it as one case does."""
    for _ in sanitized.run("asan", 1, case.seed, folder, case.number):
        pass
