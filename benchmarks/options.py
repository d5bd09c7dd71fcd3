"""The options of `python -m benchmarks`."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from benchmarks import grid
from benchmarks.learners import LIBRARIES
from nnbp import data


def parse(line: Sequence[str], parts: Sequence[str]) -> argparse.Namespace:
    """The parsed options; `training` has the words after `--`, for `nnbp train`."""
    words = list(line)
    place = words.index("--") if "--" in words else len(words)
    arguments = parser_for(parts).parse_args(words[:place])
    arguments.training = words[place + 1 :]
    return arguments


def parser_for(parts: Sequence[str]) -> argparse.ArgumentParser:
    """A parser for all parts: each ignores the options of the others, so that `all` can pass them on."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", usage="%(prog)s PART [options] [-- options of nnbp train]"
    )
    parser.add_argument("part", nargs="?", default="all", choices=["all", *parts, "write"])
    parser.add_argument(
        "--dataset", type=dataset, default="mnist", metavar="NAME|FOLDER", help="as in `nnbp train`"
    )
    parser.add_argument(
        "--json",
        type=Path,
        metavar="FILE",
        help="keep the figures in FILE, along with those of other parts (for `write`: the figures to read)",
    )
    epochs = parser.add_argument_group("epochs and busy")
    epochs.add_argument("--rounds", type=int, default=5, help="epochs to time in each worker")
    epochs.add_argument("--rows", nargs="+", metavar="ROW", choices=[row.name for row in grid.GRID])
    epochs.add_argument("--libraries", nargs="+", metavar="NAME", choices=list(LIBRARIES))
    epochs.add_argument(
        "--threads", type=int, nargs="+", default=[1, 2], metavar="N", help="also for process"
    )
    process = parser.add_argument_group("process")
    process.add_argument("--repeats", type=int, default=3, help="runs of each process, also in predict")
    process.add_argument("--epochs", type=int, default=30, help="epochs of a whole training")
    process.add_argument(
        "--beside",
        action="append",
        default=[],
        metavar="[NAME=]COMMAND",
        help="another command to time in turn with nnbp; can be repeated",
    )
    predict = parser.add_argument_group("predict")
    predict.add_argument("--images", type=int, default=1_000_000, help="images in the stream")
    growth = parser.add_argument_group("growth")
    growth.add_argument("--growth-epochs", type=int, default=3, help="epochs of each training in growth")
    growth.add_argument("--up-to", type=int, help="largest number of examples and neurons in growth")
    accuracy = parser.add_argument_group("accuracy")
    accuracy.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3, 4, 5], metavar="N")
    accuracy.add_argument(
        "--engines",
        nargs="+",
        default=[],
        choices=["native", "numpy"],
        help="train with each of these engines",
    )
    return parser


def dataset(named: str) -> str:
    """The name of a data set, or the absolute path of a folder."""
    return named if named in data.names() else str(Path(named).resolve())
