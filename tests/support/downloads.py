"""Downloads from servers of the tests, with short limits."""

import threading
import time
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest

from nnbp.data.errors import NoMirrorError
from nnbp.data.job import Job, Limits
from nnbp.data.mirrors import download
from nnbp.data.observer import SILENT, Observer
from nnbp.errors import DownloadError

CONTENT = bytes(range(256)) * 4

LIMIT = 2000

QUICK = Limits(connect=0.3, read=0.2, first_answer=5, attempts=2, pause=0.01, longest_pause=0.05)

PAGE = b"<!DOCTYPE html><title>Log in</title>"

OK = b"HTTP/1.1 200 OK\r\n"


def accept(body: bytearray) -> bytes:
    if body != CONTENT:
        raise DownloadError("it", "wrong content", "")
    return bytes(body)


def fetch(
    *urls: str,
    limits: Limits = QUICK,
    observer: Observer = SILENT,
    seconds: float = 5,
) -> bytes:
    """Download from URLs that the user named."""
    job = Job(urls, accept, LIMIT, named_by_user=urls)
    return download(job, observer, limits, time.monotonic() + seconds)


def failure(*urls: str, limits: Limits = QUICK, seconds: float = 5) -> str:
    """The one-line error of a download that fails."""
    with pytest.raises(NoMirrorError) as caught:
        fetch(*urls, limits=limits, seconds=seconds)
    line = str(caught.value)
    assert "\n" not in line
    assert line.isascii()
    # The file once, and every host: no URL, which would be cut if the line is long.
    assert line.startswith(urls[0].rsplit("/", 1)[-1])
    assert all(urlsplit(url).netloc in line for url in urls)
    return line


class Recorder:
    """An observer that records its progress calls and the threads that made them."""

    def __init__(self, then: Callable[[], None] = lambda: None) -> None:
        self.heard: list[tuple[str, int, int | None]] = []
        self.threads: set[threading.Thread] = set()
        self.then = then

    def warning(self, message: str) -> None:
        raise AssertionError(message)

    def downloading(self, filename: str, received: int, expected: int | None) -> None:
        self.heard.append((filename, received, expected))
        self.threads.add(threading.current_thread())
        self.then()
