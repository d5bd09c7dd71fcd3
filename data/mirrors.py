"""A file from the first of several mirrors that delivers it, with patience that ends.

The transfer runs in a thread of its own, because the look-up of a name can hang and a drip outlives any
time-out of a read. The calling thread waits for news no longer than it wants to; it alone calls the observer
and hears Ctrl-C.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Sequence
from queue import Empty, SimpleQueue
from urllib.parse import urlsplit

from nnbp.data.errors import NoMirrorError
from nnbp.data.observer import SILENT, Observer
from nnbp.data.patience import PATIENCE, Patience
from nnbp.data.transfer import Failed, News, Progress, Transfer


def download(
    urls: Sequence[str],
    accept: Callable[[bytes], bytes],
    limit: int,
    observer: Observer = SILENT,
    patience: Patience = PATIENCE,
    deadline: float | None = None,
    named_by_user: Collection[str] = (),
) -> bytes:
    """What `accept` makes of the first body that it does not refuse by raising NnbpError.

    A failure of one URL, of whatever kind, leads to the next; those that may yet succeed have further turns.
    Bodies are at most `limit` bytes long. `deadline` is in time.monotonic(). URLs are https, save those that
    the user named. Raises NoMirrorError.
    """
    deadline = time.monotonic() + patience.whole if deadline is None else deadline
    secure = [url for url in urls if urlsplit(url).scheme == "https" or url in named_by_user]
    transfer = Transfer(secure, accept, limit, patience)
    reasons = {url: "not https" for url in urls if url not in secure}
    try:
        threading.Thread(target=transfer.run, name="nnbp-download", daemon=True).start()
        return _await(transfer.news, reasons | dict.fromkeys(secure, ""), observer, patience.reach, deadline)
    finally:
        transfer.abandoned.set()


def _await(
    news: SimpleQueue[News], reasons: dict[str, str], observer: Observer, reach: float, deadline: float
) -> bytes:
    """Follow the transfer until it ends or a bound is met; reports the reasons by URL."""
    no_answer = time.monotonic() + reach, f"no answer within {reach:g} s"
    bound, late = min(no_answer, (deadline, "not done in time"))
    while True:
        try:
            event = news.get(timeout=max(bound - time.monotonic(), 0.001))
        except Empty:
            raise _error(reasons, late) from None
        if isinstance(event, Failed):
            reasons[event.url] = event.reason
        elif isinstance(event, Progress):
            bound, late = deadline, "not done in time"
            observer.downloading(event.url.rsplit("/", 1)[-1], event.received, event.expected)
        elif isinstance(event.result, bytes):
            return event.result
        elif event.result is None:
            raise _error(reasons, "not tried")
        else:
            raise event.result
        if time.monotonic() > bound:
            raise _error(reasons, late)


def _error(reasons: dict[str, str], otherwise: str) -> NoMirrorError:
    (first, reason), *others = ((url, reason or otherwise) for url, reason in reasons.items())
    # The others end in the same file name, and an error has one line.
    told = ", ".join([reason, *(f"{urlsplit(url).netloc}: {why}" for url, why in others)])
    brief = ", ".join(dict.fromkeys([reason, *(why for _, why in others)]))
    return NoMirrorError(first, told, "check the network connection and try again", brief)
