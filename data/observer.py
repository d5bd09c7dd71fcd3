"""How this room speaks to whoever shows things."""

from typing import Protocol


class Observer(Protocol):
    """Hears what happens; called only from the thread that called this room."""

    def warning(self, message: str) -> None:
        """One line about something that went wrong and was got around."""

    def downloading(self, filename: str, received: int, expected: int | None) -> None:
        """`received` bytes of the file are here; where the mirror said how many there are, of `expected`.

        After a failure the next attempt begins again with 0.
        """


class _Silent:
    def warning(self, message: str) -> None:
        pass

    def downloading(self, filename: str, received: int, expected: int | None) -> None:
        pass


SILENT: Observer = _Silent()
