"""The tables of the part `growth`, one for each dimension that grows."""

from collections.abc import Iterator
from typing import Any

from benchmarks.tables import MEGABYTE, Table, counted, number

GROWS = ("examples", "hidden neurons", "mini-batch")


def tables(figures: dict[str, Any]) -> Iterator[Table]:
    """Seconds per epoch, memory and accuracy as each dimension grows."""
    for grows in GROWS:
        output = Table([grows, "s/epoch", "anonymous memory, MB", "peak memory, MB", "accuracy"], left=0)
        for result in figures["results"]:
            if result["grows"] == grows:
                output.rows.append(line(result))
        if grows == GROWS[-1]:
            output.notes.append(note(figures))
        yield output


def line(result: dict[str, Any]) -> list[str]:
    anonymous = result["anonymous"]
    return [
        f"{result['value']:,}",
        number(result["median"]),
        number(None if anonymous is None else anonymous / MEGABYTE),
        number(result["rss"] / MEGABYTE),
        f"{result['accuracy']:.4f}",
    ]


def note(figures: dict[str, Any]) -> str:
    """How the figures were measured."""
    return (
        f"Each line is one process with one thread: the median of {counted(figures['epochs'], 'epoch')}, the "
        "peak of its memory that is not page cache (anonymous), and of all of it. Images of more than 64 MiB "
        "stay in their file. The accuracy is that after these few epochs."
    )
