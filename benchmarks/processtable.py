"""The table of the part `process`."""

from typing import Any

from benchmarks.tables import Table, counted, number

MEGABYTE = 1_000_000


def table(figures: dict[str, Any]) -> Table:
    """A line for each job and number of threads."""
    made = Table(["job", "threads", "seconds", "ratio", "peak memory, MB", "accuracy"])
    ours = figures["results"][0]["median"]
    for result in figures["results"]:
        made.rows.append(
            [
                result["library"],
                "its own choice" if result["threads"] is None else str(result["threads"]),
                number(result["median"]),
                number(result["median"] / ours),
                number(result["median_rss"] / MEGABYTE),
                f"{result['median_accuracy']:.4f}",
            ]
        )
    made.notes += [
        f"Medians of {counted(figures['repeats'], 'run')} of whole processes, "
        f"{counted(figures['epochs'], 'epoch')} each. "
        "Ratio: seconds over those of nnbp.",
        f"nnbp train begins with its first mini-batch {figures['start']['median']:.2f} s after its start "
        f"(median of {len(figures['start']['seconds'])}).",
    ]
    if figures["missing"]:
        made.notes.append(f"Not installed, and left out: {', '.join(figures['missing'])}.")
    return made
