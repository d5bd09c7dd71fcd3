"""A picture that stands below everything else on the terminal of standard error, and is drawn in place."""

import os
import sys

from nnbp.cli.colour import plain
from nnbp.cli.text import DEFAULT_WIDTH, width


class Picture:
    """Lines of text, none wider than the terminal when they are drawn. The cursor stays on the line below."""

    def __init__(self) -> None:
        self._lines: list[str] = []

    def draw(self, lines: list[str]) -> None:
        """Draw these lines over the ones before, which need not be erased first: that would flicker."""
        self._let_go_unless_it_fits()
        _write(_up(self._rows()) + "".join(f"{line}\x1b[K\n" for line in lines) + "\x1b[J")
        self._lines = lines

    def make_room(self, text: str) -> None:
        """Insert rows for this text above the picture, and put the cursor there."""
        new = rows_of(text.split("\n"))
        self._let_go_unless_it_fits(new)
        if self._lines:
            _write("\n" * new + _up(new + self._rows()) + f"\x1b[{new}L")

    def step_below(self) -> None:
        """Put the cursor below the picture again, after the text has been written."""
        if self._lines:
            _write(f"\x1b[{self._rows()}B\r")

    def _let_go_unless_it_fits(self, new: int = 0) -> None:
        """Erase the picture if these new rows, or a terminal made smaller, scroll its top off the screen.

        The cursor does not get there any more, and what is written above the rest would be drawn over.
        """
        rows, most = self._rows(), height()
        if self._lines and most is not None and rows + new >= most:
            _write(f"{_up(rows)}\x1b[J")
            self._lines = []

    def _rows(self) -> int:
        # A terminal that was made narrower has wrapped the lines.
        return rows_of(self._lines)


def rows_of(lines: list[str]) -> int:
    """The rows that these lines take on the terminal."""
    columns = width(err=True) or DEFAULT_WIDTH
    return sum(max(-(-len(plain(line)) // columns), 1) for line in lines)


def height() -> int | None:
    """The rows of the terminal on standard error; None if it does not say."""
    try:
        return os.get_terminal_size(sys.stderr.fileno()).lines or None
    except (AttributeError, OSError, ValueError):
        return None


def _up(rows: int) -> str:
    return f"\r\x1b[{rows}A" if rows else "\r"


def _write(text: str) -> None:
    sys.stderr.write(text)
    sys.stderr.flush()
