"""Output: events and tables, as lines for people or as JSON Lines; warnings and other messages."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Self

import click

from nnbp.cli.bars import Bar, NoBar, bar, beside_the_bars
from nnbp.cli.text import one_line, width, wrapped

if TYPE_CHECKING:
    from nnbp.cli.cells import Column

# JSON has no numbers for these.
_NO_NUMBER = re.compile(r"([:,[] ?)(?:nan|-?inf)\b")

# The place of the text in a row, and those of the numbers with the width of each.
_TEXT = "\0"
_FORMAT = re.compile(r"%(\d*)(?:d|s|\.\d+g)")


class Events:
    """Writes events to standard output or, if the model goes there, to standard error."""

    def __init__(self, as_json: bool, on_stderr: bool = False) -> None:
        self.as_json = as_json
        self._on_stderr = on_stderr

    def event(self, name: str, values: Mapping[str, Any], text: str) -> None:
        """Write an event: its name and values with --json, otherwise the text, wrapped on a terminal."""
        if self.as_json:
            line = json.dumps({"event": name, **values}, allow_nan=False)
        else:
            line = wrapped(text, self._on_stderr)
        with beside_the_bars(line, self._on_stderr):
            click.echo(line, err=self._on_stderr)


class Table:
    """Many lines of one kind on standard output: TSV below a header, or JSON Lines with --json.

    `formats` has the format of each column by its name: `%d`, `%.9g`, or `%s` for what is written as it is.
    On a terminal the columns are aligned instead, with fewer digits. `text` names a first column of text,
    such as a file name; `longest` has its texts, for the alignment.
    """

    def __init__(
        self,
        as_json: bool,
        event: str,
        formats: Mapping[str, str],
        text: str | None = None,
        longest: Sequence[str] = (),
    ) -> None:
        self._as_json = as_json
        self._text_width = 0
        texts = [] if text is None else [text]
        if as_json:
            pairs = [f"{json.dumps(name)}: {form}" for name, form in dict.fromkeys(texts, _TEXT).items()]
            pairs += [f"{json.dumps(name)}: {form}" for name, form in formats.items()]
            self._row = f'{{"event": {json.dumps(event)}, {", ".join(pairs)}}}\n'
        elif width() is None:
            self._row = "\t".join([_TEXT] * len(texts) + list(formats.values())) + "\n"
            click.echo("\t".join([*texts, *formats]))
        else:
            self._text_width = max((len(_escaped(each)) for each in [*texts, *longest]), default=0)
            columns = [(each.ljust(self._text_width), _TEXT) for each in texts]
            columns += [_aligned(name, form) for name, form in formats.items()]
            self._row = "  ".join(form for _, form in columns) + "\n"
            click.echo("  ".join(header for header, _ in columns))

    def rows(self, rows: Sequence[Sequence[float]]) -> None:
        """Write these rows immediately, so that a reader does not have to wait for them."""
        text = "".join([self._row % tuple(row) for row in rows])
        if self._as_json:
            text = _NO_NUMBER.sub(r"\1null", text)
        click.echo(text, nl=False)

    def columns(self, text: str, columns: "Sequence[Column]") -> None:
        """Write rows, given as columns of texts, that share their text; immediately, as `rows` does."""
        from nnbp.cli import cells

        shown = json.dumps(text) if self._as_json else _escaped(text).ljust(self._text_width)
        literal, *others = _FORMAT.split(self._row)
        parts: list[bytes | Column] = [literal.replace(_TEXT, shown).encode()]
        for column, least, literal in zip(columns, others[::2], others[1::2], strict=True):
            parts += [cells.aligned(column, int(least or 0)), literal.encode()]
        click.echo(cells.lines(parts).decode(), nl=False)


def _escaped(text: str) -> str:
    """The text in one cell: without tabs, other control characters, or bytes that are no text."""
    return "".join(
        c if c.isprintable() and c != "\\" else c.encode("unicode_escape", "surrogatepass").decode("ascii")
        for c in text
    )


def _aligned(name: str, form: str) -> tuple[str, str]:
    """The header and the format of a column on a terminal."""
    kind = {"%d": "d", "%s": "s"}.get(form)
    columns = max(len(name), 11 if kind is None else 6)
    return name.rjust(columns), f"%{columns}{kind or '.6g'}"


class Terminal:
    """Warnings and download bars on standard error; an Observer of `nnbp.data`."""

    def __init__(self, bars: bool = True) -> None:
        self._bars = bars
        self._bar: Bar = NoBar()
        self._filename = ""
        self._received = 0

    def warning(self, message: str) -> None:
        """Write a warning in one line."""
        say(f"nnbp: warning: {message}")

    def downloading(self, filename: str, received: int, expected: int | None) -> None:
        """Advance the bar of this file. It appears with the first bytes, once their number is known."""
        if self._filename != filename or received < self._received:
            self.close()
            self._filename, self._received = filename, 0
        if received and not self._received:
            self._bar = bar(self._bars, desc=filename, total=expected, unit="B", unit_scale=True)
        self._bar.update(received - self._received)
        self._received = received

    def close(self) -> None:
        """Remove the last bar."""
        self._bar.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def say(message: str, end: str = "") -> None:
    """Write a message to standard error as one line; a terminal wraps it, with `end` before each break."""
    line = wrapped(one_line(message), err=True, end=end)
    with beside_the_bars(line):
        click.echo(line, err=True)
