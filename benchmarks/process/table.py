"""The table of the part `process`."""

from typing import Any

from benchmarks.tables import MEGABYTE, Table, counted, number


def table(figures: dict[str, Any]) -> Table:
    """A line for each job and number of threads."""
    made = Table(["job", "threads", "seconds", "ratio", "peak memory, MB", "accuracy"])
    ours = figures["results"][0]["median"]
    for result in figures["results"]:
        accuracy = result["median_accuracy"]
        made.rows.append(
            [
                result["library"],
                "its own choice" if result["threads"] is None else str(result["threads"]),
                number(result["median"]),
                number(result["median"] / ours),
                number(result["median_rss"] / MEGABYTE),
                "–" if accuracy is None else f"{accuracy:.4f}",
            ]
        )
    made.notes += [
        f"Medians of {counted(figures['repeats'], 'run')} of whole processes, "
        f"{counted(figures['epochs'], 'epoch')} each. "
        "Ratio: seconds over those of nnbp.",
        start(figures["start"]),
    ]
    if figures["missing"]:
        made.notes.append(f"Not installed, and left out: {', '.join(figures['missing'])}.")
    return made


def start(figures: dict[str, Any]) -> str:
    """How soon nnbp begins."""
    return (
        f"From the start of nnbp train to its first output {figures['event']:.3f} s, to its first mini-batch "
        f"{figures['minibatch']:.3f} s, to the report of its first epoch {figures['first_epoch']:.3f} s "
        f"(medians of {len(figures['seconds'])})."
    )
