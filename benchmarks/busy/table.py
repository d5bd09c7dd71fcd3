"""The table of the part `busy`."""

from typing import Any

from benchmarks.busy.measure import BAR
from benchmarks.epochs.table import network
from benchmarks.tables import Table, counted, number


def table(figures: dict[str, Any]) -> Table:
    """A line for each network."""
    output = Table(["network", "1 thread, s", "2 threads, s", "2 : 1"])
    for row in figures["rows"]:
        one, two = (result["median"] for result in row["results"])
        output.rows.append([network(row), number(one), number(two), number(two / one)])
    output.notes.append(
        f"nnbp's seconds per epoch, medians of {counted(figures['rounds'], 'epoch')}, while other processes "
        "use every processor. "
        f"Two threads should take at most {BAR} times as long as one."
    )
    return output
