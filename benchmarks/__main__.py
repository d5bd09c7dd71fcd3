"""The command line of the benchmarks: `python -m benchmarks PART`."""

import subprocess
import sys
from argparse import Namespace
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from benchmarks import figures, options, write
from benchmarks.accuracy import measure as accuracy
from benchmarks.busy import measure as busy
from benchmarks.client import ROOT, Work, WorkerError
from benchmarks.epochs import measure as epochs
from benchmarks.grid import GRID
from benchmarks.growth import measure as growth
from benchmarks.learners import LIBRARIES, installed
from benchmarks.machine import describe
from benchmarks.predict import measure as predict
from benchmarks.process import measure as process
from benchmarks.run_process import FailedError

Figures = dict[str, Any]


def measure_epochs(arguments: Namespace) -> Iterator[Figures]:
    """Yields all rows so far, after each row."""
    wanted, there = arguments.libraries or list(LIBRARIES), installed()
    chosen = [name for name in LIBRARIES if name in wanted and name in there]
    found = {
        "threads": arguments.threads,
        "rounds": arguments.rounds,
        "missing": [name for name in wanted if name not in there],
        "rows": [],
    }
    for work in works(arguments):
        found["rows"].append(epochs.measure(chosen, arguments.threads, work, progress))
        yield found


def measure_process(arguments: Namespace) -> Iterator[Figures]:
    """Yields the figures once, like the parts below."""
    there, dataset, count = installed(), arguments.dataset, arguments.epochs
    jobs = process.jobs(there, arguments.threads, dataset, count, arguments.beside)
    missing = [name for name in process.SCRIPTS if name not in there]
    yield {"missing": missing, **process.measure(jobs, dataset, count, arguments.repeats, progress)}


def measure_growth(arguments: Namespace) -> Iterator[Figures]:
    yield growth.measure(arguments.dataset, arguments.growth_epochs, arguments.up_to, progress)


def measure_accuracy(arguments: Namespace) -> Iterator[Figures]:
    yield accuracy.measure(
        arguments.training, arguments.dataset, arguments.seeds, arguments.engines, progress
    )


def measure_predict(arguments: Namespace) -> Iterator[Figures]:
    there, count = installed(), arguments.images
    missing = [name for name in ("nnbp", *predict.SCRIPTS) if name not in [*there, "NumPy"]]
    found = predict.measure(there, arguments.dataset, count, arguments.repeats, progress)
    yield {"missing": missing, **found}


def measure_busy(arguments: Namespace) -> Iterator[Figures]:
    """Yields all rows so far, after each row."""
    found: Figures = {"rounds": arguments.rounds, "rows": []}
    for work in works(arguments):
        found["rows"].append(busy.measure(work, progress))
        yield found


def works(arguments: Namespace) -> list[Work]:
    """The chosen rows of the grid."""
    rows = [row for row in GRID if arguments.rows is None or row.name in arguments.rows]
    return [Work(row, arguments.rounds, arguments.dataset) for row in rows]


MEASURED: dict[str, Callable[[Namespace], Iterator[Figures]]] = {
    "epochs": measure_epochs,
    "process": measure_process,
    "growth": measure_growth,
    "accuracy": measure_accuracy,
    "predict": measure_predict,
    "busy": measure_busy,
}
# These import NumPy after setting its threads, so they need their own process.
MODULES = {"loop": "per_example_loop", "gradients": "per_example_gradients", "distortion": "distortion"}
PARTS = [*MEASURED, *MODULES]


def run(part: str, arguments: Namespace) -> bool:
    """Measure a part and print its tables; returns whether that succeeded and no row is void."""
    if part in MODULES:
        command = [sys.executable, "-m", f"benchmarks.{MODULES[part]}"]
        return subprocess.run(command, cwd=ROOT, check=False).returncode == 0
    machine, found = describe(), {}
    section = "engines" if part == "accuracy" and arguments.engines else part
    for so_far in MEASURED[part](arguments):
        found = {"machine": machine, **so_far}
        figures.keep(arguments.json, section, found)
    print("\n".join(table.text() for table in write.tables(section, found)), flush=True)
    return not any(row.get("void") for row in found.get("rows", []))


def progress(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def main(line: Sequence[str] | None = None) -> int:
    """Run one part, or all; returns 1 if a row is void or something could not be measured."""
    arguments = options.parse(sys.argv[1:] if line is None else line, PARTS)
    if arguments.part == "write":
        for path in write.write(arguments.json or Path("docs/speed.json")):
            print(path)
        return 0
    try:
        good = [run(part, arguments) for part in (PARTS if arguments.part == "all" else [arguments.part])]
    except (WorkerError, FailedError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return int(not all(good))


if __name__ == "__main__":
    sys.exit(main())
