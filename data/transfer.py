"""The thread that tries the mirrors in turn and reports on each attempt."""

import threading
import time
from dataclasses import dataclass
from functools import partial
from queue import SimpleQueue

from nnbp.data.http import DeliveryError, UnreachableError, get
from nnbp.data.job import Job, Limits
from nnbp.errors import NnbpError

# If nothing answers there is no server to protect, and a user without a network should not wait long.
_UNREACHABLE = 0.1  # the fraction of a pause that is kept


@dataclass(eq=False)
class _Mirror:
    url: str
    failures: int = 0
    ready: float = 0.0  # when the next attempt may begin, in time.monotonic()


@dataclass(frozen=True)
class Received:
    """A response has started, or more of it has arrived: bytes so far, and in total if known."""

    url: str
    received: int
    expected: int | None


@dataclass(frozen=True)
class Failed:
    """An attempt has failed."""

    url: str
    reason: str


@dataclass(frozen=True)
class Ended:
    """The accepted bytes, an error to raise, or None if no mirror is left."""

    result: bytes | BaseException | None


News = Received | Failed | Ended


class _AbandonedError(Exception):
    """Nobody is waiting for the transfer any more."""


class Transfer:
    """The work of the thread: attempts at the mirrors, each reported in `news`."""

    def __init__(self, job: Job, limits: Limits) -> None:
        self.job, self.limits = job, limits
        self.mirrors = [_Mirror(url) for url in job.urls]
        # Every mirror gets a turn before the wait for a first answer is over.
        self.timeouts = (min(limits.connect, limits.first_answer / max(len(job.urls), 1)), limits.read)
        self.news: SimpleQueue[News] = SimpleQueue()
        self.abandoned = threading.Event()

    def run(self) -> None:
        """Try the mirrors until one delivers; the last news is Ended, unless the transfer is abandoned."""
        try:
            self.news.put(Ended(self._first_accepted()))
        except _AbandonedError:
            pass
        except BaseException as error:  # the calling thread raises it
            self.news.put(Ended(error))

    def _first_accepted(self) -> bytes | None:
        """The mirror that is ready first gets the next turn: each gets one before any gets a second."""
        while self.mirrors:
            mirror = min(self.mirrors, key=lambda mirror: mirror.ready)
            if self.abandoned.wait(max(mirror.ready - time.monotonic(), 0)):
                raise _AbandonedError
            self.mirrors.remove(mirror)
            content = self._attempt(mirror)
            if content is not None:
                return content
        return None

    def _attempt(self, mirror: _Mirror) -> bytes | None:
        progress = partial(self._report, mirror.url)
        try:
            return self.job.accept(get(mirror.url, self.job.limit, self.timeouts, progress))
        except NnbpError as error:
            self.news.put(Failed(mirror.url, error.reason))
        except DeliveryError as failure:
            self.news.put(Failed(mirror.url, failure.reason))
            if failure.again:
                self._put_off(mirror, failure)
        return None

    def _report(self, url: str, received: int, expected: int | None) -> None:
        if self.abandoned.is_set():
            raise _AbandonedError
        self.news.put(Received(url, received, expected))

    def _put_off(self, mirror: _Mirror, failure: DeliveryError) -> None:
        """Give the mirror another turn after a pause, if it has attempts left."""
        mirror.failures += 1
        if mirror.failures < self.limits.attempts:
            mirror.ready = time.monotonic() + pause(self.limits, mirror.failures, failure)
            self.mirrors.append(mirror)


def pause(limits: Limits, failures: int, failure: DeliveryError) -> float:
    """Seconds until a mirror's next attempt: our own back-off, or longer if the mirror asks for it."""
    backoff = limits.backoff(failures)
    if isinstance(failure, UnreachableError):
        backoff *= _UNREACHABLE
    return max(backoff, min(failure.retry_after, limits.longest_pause))
