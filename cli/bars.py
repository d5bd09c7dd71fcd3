"""Progress bars on standard error, and lines written above them."""

import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol, Self


class Bar(Protocol):
    """A progress bar: tqdm's, or none."""

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


def bar(wanted: bool, **options: Any) -> Bar:
    """A progress bar with these tqdm options, if one is wanted and standard error is a terminal.

    There is no bar if the terminal cannot move its cursor, or if standard output is a pipe, whose reader
    may write to the same terminal.
    """
    terminal = sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
    if not (wanted and terminal) or stat.S_ISFIFO(os.fstat(1).st_mode):
        return NoBar()
    from tqdm import tqdm

    return tqdm(dynamic_ncols=True, leave=False, **options)


@contextmanager
def beside_the_bars() -> Iterator[None]:
    """Clear the bars while a line is written, and draw them again below it."""
    if "tqdm" not in sys.modules:
        yield
        return
    from tqdm import tqdm

    with tqdm.external_write_mode():
        yield
