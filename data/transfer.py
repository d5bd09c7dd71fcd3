"""One attempt at one mirror, in a thread of its own, which may hang: nobody has to wait for it."""

import threading
import time
from dataclasses import dataclass
from queue import Empty, SimpleQueue

from nnbp.data.http import get
from nnbp.data.job import Job


@dataclass(frozen=True)
class Received:
    """The response has started, or more of it has arrived: bytes so far, and in total if known."""

    received: int = 0
    expected: int | None = None


# What is received, and finally the accepted bytes or the exception that ended the attempt.
News = Received | bytes | BaseException


class _AbandonedError(Exception):
    """Nobody is waiting for the attempt any more."""


class Attempt:
    """It starts immediately, and goes on until it is `abandoned`."""

    def __init__(self, job: Job, url: str, timeouts: tuple[float, float]) -> None:
        """`timeouts` are for connecting and for each read, in seconds."""
        self.url, self.began = url, time.monotonic()
        self.latest: Received | None = None
        self._news: SimpleQueue[News] = SimpleQueue()
        self.abandoned = threading.Event()
        self._job, self._timeouts = job, timeouts
        threading.Thread(target=self._run, name="nnbp-download", daemon=True).start()

    def next(self, until: float) -> bytes | Received | None:
        """The accepted bytes, or news of the response, which is also `latest`; None if there is none in time.

        Raises whatever ended the attempt. `until` is in time.monotonic().
        """
        try:
            news = self._news.get(timeout=max(until - time.monotonic(), 0.001))
        except Empty:
            return None
        if isinstance(news, BaseException):
            raise news
        if isinstance(news, Received):
            self.latest = news
        return news

    def _run(self) -> None:
        try:
            self._news.put(self._job.accept(get(self.url, self._job.limit, self._timeouts, self._report)))
        except _AbandonedError:
            pass
        except BaseException as error:  # the calling thread raises it
            self._news.put(error)

    def _report(self, received: int, expected: int | None) -> None:
        if self.abandoned.is_set():
            raise _AbandonedError
        self._news.put(Received(received, expected))
