"""`nnbp train --plot`: when the learning curve is drawn, and how large."""

import os
import sys
import time
from contextlib import ExitStack
from functools import partial
from typing import Self

import click

from nnbp.cli import bars, colour
from nnbp.cli.picture import Picture, height
from nnbp.cli.plot import learning_curve
from nnbp.cli.text import DEFAULT_WIDTH, width
from nnbp.reports import EpochReport

_SECONDS_BETWEEN = 0.1
_WIDEST, _HIGHEST = 100, 14
# Rows of the terminal left for the table and the bar.
_LEFT_FREE = 4
_USUAL_HEIGHT = 24


class TrainingPlot:
    """The learning curve on standard error: on a terminal it grows below the table, otherwise it comes last.

    live  whether it may be drawn before the end
    """

    def __init__(self, wanted: bool, live: bool, reports: list[EpochReport]) -> None:
        self._wanted = wanted
        self._live = wanted and live and bars.movable()
        # Those of the training itself grow in another thread.
        self._reports = list(reports) if wanted else []
        self._picture = Picture()
        self._standing = ExitStack()
        self._drawn_at = -_SECONDS_BETWEEN

    def add(self, report: EpochReport) -> None:
        """Add an epoch, and draw it unless another was drawn a moment ago."""
        if not self._wanted:
            return
        self._reports.append(report)
        if self._live and time.monotonic() - self._drawn_at >= _SECONDS_BETWEEN:
            self._draw()

    def __enter__(self) -> Self:
        if self._live:
            self._standing.enter_context(bars.standing(self._picture))
        return self

    def __exit__(self, *_: object) -> None:
        """Draw the last picture, which is left standing."""
        with self._standing:
            if self._wanted:
                self._draw()

    def _draw(self) -> None:
        lines = learning_curve(self._reports, *_size(), _has_braille(), partial(colour.paint, err=True))
        with bars.beside_the_bars():
            if self._live:
                self._picture.draw(lines)
            elif lines:
                click.echo("\n".join(lines), err=True)
        self._drawn_at = time.monotonic()


def _size() -> tuple[int, int]:
    """The columns and the rows for the picture."""
    columns = width(err=True)
    if columns is None:
        return DEFAULT_WIDTH, _HIGHEST
    free = (height() or _USUAL_HEIGHT) - _LEFT_FREE
    return min(columns - 1, _WIDEST), min(free, _HIGHEST)


def _has_braille() -> bool:
    """Whether standard error can show braille, by its encoding and the locale that the user chose."""
    chosen = next(filter(None, map(os.environ.get, ("LC_ALL", "LC_CTYPE", "LANG"))), "")
    try:
        "\u28ff".encode(sys.stderr.encoding or "ascii")
    except UnicodeEncodeError:
        return False
    return chosen not in ("C", "POSIX")
