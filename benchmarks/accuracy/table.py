"""The table of the part `accuracy`."""

import shlex
import statistics
from typing import Any

from benchmarks.accuracy.measure import difference
from benchmarks.tables import Table, counted, number

Figures = dict[str, Any]


def table(figures: Figures) -> Table:
    """A line for each seed, and one for the means."""
    results = figures["results"]
    names = ["" if result["engine"] is None else f"{result['engine']}: " for result in results]
    output = Table(["seed", *(f"{name}{what}" for name in names for what in ("test accuracy", "seconds"))])
    for place, seed in enumerate(figures["seeds"]):
        output.rows.append(_line(str(seed), [(r["accuracy"][place], r["seconds"][place]) for r in results]))
    means = [(statistics.mean(r["accuracy"]), statistics.mean(r["seconds"])) for r in results]
    output.rows.append(_line("mean", means))
    output.notes.append(
        f"`{command(figures)}` with {counted(len(figures['seeds']), 'seed')}; seconds of the whole process."
    )
    apart = difference(figures)
    if apart is not None:
        first, second = (result["engine"] for result in results)
        error = "" if apart[1] is None else f" (standard error {100 * apart[1]:.3f})"
        output.notes.append(
            f"Mean test accuracy with {first} minus that with {second}: {100 * apart[0]:+.3f} points{error}."
        )
    return output


def command(figures: Figures) -> str:
    """The training as a user would type it, without the folder of a data set."""
    named = ["--dataset", figures["dataset"]] if figures["dataset"] else []
    return shlex.join(["nnbp", "train", *named, *figures["options"]])


def _line(name: str, figures: list[tuple[float, float]]) -> list[str]:
    return [name, *(shown for accuracy, seconds in figures for shown in (f"{accuracy:.4f}", number(seconds)))]
