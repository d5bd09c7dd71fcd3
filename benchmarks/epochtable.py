"""The table of the part `epochs`."""

from collections.abc import Sequence
from typing import Any

from benchmarks.epochs import best, has_its_own_cost, ratio
from benchmarks.learners import FLOOR, LIBRARIES, OURS
from benchmarks.tables import Table, counted, number

Figures = dict[str, Any]


def table(figures: Figures) -> Table:
    """A line for each network and library."""
    counts = figures["threads"]
    heading = ["network", "library", *(f"{n} thread{'s' * (n > 1)}, s" for n in counts), "ratio", "accuracy"]
    made = Table(heading, left=2)
    for row in figures["rows"]:
        for library in LIBRARIES:
            if best(row, library) is not None:
                made.rows.append(line(row, library, counts))
    made.notes += notes(figures)
    return made


def line(row: Figures, library: str, counts: Sequence[int]) -> list[str]:
    """One library: seconds at each number of threads, ratio, accuracy at the better number."""
    medians = {r["threads"]: r["median"] for r in row["results"] if r["library"] == library}
    chosen = best(row, library) or {}
    accuracy = chosen.get("accuracy")
    return [
        shown(row),
        library + "*" * has_its_own_cost(library, row["cost"]),
        *(number(medians.get(count)) for count in counts),
        number(ratio(row, library)),
        "–" if accuracy is None else f"{accuracy:.4f}",
    ]


def shown(row: Figures) -> str:
    """A network and its mini-batch, for people."""
    name = f"{','.join(map(str, row['sizes']))} × {row['batch_size']}"
    return f"{name} (void)" if row["void"] else name


def notes(figures: Figures) -> list[str]:
    """What is to be known about the figures."""
    rounds, examples = figures["rounds"], figures["rows"][0]["examples"]
    said = [
        f"Medians of {counted(rounds, 'epoch')} of {examples:,} examples. Ratio: a library's time over "
        f"{OURS}'s, and {OURS}'s over that of the {FLOOR}, the matrix products alone; each at its better "
        f"number of threads. With two threads {OURS} is two processes of one, where it can be."
    ]
    if any(row["cost"] == "quadratic" and best(row, "scikit-learn") for row in figures["rows"]):
        said.append(
            "* scikit-learn has no quadratic cost for a classifier; there it trains the cross-entropy."
        )
    if figures["missing"]:
        said.append(f"Not installed, and left out: {', '.join(figures['missing'])}.")
    said += [f"{row['name']} is void: {why}." for row in figures["rows"] for why in row["void"]]
    return said
