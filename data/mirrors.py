"""A file from the first of several mirrors that delivers it, within time limits.

Each attempt runs in its own thread, because a name lookup can hang, and a slow drip never triggers a read
timeout. The calling thread waits for news no longer than the limits allow; only it calls the observer and
receives Ctrl-C.
"""

import time
from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urlsplit

from nnbp.data.errors import NoMirrorError
from nnbp.data.http import DeliveryError
from nnbp.data.job import LIMITS, Job, Limits
from nnbp.data.observer import SILENT, Observer
from nnbp.data.transfer import Attempt, Received
from nnbp.data.turns import Mirror, host, pause, share, turn
from nnbp.errors import NnbpError

_LATE = "not done in time"

# It says nothing about a host with another URL that failed for another reason.
_MISSING = "HTTP status 404"


def download(
    job: Job, observer: Observer = SILENT, limits: Limits = LIMITS, deadline: float | None = None
) -> bytes:
    """The bytes that `job.accept` returns for the first body that it accepts.

    If a URL fails for any reason, the next one is tried; failures that may be temporary are retried.
    `deadline` is in time.monotonic() (default: `limits.data_set` from now). URLs are https, except the user's
    own. Raises NoMirrorError.
    """
    deadline = time.monotonic() + limits.data_set if deadline is None else deadline
    secure = [url for url in job.urls if urlsplit(url).scheme == "https" or url in job.named_by_user]
    reasons = {url: "" if url in secure else "not https" for url in job.urls}
    try:
        return _Download(replace(job, urls=secure), observer, limits, deadline, reasons).run()
    except _UndeliveredError as undelivered:
        raise _failed(reasons, str(undelivered)) from None


class _UndeliveredError(Exception):
    """No mirror has delivered the file: the reason for those that have none of their own."""


class _Download:
    """Attempts at the mirrors in turn; `reasons`, by URL, collects the failures."""

    def __init__(
        self, job: Job, observer: Observer, limits: Limits, deadline: float, reasons: dict[str, str]
    ) -> None:
        self.job, self.observer, self.limits, self.reasons = job, observer, limits, reasons
        self.deadline, self.late = deadline, _LATE
        self.end = deadline
        if time.monotonic() + limits.first_answer < deadline:
            self.end = time.monotonic() + limits.first_answer
            self.late = f"no answer within {limits.first_answer:g} s"
        self.waiting = [Mirror(url) for url in job.urls]

    def run(self) -> bytes:
        """The mirror that is ready first gets the next turn: each gets one before any gets a second."""
        while self.waiting:
            mirror = min(self.waiting, key=lambda mirror: mirror.ready)
            time.sleep(max(min(mirror.ready, self.end) - time.monotonic(), 0))
            self._check_time()
            self.waiting.remove(mirror)
            try:
                return self._attempt(mirror.url)
            except NnbpError as error:
                self.reasons[mirror.url] = error.reason
            except DeliveryError as failure:
                self.reasons[mirror.url] = failure.reason
                if failure.again:
                    self._put_off(mirror, failure)
        raise _UndeliveredError("not tried")

    def _attempt(self, url: str) -> bytes:
        timeouts = (min(self.limits.connect, share(self.job, self.limits)), self.limits.read)
        attempt = Attempt(self.job, url, timeouts)
        try:
            return self._follow(attempt)
        finally:
            attempt.abandoned.set()

    def _follow(self, attempt: Attempt) -> bytes:
        """The accepted bytes; raises whatever ends the attempt."""
        while True:
            news = attempt.next(min(self.end, attempt.began + self._turn(attempt)))
            if isinstance(news, bytes):
                return news
            if isinstance(news, Received):
                self.end, self.late = self.deadline, _LATE
                self.observer.downloading(_file_name(attempt.url), news.received, news.expected)
            self._check_time()
            self._check_turn(attempt)

    def _check_time(self) -> None:
        if time.monotonic() >= self.end:
            raise _UndeliveredError(self.late)

    def _turn(self, attempt: Attempt) -> float:
        """Seconds that the attempt may take."""
        left = self.deadline - attempt.began
        if not self.waiting:
            return left
        return turn(self.job, self.limits, time.monotonic() - attempt.began, left, attempt.latest)

    def _check_turn(self, attempt: Attempt) -> None:
        longest, seconds = self._turn(attempt), time.monotonic() - attempt.began
        if seconds >= longest:
            reason = f"no answer within {longest:g} s"
            if attempt.latest is not None:
                reason = f"too slow, {attempt.latest.received} bytes in {seconds:.0f} s"
            raise DeliveryError(reason, again=True)

    def _put_off(self, mirror: Mirror, failure: DeliveryError) -> None:
        """Leave the mirror's host alone for a while; the mirror has another turn if it has attempts left."""
        mirror.failures += 1
        mirror.ready = time.monotonic() + pause(self.limits, mirror.failures, failure)
        for other in self.waiting:
            if host(other.url) == host(mirror.url):
                other.ready = max(other.ready, mirror.ready)
        if mirror.failures < self.limits.attempts:
            self.waiting.append(mirror)


def _failed(reasons: Mapping[str, str], otherwise: str) -> NoMirrorError:
    """The error, naming hosts instead of URLs: they share the file name, and an error is one short line."""
    telling = {host(url) for url, reason in reasons.items() if reason != _MISSING}
    hosts: dict[str, list[str]] = {}
    for url, reason in reasons.items():
        if reason != _MISSING or host(url) not in telling:
            hosts.setdefault(reason or otherwise, []).append(host(url))
    causes = [f"{' and '.join(dict.fromkeys(names))}: {reason}" for reason, names in hosts.items()]
    name = _file_name(next(iter(reasons)))
    return NoMirrorError(name, "downloading it failed", ", ".join(causes), "check the network")


def _file_name(url: str) -> str:
    return url.rsplit("/", 1)[-1]
