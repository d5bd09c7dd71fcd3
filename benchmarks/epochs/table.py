"""The tables of the part `epochs`: the ratios, a line for each network, and every library's seconds."""

from collections.abc import Iterator, Sequence
from typing import Any

from benchmarks.epochs.measure import best, has_its_own_cost, ratio
from benchmarks.learners import FLOOR, LIBRARIES, OURS
from benchmarks.tables import Table, counted, number

Figures = dict[str, Any]


def tables(figures: Figures) -> Iterator[Table]:
    """Both tables."""
    yield ratios(figures)
    yield seconds(figures)


def ratios(figures: Figures) -> Table:
    """A line for each network: nnbp relative to the floor, and the others relative to nnbp."""
    others = [name for name in _measured(figures) if name not in (OURS, FLOOR)]
    output = Table(["network", f"{OURS}, s", f"{OURS} / {FLOOR}", *(f"{name} / {OURS}" for name in others)])
    for row in figures["rows"]:
        ours = best(row, OURS)
        shown = [number(ratio(row, name)) + _mark(name, row) for name in others]
        output.rows.append(
            [
                network(row),
                number(None if ours is None else ours["median"]),
                number(ratio(row, FLOOR)),
                *shown,
            ]
        )
    output.notes.append(
        f"Seconds per epoch, and ratios: {OURS} over the {FLOOR}, which is the dense matrix products alone "
        f"in NumPy's BLAS, and each library over {OURS}; each at its better number of threads."
    )
    return output


def seconds(figures: Figures) -> Table:
    """A line for each network and library."""
    counts = figures["threads"]
    output = Table(
        ["network", "library", *(f"{counted(n, 'thread')}, s" for n in counts), "accuracy"], left=2
    )
    for row in figures["rows"]:
        for library in _measured(figures):
            if best(row, library) is not None:
                output.rows.append(line(row, library, counts))
    output.notes += notes(figures)
    return output


def line(row: Figures, library: str, counts: Sequence[int]) -> list[str]:
    """One library: seconds with each number of threads, accuracy with the better one."""
    medians = {r["threads"]: r["median"] for r in row["results"] if r["library"] == library}
    chosen = best(row, library) or {}
    accuracy = chosen.get("accuracy")
    return [
        network(row),
        library + _mark(library, row),
        *(number(medians.get(count)) for count in counts),
        "–" if accuracy is None else f"{accuracy:.4f}",
    ]


def network(row: Figures) -> str:
    """A network and its mini-batch size, for people."""
    name = f"{','.join(map(str, row['sizes']))} × {row['batch_size']}"
    return f"{name} (void)" if row.get("void") else name


def notes(figures: Figures) -> list[str]:
    """How the figures were measured."""
    rounds, examples = figures["rounds"], figures["rows"][0]["examples"]
    lines = [
        f"Medians of {counted(rounds, 'epoch')} of {examples:,} examples. nnbp is its compiled engine, which "
        "uses a second thread only where that is quicker; nnbp-numpy is its engine in NumPy."
    ]
    if any(row["cost"] == "quadratic" and best(row, "scikit-learn") for row in figures["rows"]):
        lines.append("* scikit-learn has no quadratic cost for a classifier, and trains cross-entropy there.")
    if figures["missing"]:
        lines.append(f"Not installed, and left out: {', '.join(figures['missing'])}.")
    lines += [f"{row['name']} is void: {why}." for row in figures["rows"] for why in row["void"]]
    return lines


def _measured(figures: Figures) -> list[str]:
    return [name for name in LIBRARIES if any(best(row, name) for row in figures["rows"])]


def _mark(library: str, row: Figures) -> str:
    return "*" * has_its_own_cost(library, row["cost"])
