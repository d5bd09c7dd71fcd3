"""`python -m benchmarks write --json FILE.json`: the page FILE.md and growth.svg beside the figures."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks import epochtable, growthtable, keeping, processtable

TITLE = """# Speed

Written by `python -m benchmarks write` from the figures in [{name}]({name}), which `make bench` measures.
They move from machine to machine and from run to run: what counts are the ratios, which are those of one run.
"""


def write(path: Path) -> list[Path]:
    """The files written, from those parts that are among the figures."""
    kept = keeping.read(path)
    page = path.with_suffix(".md")
    page.write_text("\n".join([TITLE.format(name=path.name), *sections(kept)]), "utf-8")
    if "growth" not in kept:
        return [page]
    from benchmarks.plot import draw

    draw(kept["growth"], path.with_name("growth.svg"))
    return [page, path.with_name("growth.svg")]


def sections(kept: dict[str, Any]) -> Iterator[str]:
    """A heading, what it was measured on, and tables."""
    if "epochs" in kept:
        yield heading("Seconds per epoch, beside other libraries", kept["epochs"])
        yield epochtable.table(kept["epochs"]).markdown()
    if "process" in kept:
        yield heading("A whole training from the shell", kept["process"])
        yield processtable.table(kept["process"]).markdown()
    if "growth" in kept:
        yield heading("How time and memory grow", kept["growth"])
        yield "![Seconds per epoch and memory by examples, neurons and mini-batch](growth.svg)\n"
        for table in growthtable.tables(kept["growth"]):
            yield table.markdown()
        yield growthtable.note(kept["growth"]) + "\n"


def heading(title: str, figures: dict[str, Any]) -> str:
    """The title of a part, and when and on what it was measured."""
    machine = figures["machine"]
    versions = ", ".join(f"{name} {version}" for name, version in machine["versions"].items())
    return (
        f"## {title}\n\n"
        f"Measured on {machine['date']} on {machine['processors']} processors ({machine['processor']}; "
        f"{machine['system']}), load {machine['load']} before: {versions}.\n"
    )
