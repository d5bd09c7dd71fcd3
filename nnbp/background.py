"""A call in the background, in its own thread."""

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

_Result = TypeVar("_Result")


class Background(threading.Thread, Generic[_Result]):
    """Starts immediately. The process waits for it before it exits."""

    _returned: _Result

    def __init__(self, call: Callable[[], _Result]) -> None:
        super().__init__()
        self._call = call
        self._raised: BaseException | None = None
        self._ended = False
        self._running = threading.Lock()
        self._running.acquire()
        self.start()

    def run(self) -> None:
        try:
            self._returned = self._call()
        except BaseException as error:
            self._raised = error
        finally:
            self._ended = True
            self._running.release()

    def result(self) -> _Result:
        """Wait for the call to end, and return its result or raise its exception."""
        # Only a lock survives signals. Before Python 3.13, one that interrupts join() makes a running thread
        # look finished; and two that interrupt the wait for an Event become a RuntimeError.
        if not self._ended:
            self._running.acquire()
            self._running.release()
        if self._raised is not None:
            raise self._raised
        return self._returned
