"""The table of the part `process`."""

from typing import Any

from benchmarks.tables import MEGABYTE, Table, counted, number


def table(figures: dict[str, Any]) -> Table:
    """A line for each job and number of threads."""
    output = Table(["job", "threads", "seconds", "ratio", "peak memory, MB", "accuracy"])
    ours = figures["results"][0]["median"]
    for result in figures["results"]:
        accuracy = result["median_accuracy"]
        output.rows.append(
            [
                result["library"],
                "its own choice" if result["threads"] is None else str(result["threads"]),
                number(result["median"]),
                number(result["median"] / ours),
                number(result["median_rss"] / MEGABYTE),
                "–" if accuracy is None else f"{accuracy:.4f}",
            ]
        )
    output.notes += [
        f"Medians of {counted(figures['repeats'], 'run')} of whole processes, "
        f"{counted(figures['epochs'], 'epoch')} each. "
        "Ratio: seconds over those of nnbp.",
        start(figures["start"]),
    ]
    if figures["missing"]:
        output.notes.append(f"Not installed, and left out: {', '.join(figures['missing'])}.")
    return output


def start(figures: dict[str, Any]) -> str:
    """The note on the start of nnbp."""
    return (
        f"From the start of nnbp train to its first output {figures['event']:.3f} s, to its first mini-batch "
        f"{figures['minibatch']:.3f} s, to the report of its first epoch {figures['first_epoch']:.3f} s "
        f"(medians of {len(figures['seconds'])})."
    )
