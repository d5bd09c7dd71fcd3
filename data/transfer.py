"""The thread that tries mirrors in turn and tells what it meets."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from queue import SimpleQueue

from urllib3.exceptions import HTTPError, MaxRetryError
from urllib3.util import Retry

from nnbp.data.http import DeliveryError, UnreachableError, get
from nnbp.data.patience import Patience
from nnbp.errors import NnbpError


@dataclass(eq=False)
class _Mirror:
    url: str
    retry: Retry  # the attempts left, and the back-off
    ready: float = 0.0  # when the next attempt may begin, in time.monotonic()
    paused: float = 0.0  # seconds in all


@dataclass(frozen=True)
class Progress:
    url: str
    received: int
    expected: int | None


@dataclass(frozen=True)
class Failed:
    url: str
    reason: str


@dataclass(frozen=True)
class Ended:
    result: bytes | BaseException | None  # None: no mirror is left


News = Progress | Failed | Ended


class _AbandonedError(Exception):
    """Nobody waits any longer."""


class Transfer:
    """The work of the thread: attempts at the mirrors, each told as news."""

    def __init__(
        self, urls: Sequence[str], accept: Callable[[bytes], bytes], limit: int, patience: Patience
    ) -> None:
        policy = Retry(
            total=patience.attempts,
            status_forcelist={408, 429, *range(500, 600)},
            backoff_factor=patience.pause / 2,  # doubled before its first use
            backoff_jitter=patience.pause / 2,
            backoff_max=patience.longest_pause,
        ).increment()  # the first attempt counts, lest the second follow without a pause
        self.mirrors = [_Mirror(url, policy) for url in urls]
        self.timeouts = (min(patience.connect, patience.reach / max(len(urls), 1)), patience.read)
        self.accept, self.limit, self.patience = accept, limit, patience
        self.news: SimpleQueue[News] = SimpleQueue()
        self.abandoned = threading.Event()

    def run(self) -> None:
        try:
            self.news.put(Ended(self._first_accepted()))
        except _AbandonedError:
            pass
        except BaseException as error:  # the calling thread raises it
            self.news.put(Ended(error))

    def _first_accepted(self) -> bytes | None:
        """The mirror that is ready first has the next turn: all have one before any has its second."""
        # The waiting is ours: Retry.sleep() can neither be abandoned nor let another mirror go first.
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
        try:
            return self.accept(get(mirror.url, self.limit, self.timeouts, partial(self._tell, mirror.url)))
        except NnbpError as error:
            self.news.put(Failed(mirror.url, error.reason))
        except DeliveryError as failure:
            self.news.put(Failed(mirror.url, failure.reason))
            if failure.again or mirror.retry.is_retry("GET", failure.status):
                with suppress(MaxRetryError):
                    self._put_off(mirror, failure)
        return None

    def _tell(self, url: str, received: int, expected: int | None) -> None:
        if self.abandoned.is_set():
            raise _AbandonedError
        self.news.put(Progress(url, received, expected))

    def _put_off(self, mirror: _Mirror, failure: DeliveryError) -> None:
        """Give the mirror another turn, after a pause; raises MaxRetryError where it has none left."""
        mirror.retry = mirror.retry.increment("GET", mirror.url, error=failure)
        share = self.patience.unreachable if isinstance(failure, UnreachableError) else 1
        asked = min(_asked(mirror.retry, failure), self.patience.longest_pause)
        pause = max(mirror.retry.get_backoff_time() * share, asked)
        mirror.ready = time.monotonic() + pause
        mirror.paused += pause
        if mirror.paused <= self.patience.all_pauses:
            self.mirrors.append(mirror)


def _asked(retry: Retry, failure: DeliveryError) -> float:
    """Seconds from a Retry-After of either form, a number or a date; 0 where there is none, or junk."""
    try:
        return retry.parse_retry_after(failure.retry_after)
    except (HTTPError, ValueError, OverflowError):
        return 0
