"""The page that `nnbp reproduce -o` writes, and beside it the JSON file that keeps every training."""

import errno
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click

from nnbp import atomic, locks
from nnbp.cli import signals
from nnbp.cli.loading import STANDARD
from nnbp.cli.reproduce_run import command
from nnbp.cli.text import one_line
from nnbp.recipes import Estimate, Recipe, Results, Run, page

_SUFFIX = ".json"
_PAUSE = 0.01  # seconds between two attempts to get the lock


class Store:
    """A page and its results. Without a path, they are only in memory."""

    def __init__(self, path: str | None) -> None:
        """Raises a usage error for a path without room for the JSON file, OSError, RejectedFileError."""
        self.page = None if path is None else _checked(path)
        self.json = None if self.page is None else self.page.with_suffix(_SUFFIX)
        for file in (self.page, self.json):
            if file is not None:
                atomic.check(file)
        self.results = self._read()

    def add(self, found: Run | Estimate) -> None:
        """Keep a training or an estimate; others that another process has written meanwhile stay."""
        if self.json is None:
            self.results = _with(self.results, found)
            return
        with signals.held_back(), _turn(self.json):
            self.results = _with(self._read(), found)
            atomic.write(self.json, self.results.dumps())

    def write(self, recipes: Sequence[Recipe], engine: str, dataset: str | None) -> int:
        """Write the page, as `content` makes it; returns its size in bytes."""
        assert self.page is not None
        written = content(self.results, recipes, engine, dataset).encode()
        with signals.held_back():
            atomic.write(self.page, written)
        return len(written)

    def _read(self) -> Results:
        if self.json is None:
            return getattr(self, "results", Results())
        return Results.loads(self.json.read_bytes(), str(self.json)) if self.json.is_file() else Results()


def _with(results: Results, found: Run | Estimate) -> Results:
    return results.with_run(found) if isinstance(found, Run) else results.with_estimate(found)


@contextmanager
def _turn(path: Path) -> Iterator[None]:
    """Hold the lock of a file, `.NAME.lock` next to it, so that nobody writes between reading and writing.

    Raises BlockingIOError if another process holds it for seconds, and OSError.
    """
    target = path.resolve()
    lock, until = target.with_name(f".{target.name}.lock"), time.monotonic() + atomic.PATIENCE
    while (descriptor := locks.open_locked(lock)) is None:
        if time.monotonic() > until:
            raise BlockingIOError(errno.EAGAIN, "another process is writing it", str(path))
        time.sleep(_PAUSE)
    try:
        yield
    finally:
        # Before it is unlocked: after that it may be another process's.
        lock.unlink(missing_ok=True)
        os.close(descriptor)


def content(results: Results, recipes: Sequence[Recipe], engine: str, dataset: str | None = None) -> str:
    """The page of these recipes, from their trainings with this engine.

    `dataset` is the one that they were trained on, if it was not their own.
    """
    runs = {each.name: results.of(each, engine, dataset or each.dataset) for each in recipes}
    found = {each.name: results.estimate(each, engine) for each in recipes}
    estimates = {name: estimate for name, estimate in found.items() if estimate is not None}
    return page(recipes, runs, estimates, {each.name: command(each) for each in recipes})


def _checked(path: str) -> Path:
    file = Path(path)
    unfit = path == STANDARD or not file.name or file.suffix == _SUFFIX
    if unfit or any(map(_is_device, (file, file.with_suffix(_SUFFIX)))):
        raise click.BadParameter(
            f"{one_line(path)!r} cannot be the page, beside which a {_SUFFIX} file keeps the results; "
            "name a file such as accuracy.md",
            param_hint="'-o'",
        )
    return file


def _is_device(file: Path) -> bool:
    """A device, or a pipe: nothing is kept there, and a pipe without a reader would block."""
    return file.exists() and not file.is_file() and not file.is_dir()
