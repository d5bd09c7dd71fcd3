"""The command line of the benchmarks: `python -m benchmarks PART`."""

import argparse
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from benchmarks import epochs, epochtable, grid, growth, growthtable, keeping, process, processtable, write
from benchmarks.learners import LIBRARIES, installed
from benchmarks.machine import describe
from benchmarks.measured import FailedError
from benchmarks.tables import Table
from benchmarks.workers import ROOT, Work, WorkerError
from nnbp import data

Arguments = argparse.Namespace


def parser() -> argparse.ArgumentParser:
    """Options that a part has no use for do no harm to it, so that `all` can hand them to every part."""
    made = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    made.add_argument("part", nargs="?", default="all", choices=["all", *PARTS, "write"])
    made.add_argument(
        "--dataset", type=dataset, default="mnist", metavar="NAME|FOLDER", help="as in `nnbp train`"
    )
    made.add_argument(
        "--json",
        type=Path,
        metavar="FILE",
        help="keep all figures in FILE, beside those of other parts (write: the figures to write about)",
    )
    measured = made.add_argument_group("epochs")
    measured.add_argument("--rounds", type=int, default=5, help="epochs of each worker")
    measured.add_argument("--threads", type=int, nargs="+", default=[1, 2], metavar="N")
    measured.add_argument("--rows", nargs="+", metavar="ROW", choices=[row.name for row in grid.GRID])
    measured.add_argument("--libraries", nargs="+", metavar="NAME", choices=list(LIBRARIES))
    whole = made.add_argument_group("process and growth")
    whole.add_argument("--repeats", type=int, default=3, help="runs of each process")
    whole.add_argument("--epochs", type=int, default=30, help="epochs of a whole training")
    whole.add_argument("--growth-epochs", type=int, default=3, help="epochs of each training in growth")
    whole.add_argument("--up-to", type=int, help="the most examples and neurons in growth")
    return made


def dataset(named: str) -> str:
    """A name that the package knows, or else a folder, which is the same from wherever it is looked for."""
    return named if named in data.names() else str(Path(named).resolve())


def run_epochs(arguments: Arguments) -> bool:
    """Whether no row is void."""
    wanted = arguments.libraries or list(LIBRARIES)
    there = installed()
    rows = [row for row in grid.GRID if arguments.rows is None or row.name in arguments.rows]
    figures: dict[str, Any] = {
        "machine": describe(),
        "threads": arguments.threads,
        "rounds": arguments.rounds,
        "missing": [name for name in wanted if name not in there],
        "rows": [],
    }
    chosen = [name for name in LIBRARIES if name in wanted and name in there]
    for row in rows:
        work = Work(row, arguments.rounds, arguments.dataset)
        figures["rows"].append(epochs.measure(chosen, arguments.threads, work, progress))
        keeping.keep(arguments.json, "epochs", figures)
    tell(epochtable.table(figures))
    return not any(row["void"] for row in figures["rows"])


def run_process(arguments: Arguments) -> bool:
    """Whether it could be measured, which is told otherwise where not."""
    there = installed()
    figures = {
        "machine": describe(),
        "missing": [name for name in ("PyTorch", "scikit-learn") if name not in there],
        **process.measure(
            there, arguments.threads, arguments.dataset, arguments.epochs, arguments.repeats, progress
        ),
    }
    keeping.keep(arguments.json, "process", figures)
    tell(processtable.table(figures))
    return True


def run_growth(arguments: Arguments) -> bool:
    machine = describe()
    figures = growth.measure(arguments.dataset, arguments.growth_epochs, arguments.up_to, progress)
    figures = {"machine": machine, **figures}
    keeping.keep(arguments.json, "growth", figures)
    for table in growthtable.tables(figures):
        tell(table)
    print(growthtable.note(figures))
    return True


def run_module(name: str) -> bool:
    """A benchmark that settles its threads and imports NumPy, and so has a process of its own."""
    command = [sys.executable, "-m", f"benchmarks.{name}"]
    return subprocess.run(command, cwd=ROOT, check=False).returncode == 0


def run_write(arguments: Arguments) -> bool:
    for path in write.write(arguments.json or Path("docs/speed.json")):
        print(path)
    return True


def progress(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def tell(table: Table) -> None:
    print(table.text(), flush=True)


PARTS: dict[str, Callable[[Arguments], bool]] = {
    "epochs": run_epochs,
    "process": run_process,
    "growth": run_growth,
    "loop": lambda _: run_module("per_example_loop"),
    "gradients": lambda _: run_module("per_example_gradients"),
}


def main(line: Sequence[str] | None = None) -> int:
    """Run the part that is named, or all of them; 1 if a row is void or something could not be measured."""
    arguments = parser().parse_args(line)
    if arguments.part == "write":
        return int(not run_write(arguments))
    names = list(PARTS) if arguments.part == "all" else [arguments.part]
    try:
        good = [PARTS[name](arguments) for name in names]
    except (WorkerError, FailedError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return int(not all(good))


if __name__ == "__main__":
    sys.exit(main())
