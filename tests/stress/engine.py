"""The compiled engine trains and answers as plain loops and NumPy do, with the same bytes every way."""

from collections.abc import Iterator
from pathlib import Path

from nnbp import native
from stress.case import Case, each

CASES = 4_000
SECONDS = 120


def missing() -> str | None:
    """Why the engine cannot be tested here."""
    return native.missing()


def run(cases: int, seed: int, folder: Path) -> Iterator[int]:
    """Compare this many random trainings."""
    return each("engine", check, cases, seed, folder)


def check(case: Case, folder: Path) -> None:
    """Train a random network by the loop and in two ways by the engine, and compute its outputs."""
    # It cannot be imported without the engine.
    from stress import outputs, trainings

    rng = case.rng()
    limits = trainings.Limits(70, 70, batch_size=90, minibatches=3, epochs=2, saturated=False)
    drawn = trainings.draw(rng, limits)
    if difference := trainings.difference_from_the_loop(drawn):
        case.fail(f"{trainings.describe(drawn)}: {difference}")
    other = drawn.another_way(rng)
    if drawn.bytes_in(drawn.way) != drawn.bytes_in(other):
        case.fail(f"{trainings.describe(drawn)}: other bytes with {other}")
    if difference := outputs.difference(drawn, other):
        case.fail(f"{trainings.describe(drawn)}: {difference}")
