"""Random use of an engine that is compiled with a sanitizer, in a process of its own."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from support import sanitizers

from stress.case import Case

CALLS = 5  # of the library with random arguments, in each case


def run(name: str, cases: int, seed: int, folder: Path, first: int = 0) -> Iterator[int]:
    """Compile the engine with this sanitizer, and run cases from the first one on; yields 1 after each."""
    library = sanitizers.build(name, folder / "build")
    numbers = [str(number) for number in (seed, first, cases)]
    command = sanitizers.command(
        name, library, ["-m", "stress.sanitized", str(library), f"engine_{name}", *numbers]
    )
    passed, report = 0, folder / "report"
    with (
        report.open("wb") as errors,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors) as process,
    ):
        assert process.stdout
        for _ in process.stdout:
            passed += 1
            yield 1
    written = report.read_bytes()
    if process.returncode or b"Sanitizer" in written:
        case = Case(f"engine_{name}", seed, first + passed)
        case.fail(f"case {case.number} ended with status {process.returncode} and a report", txt=written)


def use(case: Case) -> None:
    """Train a random network and compute outputs in two ways, evaluate it, and call the library anyhow."""
    from nnbp import COSTS, native
    from stress import door_calls, outputs, trainings

    rng = case.rng()
    limits = trainings.Limits(900, 200, batch_size=300, minibatches=2.5, epochs=2, saturated=True)
    drawn = trainings.draw(rng, limits)
    other = drawn.another_way(rng)
    if drawn.bytes_in(drawn.way) != drawn.bytes_in(other):
        case.fail(f"{trainings.describe(drawn)}: other bytes with {other}")
    if difference := outputs.difference(drawn, other):
        case.fail(f"{trainings.describe(drawn)}: {difference}")
    native.Evaluator(
        drawn.training().network, drawn.shown, COSTS[drawn.settings.cost], rng.randint(1, 4)
    ).run()
    for _ in range(CALLS):
        door_calls.call(rng)


def main(library: str, part: str, seed: str, first: str, cases: str) -> None:
    """Run the cases in this process; prints a line after each."""
    from nnbp.native.library import library as loaded

    assert Path(str(loaded().__file__)).is_relative_to(library), loaded().__file__
    for number in range(int(first), int(first) + int(cases)):
        use(Case(part, int(seed), number))
        print(number, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
