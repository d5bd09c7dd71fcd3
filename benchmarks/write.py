"""`python -m benchmarks write --json FILE.json`: the page FILE.md and growth.svg, next to the figures."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from benchmarks import figures
from benchmarks.accuracy.table import table as accuracy_table
from benchmarks.busy.table import table as busy_table
from benchmarks.epochs.table import tables as epochs_tables
from benchmarks.growth.table import tables as growth_tables
from benchmarks.predict.table import table as predict_table
from benchmarks.process.table import table as process_table
from benchmarks.tables import Table

TITLE = """# Speed

Written by `python -m benchmarks write` from the figures in [{name}]({name}), which `make bench` measures.
They change from machine to machine and from run to run: only ratios of one run count.
"""
PLOT = "growth.svg"

# The title of each section, and its tables.
SECTIONS: dict[str, tuple[str, Callable[[dict[str, Any]], Iterable[Table]]]] = {
    "epochs": ("Seconds per epoch, compared with other libraries", epochs_tables),
    "process": ("A whole training from the shell", lambda found: [process_table(found)]),
    "predict": ("Answers to a stream of images", lambda found: [predict_table(found)]),
    "accuracy": ("A test accuracy, and the time to reach it", lambda found: [accuracy_table(found)]),
    "engines": ("Both engines on the same seeds", lambda found: [accuracy_table(found)]),
    "busy": ("Two threads on a busy machine", lambda found: [busy_table(found)]),
    "growth": ("How time and memory grow", growth_tables),
}


def write(path: Path) -> list[Path]:
    """Write the page, and the plot if there are figures for it; returns the files."""
    kept = figures.read(path)
    page = path.with_suffix(".md")
    page.write_text("\n".join([TITLE.format(name=path.name), *sections(kept)]), "utf-8")
    if "growth" not in kept:
        return [page]
    from benchmarks.growth.plot import draw

    draw(kept["growth"], path.with_name(PLOT))
    return [page, path.with_name(PLOT)]


def sections(kept: dict[str, Any]) -> Iterator[str]:
    """For each part with figures: a heading, the machine and the tables."""
    for section, (title, _) in SECTIONS.items():
        if section in kept:
            yield heading(title, kept[section])
            if section == "growth":
                yield f"![Seconds per epoch and memory by examples, neurons and mini-batch]({PLOT})\n"
            yield from (table.markdown() for table in tables(section, kept[section]))


def tables(section: str, found: dict[str, Any]) -> Iterable[Table]:
    """The tables of a section's figures."""
    return SECTIONS[section][1](found)


def heading(title: str, found: dict[str, Any]) -> str:
    """The title of a section, with the date and the machine of its measurement."""
    machine = found["machine"]
    versions = ", ".join(f"{name} {version}" for name, version in machine["versions"].items())
    return (
        f"## {title}\n\n"
        f"Measured on {machine['date']} on {machine['processors']} processors ({machine['processor']}; "
        f"{machine['system']}), load {machine['load']} before: {versions}.\n"
    )
