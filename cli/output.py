"""What the program says: events as lines for people or as JSON Lines, warnings, and progress bars."""

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn

import click

if TYPE_CHECKING:
    from tqdm import tqdm

MAX_LINE_BYTES = 300


class Reports:
    """Events, on standard output or, where that carries a model, on standard error."""

    def __init__(self, as_json: bool, on_stderr: bool = False) -> None:
        self._as_json = as_json
        self._on_stderr = on_stderr

    def event(self, name: str, values: Mapping[str, Any], text: str) -> None:
        """Write an event: its name and values with --json, else the text."""
        line = json.dumps({"event": name, **values}) if self._as_json else text
        with _beside_the_bars():
            click.echo(line, err=self._on_stderr)


class Terminal:
    """Warnings and download bars on standard error; an Observer of `nnbp.data`."""

    def __init__(self, bars: bool = True) -> None:
        self._bars = bars
        self._bar: tqdm[NoReturn] | None = None
        self._filename = ""

    def warning(self, message: str) -> None:
        """Say in one line what went wrong and was got around."""
        with _beside_the_bars():
            click.echo(one_line(f"nnbp: warning: {message}"), err=True)

    def downloading(self, filename: str, received: int, expected: int | None) -> None:
        """Move the bar of this file, or begin it."""
        if self._bar is None or self._filename != filename or received < self._bar.n:
            self.close()
            self._filename = filename
            self._bar = bar(self._bars, desc=filename, total=expected, unit="B", unit_scale=True)
        if self._bar is not None:
            self._bar.update(received - self._bar.n)

    def close(self) -> None:
        """Leave the last bar as it stands."""
        if self._bar is not None:
            self._bar.close()


def bar(wanted: bool, **options: Any) -> "tqdm[NoReturn] | None":
    """A progress bar, if it is wanted and standard error is a terminal."""
    if not (wanted and sys.stderr.isatty()):
        return None
    from tqdm import tqdm

    return tqdm(dynamic_ncols=True, leave=False, **options)


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
def _beside_the_bars() -> Iterator[None]:
    """Clear the bars away while a line is written, and draw them again below it."""
    if "tqdm" not in sys.modules:
        yield
        return
    from tqdm import tqdm

    with tqdm.external_write_mode():
        yield
