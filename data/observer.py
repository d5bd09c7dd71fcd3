"""How nnbp.data reports warnings and downloads to the program that shows them."""

from typing import Protocol


class Observer(Protocol):
    """Receives warnings and progress, in the thread that called nnbp.data."""

    def warning(self, message: str) -> None:
        """One line about a problem that was worked around."""

    def downloading(self, filename: str, received: int, expected: int | None) -> None:
        """`received` bytes of the file have arrived, of `expected` if the mirror reports the size.

        After a failure the next attempt starts at 0 again.
        """


class _Silent:
    def warning(self, message: str) -> None:
        pass

    def downloading(self, filename: str, received: int, expected: int | None) -> None:
        pass


SILENT: Observer = _Silent()
