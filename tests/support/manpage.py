"""The man page nnbp(1), docs/nnbp.1: from the commands and docs/cli.md; `make readme` writes it."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from inspect import cleandoc
from pathlib import Path

import click

from nnbp import __version__
from nnbp.cli.grouped import GroupedCommand
from nnbp.cli.main import cli

DOCS = Path(__file__).parents[2] / "docs"
MAN_PAGE = DOCS / "nnbp.1"

EXAMPLES = {
    "Train a network, and measure it": "nnbp train --sizes 784,30,10\nnnbp evaluate model.npz",
    "Label a picture of your own": "nnbp predict model.npz seven.jpg --show",
    "Draw digits in a browser, which the network answers": "nnbp report model.npz && xdg-open report.html",
    "Compare two networks": "nnbp train --sizes 784,100,10 -o large.npz\nnnbp compare model.npz large.npz",
    "Continue an interrupted training": "nnbp train --resume model.npz",
    "Show how a model was trained": "nnbp info model.npz",
}
FILES = {
    "model.npz": "The model that nnbp train writes, unless -o names another file.",
    "model.npz~": "The model of another training that was in the file before.",
    "report.html": "The page that nnbp report writes, unless -o names another file.",
    "~/.cache/nnbp": "The cache folder on Linux, unless NNBP_CACHE_DIR names another.",
}


def escaped(text: str) -> str:
    """Text that roff prints as it is: groff_char(7) has the escapes of ASCII characters."""
    text = text.replace("\\", r"\e").replace("-", r"\-").replace("'", r"\(aq").replace('"', r"\(dq")
    text = text.replace("`", r"\(ga").replace("^", r"\(ha").replace("~", r"\(ti")
    return re.sub(r"^\.", r"\\&.", text, flags=re.MULTILINE)


def man_page() -> str:
    """The whole page, in the macros of man(7)."""
    page = (DOCS / "cli.md").read_text("utf-8")
    lines = [
        f'.TH NNBP 1 "" "nnbp {escaped(__version__)}" "User Commands"',
        ".SH NAME",
        r"nnbp \- train sigmoid networks on MNIST by backpropagation",
        ".SH SYNOPSIS",
        r".B nnbp",
        r"[\fIOPTIONS\fR] \fICOMMAND\fR [\fIARGUMENTS\fR]",
        ".SH DESCRIPTION",
        *_prose(cleandoc(cli.help or "").partition("\b\nExit status:")[0]),
        ".SH OPTIONS",
        *_options(cli),
        *_items([("-h, --help", "Show the help of nnbp, or of a command, and exit.")]),
        ".SH COMMANDS",
        *_commands(cli, "nnbp"),
        ".SH EXIT STATUS",
        *_table(page, "Exit statuses"),
        ".SH ENVIRONMENT",
        *_table(page, "Environment variables"),
        ".SH FILES",
        *_items(FILES.items()),
        ".SH EXAMPLES",
        *(line for title, code in EXAMPLES.items() for line in (".PP", escaped(title) + ":", *_code(code))),
    ]
    return "\n".join(lines) + "\n"


def _commands(group: click.Group, name: str) -> Iterator[str]:
    context = click.Context(group, info_name=name)
    for verb in group.list_commands(context):
        command = group.get_command(context, verb)
        assert command is not None
        usage = command.collect_usage_pieces(click.Context(command))
        yield from (".SS", escaped(" ".join((name, verb, *usage))))
        yield from _prose(cleandoc(command.help or ""))
        yield from _options(command)
        if isinstance(command, click.Group):
            yield from _commands(command, f"{name} {verb}")


def _options(command: click.Command) -> Iterator[str]:
    """The options, in groups where the help has them; --help, which every command has, is left out."""
    context = click.Context(command)
    groups = defaultdict(list)
    for option in command.params:
        record = option.get_help_record(context) if isinstance(option, click.Option) else None
        if record:
            grouped = isinstance(command, GroupedCommand)
            groups[getattr(option, "group", "") if grouped else ""].append(record)
    for group, records in groups.items():
        if group:
            yield from (".PP", rf"\fI{escaped(group)}:\fR")
        yield from _items(records)


def _prose(text: str) -> Iterator[str]:
    for paragraph in filter(None, (part.strip("\n") for part in text.split("\n\n"))):
        if paragraph.startswith("\b"):
            yield from _code(paragraph.removeprefix("\b").strip("\n"))
        else:
            yield from (".PP", escaped(" ".join(paragraph.split())))


def _code(text: str) -> Iterator[str]:
    yield from (".PP", ".nf", ".RS 4", *(escaped(line.strip()) or r"\&" for line in text.splitlines()))
    yield from (".RE", ".fi")


def _items(items: Iterable[tuple[str, str]]) -> Iterator[str]:
    for term, text in items:
        # A text that begins with \b has lines of its own.
        lines = text.removeprefix("\b\n").splitlines() if text.startswith("\b") else [" ".join(text.split())]
        yield from (".TP", rf"\fB{escaped(term)}\fR", "\n.br\n".join(map(escaped, lines)))


def _table(page: str, heading: str) -> Iterator[str]:
    section = page.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    rows = [row.strip("| ").split(" | ") for row in section.splitlines() if row.startswith("| ")]
    return _items((_plain(row[0]), _plain(row[1])) for row in rows if len(row) == 2 and row[0] != "status")


def _plain(text: str) -> str:
    text = re.sub(r" \(\[[^]]*\]\([^)]*\)\)", "", text)
    return re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", text).replace("`", "")
