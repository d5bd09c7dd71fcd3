"""The destination of the models of a training, and storing them while the training continues."""

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Self

from nnbp.background import Background
from nnbp.cli import saving, signals
from nnbp.cli.loading import STANDARD


def is_due(done: int, stored: int) -> bool:
    """Whether to store the model of epoch `done`, if the last one stored is that of epoch `stored`.

    That is, every model up to epoch 1,000; from there, when the epochs have grown by a thousandth. A model
    holds a report of each of its epochs, so that storing all of them would take quadratic time.
    """
    return 1000 * (done - stored) >= stored


class Destination:
    """A file, written while the training goes on, or one that is written at the end.

    Those are standard output (-) and pipes, where each model would come after the one before.

    content       of the last model stored or, before the first, of the model that was resumed, if any
    around_first  the context in which the first model is stored in the file
    """

    def __init__(self, name: str) -> None:
        self.name = name = saving.destination(name)
        self.to_stdout = name == STANDARD
        self._only_last = self.to_stdout
        self.content = b""
        self.around_first: Callable[[], AbstractContextManager[None]] = nullcontext
        # Whether the file has this content.
        self._stored = False

    @contextmanager
    def reserved(self) -> Iterator[None]:
        """Keep other trainings from writing the file.

        Raises any error that writing would raise, before any work is done.
        """
        if self.to_stdout:
            yield
            return
        from nnbp import atomic
        from nnbp.cli import train_lock

        if self.name.endswith("/"):
            raise IsADirectoryError(errno.EISDIR, "a folder, where a file was expected", self.name)
        self._only_last = Path(self.name).is_fifo()
        with train_lock.reserved(Path(self.name)):
            atomic.check(Path(self.name))
            yield

    def resume(self, content: bytes, where: str) -> None:
        """Begin with the content of the model file `where`."""
        self.content = content
        same = os.path.realpath(where) == os.path.realpath(self.name)
        self._stored = same and where != STANDARD and not self._only_last

    def store(self, content: bytes) -> None:
        """Store the content of a model file.

        Raises OSError, and Interrupted if a signal arrives while another process writes the file.
        """
        from nnbp import atomic

        if not self._only_last:
            with nullcontext() if self._stored else self.around_first():
                atomic.write(Path(self.name), content, signals.sleep)
        self.content, self._stored = content, True

    def complete(self) -> None:
        """Store the resumed model if no other has been stored, unless the file has it."""
        if not self._stored:
            self.store(self.content)

    def end(self) -> None:
        """Write the last model, if it is the only one to be written."""
        from nnbp import atomic

        if self.to_stdout:
            saving.write(STANDARD, self.content)
        elif self._only_last:
            atomic.write(Path(self.name), self.content)


class Storing:
    """Stores models in the background, one at a time: writing waits for the disk, not the processor."""

    def __init__(self, destination: Destination) -> None:
        self._destination = destination
        self._last: Background[None] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.finish()

    def begin(self, content: bytes | None, stored: Callable[[], None]) -> None:
        """Store this content after the previous one, then call `stored`. Raises the previous one's error.

        Without content there is nothing to wait for: `stored` is called immediately.
        """
        self.finish()
        if content is None:
            stored()
            return

        def store() -> None:
            self._destination.store(content)
            stored()

        self._last = Background(store)

    def finish(self) -> None:
        """Wait until the last content is stored. Raises its error."""
        if self._last is not None:
            self._last.result()
