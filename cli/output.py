"""What the program says: events as lines for people or as JSON Lines, warnings, and progress bars."""

import json
import os
import re
import stat
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Self, cast

import click

MAX_LINE_BYTES = 300

# JSON has no word for them.
_NO_NUMBER = re.compile(r": (?:nan|-?inf)\b")


class Reports:
    """Events, on standard output or, where that carries a model, on standard error."""

    def __init__(self, as_json: bool, on_stderr: bool = False) -> None:
        self._as_json = as_json
        self._on_stderr = on_stderr

    def event(self, name: str, values: Mapping[str, Any], text: str) -> None:
        """Write an event: its name and values with --json, else the text."""
        line = json.dumps({"event": name, **values}, allow_nan=False) if self._as_json else text
        with beside_the_bars():
            click.echo(line, err=self._on_stderr)


class Table:
    """Many lines of one kind on standard output: TSV below a header, or JSON Lines with --json.

    `formats` has for each column, by its name, that of the operator %.
    """

    def __init__(self, as_json: bool, event: str, formats: Mapping[str, str]) -> None:
        self._as_json = as_json
        if as_json:
            pairs = ", ".join(f"{json.dumps(name)}: {form}" for name, form in formats.items())
            self._row = f'{{"event": {json.dumps(event)}, {pairs}}}\n'
        else:
            self._row = "\t".join(formats.values()) + "\n"
            click.echo("\t".join(formats))

    def rows(self, rows: Sequence[Sequence[float]]) -> None:
        """Write these rows, and hand them to whoever reads."""
        text = "".join([self._row % tuple(row) for row in rows])
        if self._as_json:
            text = _NO_NUMBER.sub(": null", text)
        click.echo(text, nl=False)


class Terminal:
    """Warnings and download bars on standard error; an Observer of `nnbp.data`."""

    def __init__(self, bars: bool = True) -> None:
        self._bars = bars
        self._bar = Bar()
        self._filename = ""
        self._received = 0

    def warning(self, message: str) -> None:
        """Say in one line what went wrong and was got around."""
        with beside_the_bars():
            click.echo(one_line(f"nnbp: warning: {message}"), err=True)

    def downloading(self, filename: str, received: int, expected: int | None) -> None:
        """Move the bar of this file, or begin it; at the first bytes, since then their number is known."""
        if self._filename != filename or received < self._received:
            self.close()
            self._filename, self._received = filename, 0
        if received and not self._received:
            self._bar = bar(self._bars, desc=filename, total=expected, unit="B", unit_scale=True)
        self._bar.update(received - self._received)
        self._received = received

    def close(self) -> None:
        """Take the last bar away."""
        self._bar.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Bar:
    """The progress bar that there is where none is wanted, or where nobody would see it."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def update(self, n: float = 1) -> object:
        """Move on by n."""

    def close(self) -> None:
        """Take it away."""


def bar(wanted: bool, **options: Any) -> Bar:
    """A progress bar, to be seen if it is wanted and standard error is a terminal.

    Where standard output is a pipe there is none: its reader may write to the same terminal.
    """
    if not (wanted and sys.stderr.isatty()) or stat.S_ISFIFO(os.fstat(1).st_mode):
        return Bar()
    from tqdm import tqdm

    return cast(Bar, tqdm(dynamic_ncols=True, leave=False, **options))


def one_line(text: str) -> str:
    """The text without control characters, which could play tricks on a terminal, and of moderate length."""
    line = "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)
    encoded = line.encode("utf-8", "backslashreplace")
    if len(encoded) <= MAX_LINE_BYTES:
        return encoded.decode()
    # The end of an error says what to do: what is too long is cut out of the middle.
    half = MAX_LINE_BYTES // 2 - 3
    return encoded[:half].decode(errors="ignore") + " … " + encoded[-half:].decode(errors="ignore")


@contextmanager
def beside_the_bars() -> Iterator[None]:
    """Clear the bars away while a line is written, and draw them again below it."""
    if "tqdm" not in sys.modules:
        yield
        return
    from tqdm import tqdm

    with tqdm.external_write_mode():
        yield
