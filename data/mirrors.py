"""A file from the first of several mirrors that delivers it, within time limits.

The transfer runs in its own thread, because a name lookup can hang, and a slow drip never triggers a read
timeout. The calling thread waits for news no longer than the limits allow; only it calls the observer and
receives Ctrl-C.
"""

import threading
import time
from collections.abc import Mapping
from dataclasses import replace
from queue import Empty, SimpleQueue
from urllib.parse import urlsplit

from nnbp.data.errors import NoMirrorError
from nnbp.data.job import LIMITS, Job, Limits
from nnbp.data.observer import SILENT, Observer
from nnbp.data.transfer import Failed, News, Received, Transfer

_LATE = "not done in time"


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
    transfer = Transfer(replace(job, urls=secure), limits)
    reasons = {url: "" if url in secure else "not https" for url in job.urls}
    try:
        threading.Thread(target=transfer.run, name="nnbp-download", daemon=True).start()
        return _await(transfer.news, reasons, observer, limits.first_answer, deadline)
    finally:
        transfer.abandoned.set()


def _await(
    news: "SimpleQueue[News]",
    reasons: dict[str, str],
    observer: Observer,
    first_answer: float,
    deadline: float,
) -> bytes:
    """Follow the transfer until it ends or time is up; `reasons`, by URL, collects the failures."""
    bound, late = deadline, _LATE
    if time.monotonic() + first_answer < deadline:
        bound, late = time.monotonic() + first_answer, f"no answer within {first_answer:g} s"
    while True:
        try:
            event = news.get(timeout=max(bound - time.monotonic(), 0.001))
        except Empty:
            raise _failed(reasons, late) from None
        if isinstance(event, Failed):
            reasons[event.url] = event.reason
        elif isinstance(event, Received):
            bound, late = deadline, _LATE
            observer.downloading(_file_name(event.url), event.received, event.expected)
        elif isinstance(event.result, bytes):
            return event.result
        elif event.result is None:
            raise _failed(reasons, "not tried")
        else:
            raise event.result
        if time.monotonic() > bound:
            raise _failed(reasons, late)


def _failed(reasons: Mapping[str, str], otherwise: str) -> NoMirrorError:
    """The error, naming hosts instead of URLs: they share the file name, and an error is one short line."""
    hosts: dict[str, list[str]] = {}
    for url, reason in reasons.items():
        hosts.setdefault(reason or otherwise, []).append(urlsplit(url).netloc)
    causes = [f"{' and '.join(dict.fromkeys(names))}: {reason}" for reason, names in hosts.items()]
    name = _file_name(next(iter(reasons)))
    return NoMirrorError(name, "downloading it failed", ", ".join(causes), "check the network")


def _file_name(url: str) -> str:
    return url.rsplit("/", 1)[-1]
