"""The options of `python -m benchmarks`."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from benchmarks import grid
from benchmarks.learners import LIBRARIES
from nnbp import data


def parse(line: Sequence[str], parts: Sequence[str]) -> argparse.Namespace:
    """The options; `training` has the words after `--`, which are options of `nnbp train`."""
    words = list(line)
    place = words.index("--") if "--" in words else len(words)
    arguments = parser(parts).parse_args(words[:place])
    arguments.training = words[place + 1 :]
    return arguments


def parser(parts: Sequence[str]) -> argparse.ArgumentParser:
    """Each part ignores the options of the others, so that `all` can hand them to every part."""
    made = argparse.ArgumentParser(
        prog="python -m benchmarks", usage="%(prog)s PART [options] [-- options of nnbp train]"
    )
    made.add_argument("part", nargs="?", default="all", choices=["all", *parts, "write"])
    made.add_argument(
        "--dataset", type=dataset, default="mnist", metavar="NAME|FOLDER", help="as in `nnbp train`"
    )
    made.add_argument(
        "--json",
        type=Path,
        metavar="FILE",
        help="keep all figures in FILE, beside those of other parts (write: the figures to write about)",
    )
    epochs = made.add_argument_group("epochs and busy")
    epochs.add_argument("--rounds", type=int, default=5, help="epochs of each worker")
    epochs.add_argument("--rows", nargs="+", metavar="ROW", choices=[row.name for row in grid.GRID])
    epochs.add_argument("--libraries", nargs="+", metavar="NAME", choices=list(LIBRARIES))
    epochs.add_argument("--threads", type=int, nargs="+", default=[1, 2], metavar="N", help="also of process")
    process = made.add_argument_group("process")
    process.add_argument("--repeats", type=int, default=3, help="runs of each process")
    process.add_argument("--epochs", type=int, default=30, help="epochs of a whole training")
    process.add_argument(
        "--beside",
        action="append",
        default=[],
        metavar="[NAME=]COMMAND",
        help="another command to be timed in turn with nnbp; can be repeated",
    )
    growth = made.add_argument_group("growth")
    growth.add_argument("--growth-epochs", type=int, default=3, help="epochs of each training in growth")
    growth.add_argument("--up-to", type=int, help="the most examples and neurons in growth")
    accuracy = made.add_argument_group("accuracy")
    accuracy.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3, 4, 5], metavar="N")
    accuracy.add_argument(
        "--engines", nargs="+", default=[], choices=["native", "numpy"], help="train with each of them"
    )
    return made


def dataset(named: str) -> str:
    """A name that the package knows, or else a folder by its absolute path."""
    return named if named in data.names() else str(Path(named).resolve())
