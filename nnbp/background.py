"""A call that goes on in the background, in a thread of its own."""

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

_Result = TypeVar("_Result")


class Background(threading.Thread, Generic[_Result]):
    """Begins at once; the process does not end before it does."""

    _returned: _Result

    def __init__(self, call: Callable[[], _Result]) -> None:
        super().__init__()
        self._call = call
        self._raised: BaseException | None = None
        self.start()

    def run(self) -> None:
        try:
            self._returned = self._call()
        except BaseException as error:
            self._raised = error

    def result(self) -> _Result:
        """Wait for the call; return what it returned, or raise what it raised."""
        self.join()
        if self._raised is not None:
            raise self._raised
        return self._returned
