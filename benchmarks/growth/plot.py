"""The plot of the part `growth`: seconds per epoch and memory, on logarithmic axes."""

from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullFormatter

from benchmarks.growth.table import GROWS
from benchmarks.tables import MEGABYTE

LABELS = dict(zip(GROWS, ("training examples", "hidden neurons", "examples in a mini-batch"), strict=True))


def draw(figures: dict[str, Any], path: Path) -> None:
    """Write an SVG; the same figures give the same bytes."""
    mpl.rcParams["svg.hashsalt"] = "nnbp"
    figure = Figure(figsize=(10, 5.2), layout="constrained")
    axes = figure.subplots(2, 3, sharex="col", sharey="row")
    for column, grows in enumerate(GROWS):
        results = [result for result in figures["results"] if result["grows"] == grows]
        values = [result["value"] for result in results]
        seconds, memory = axes[0][column], axes[1][column]
        seconds.loglog(values, [result["median"] for result in results], "o-", color="C0")
        memory.loglog(values, [r["rss"] / MEGABYTE for r in results], "s-", color="C1", label="all")
        anonymous = [(r["anonymous"] or 0) / MEGABYTE for r in results]
        if all(anonymous):
            memory.loglog(values, anonymous, "^-", color="C2", label="not page cache")
        memory.set_xlabel(LABELS[grows])
        for each in (seconds, memory):
            each.grid(visible=True, linewidth=0.4)
            each.xaxis.set_major_formatter("{x:,.0f}")
            # Memory often stays within one power of ten.
            each.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
            each.yaxis.set_major_formatter("{x:,g}")
            each.yaxis.set_minor_formatter(NullFormatter())
    axes[0][0].set_ylabel("seconds per epoch")
    axes[1][0].set_ylabel("peak memory, MB")
    axes[1][0].legend()
    figure.savefig(path, metadata={"Date": None})
