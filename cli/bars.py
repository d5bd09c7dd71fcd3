"""Progress bars on standard error, and lines written above them."""

import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol, Self, cast

from nnbp.cli.picture import Picture
from nnbp.cli.text import DEFAULT_WIDTH, width

# The echo of Ctrl-C, and the cursor behind it, stay on the line of a bar.
_MARGIN = 3
_ERASE_LINE = "\r\x1b[K\r"

# The picture that stands below the lines written, if any.
_standing: list[Picture] = []


class Bar(Protocol):
    """A progress bar, or none."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *_: Any) -> None: ...

    def update(self, n: float = 1) -> object:
        """Advance by n."""

    def close(self) -> None:
        """Remove it."""


class NoBar:
    """Stands in for a progress bar that is not wanted or that nobody would see."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: Any) -> None:
        pass

    def update(self, n: float = 1) -> object:
        pass

    def close(self) -> None:
        pass


class TerminalBar:
    """tqdm's bar, which leaves room for the echo of Ctrl-C and erases it, too."""

    def __init__(self, **options: Any) -> None:
        from tqdm import tqdm

        self._bar = cast(Any, tqdm(ncols=_size()[0], leave=False, **options))
        # It calls this before each drawing, as with dynamic_ncols=True.
        self._bar.dynamic_ncols = lambda terminal: _size()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()

    def update(self, n: float = 1) -> object:
        """Advance by n."""
        return self._bar.update(n)

    def close(self) -> None:
        """Remove it."""
        self._bar.close()
        _erase_line()


def bar(wanted: bool, **options: Any) -> Bar:
    """A progress bar with these tqdm options, if one is wanted and standard error is a terminal.

    There is no bar if the terminal cannot move its cursor, or if standard output is a pipe, whose reader
    may write to the same terminal.
    """
    return TerminalBar(**options) if wanted and movable() else NoBar()


def movable() -> bool:
    """Whether bars and pictures can be drawn again and again on standard error."""
    terminal = sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
    return terminal and not stat.S_ISFIFO(os.fstat(1).st_mode)


@contextmanager
def beside_the_bars(text: str = "", err: bool = True) -> Iterator[None]:
    """Clear the bars while this text is written, and draw them again below it; a picture moves down."""
    if "tqdm" not in sys.modules:
        yield
        return
    from tqdm import tqdm

    with tqdm.external_write_mode():
        _erase_line()
        # Only what appears on the terminal needs room there.
        pictures = _standing if text and width(err) is not None else []
        for picture in pictures:
            picture.make_room(text)
        yield
        for picture in pictures:
            picture.step_below()


@contextmanager
def standing(picture: Picture) -> Iterator[None]:
    """Keep this picture below everything that is written meanwhile."""
    _standing.append(picture)
    try:
        yield
    finally:
        _standing.remove(picture)


def _size() -> tuple[int, None]:
    """The columns for a bar; as many rows as tqdm supposes."""
    return max((width(err=True) or DEFAULT_WIDTH) - _MARGIN, 1), None


def _erase_line() -> None:
    if sys.stderr.isatty():
        sys.stderr.write(_ERASE_LINE)
        sys.stderr.flush()
