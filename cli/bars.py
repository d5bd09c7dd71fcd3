"""Progress bars on standard error, and lines written beside them."""

import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol, Self


class Bar(Protocol):
    """A progress bar: that of tqdm, or none."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *_: Any) -> None: ...

    def update(self, n: float = 1) -> object:
        """Advance by n."""

    def close(self) -> None:
        """Remove it."""


class NoBar:
    """The progress bar where none is wanted, or where nobody would see it."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: Any) -> None:
        pass

    def update(self, n: float = 1) -> object:
        pass

    def close(self) -> None:
        pass


def bar(wanted: bool, **options: Any) -> Bar:
    """A progress bar with these options of tqdm, if one is wanted and standard error is a terminal.

    There is none on a terminal that cannot move its cursor, nor where standard output is a pipe: its reader
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
