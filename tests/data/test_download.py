"""Mirrors that misbehave: answers are right or rejected, the next mirror is tried, waiting is limited."""

import gzip
import os
import signal
import threading
import time
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from support.downloads import CONTENT, LIMIT, OK, PAGE, QUICK, Recorder, failure, fetch
from support.server import Behaviour, answer, chunked, closed_port, cut, drip, mute, raw, serve

from nnbp.data.errors import NoMirrorError
from nnbp.data.http import get
from nnbp.data.job import Job
from nnbp.data.mirrors import download

HOSTILE: dict[str, tuple[Behaviour, str]] = {
    "cut short": (cut(CONTENT, 500), "transfer interrupted"),
    "longer than announced": (
        answer(200, CONTENT + b"x", f"Content-Length: {len(CONTENT) - 1}", length=False),
        "wrong",
    ),
    "longer than the limit": (answer(200, bytes(LIMIT + 1)), "announces 2001 bytes"),
    "longer than the limit, unannounced": (answer(200, bytes(LIMIT * 50), length=False), "more than"),
    "longer than the limit, in chunks": (chunked(bytes(LIMIT * 50), 1000), "more than"),
    "length abc": (answer(200, CONTENT, "Content-Length: abc", length=False), "Content-Length 'abc'"),
    "length negative": (answer(200, CONTENT, "Content-Length: -5", length=False), "Content-Length '-5'"),
    "length ½": (answer(200, CONTENT, "Content-Length: \xbd", length=False), "Content-Length"),
    "two lengths": (answer(200, CONTENT, "Content-Length: 7"), "Content-Length"),
    "cut short without a length": (answer(200, CONTENT[:500], length=False), "wrong content"),
    "chunks that end early": (chunked(CONTENT[:500]), "wrong content"),
    "chunks that break off": (chunked(CONTENT, end=b""), "transfer interrupted"),
    "chunks of no length": (chunked(b"", end=b"zz\r\n"), "transfer interrupted"),
    "a page to log in": (answer(200, PAGE, "Content-Type: text/html"), "wrong content"),
    "nothing": (answer(200), "wrong content"),
    "204": (answer(204, length=False), "status 204"),
    "206 unasked": (answer(206, CONTENT[:9], "Content-Range: bytes 0-8/1024"), "status 206"),
    "304": (answer(304, length=False), "status 304"),
    "403": (answer(403), "status 403"),
    "404": (answer(404), "status 404"),
    "429": (answer(429), "status 429"),
    "500": (answer(500), "status 500"),
    "503": (answer(503), "status 503"),
    "999": (answer(999), "status 999"),
    "closed at once": (raw(b""), "closed connection|reset"),
    "not HTTP": (raw(b"220 smtp ready\r\n\r\n"), "220 smtp"),
    "half a header": (raw(b"HTTP/1.1 200 OK\r\nContent-Le"), "."),
    "headers without end": (raw(OK + b"X: y\r\n" * 500 + b"\r\n"), "headers"),
    "a header too long": (raw(OK + b"X: " + b"y" * 70000 + b"\r\n\r\n"), "."),
    "silence after the headers": (mute(OK + b"Content-Length: 1024\r\n\r\n"), "silent for 0.2 s"),
    "silence from the beginning": (mute(), "silent for 0.2 s"),
    "silence in the body": (mute(OK + b"Content-Length: 1024\r\n\r\n" + CONTENT[:9]), "silent for 0.2 s"),
    "nowhere": (answer(302), "redirection to '' refused"),
    "to no URL": (answer(302, b"", "Location: http://["), "not understood"),
    "to no port": (answer(302, b"", "Location: http://127.0.0.1:abc/"), "not understood"),
    "to no host": (answer(302, b"", "Location: http://"), "redirections"),
    "to a file": (answer(302, b"", "Location: file:///etc/passwd"), "redirection to 'file"),
    "to control characters": (
        answer(302, b"", "Location: ftp://\x1b;31m\xff"),
        r"redirection to 'ftp://\\x1b",
    ),
    "in a circle": (answer(302, b"", "Location: /bad"), "more than 3 redirections"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_mirror_that_misbehaves_is_passed_over(name: str) -> None:
    with serve({"/bad": HOSTILE[name][0], "/good": answer(200, CONTENT)}) as server:
        assert fetch(f"{server.url}/bad", f"{server.url}/good") == CONTENT
        assert server.count("/good") == 1


@pytest.mark.parametrize("name", HOSTILE)
def test_a_mirror_that_misbehaves_alone_is_an_error_that_says_how(name: str) -> None:
    behaviour, reason = HOSTILE[name]
    with serve({"/bad": behaviour}) as server, pytest.raises(NoMirrorError, match=reason):
        fetch(f"{server.url}/bad")


@pytest.mark.parametrize(
    "behaviour",
    [
        answer(200, CONTENT),
        answer(200, CONTENT, length=False),
        chunked(CONTENT, 7),
        chunked(CONTENT, 5000),
        answer(200, CONTENT, "Content-Encoding: gzip"),
        answer(200, CONTENT, "Content-Encoding: br, deflate, nonsense"),
        answer(200, CONTENT, "Content-Type: text/html; charset=nonsense"),
        answer(200, CONTENT, "Set-Cookie: \xff\xfe", "Content-Disposition: attachment; filename=../../x"),
        [answer(302, b"", "Location: /bad?a"), answer(200, CONTENT)],
    ],
)
def test_headers_that_leave_the_bytes_as_they_are_are_accepted(
    behaviour: Behaviour | list[Behaviour],
) -> None:
    with serve({"/bad": behaviour, "/bad?a": answer(200, CONTENT)}) as server:
        assert fetch(f"{server.url}/bad") == CONTENT


@pytest.mark.parametrize("framing", ["length", "chunks", "close", "archive"])
def test_a_body_truncated_anywhere_is_never_accepted_as_complete(framing: str) -> None:
    def behave(end: int) -> Behaviour:
        if framing == "length":
            return cut(CONTENT, end)
        if framing == "chunks":
            return chunked(CONTENT[:end])
        encoding = ["Content-Encoding: gzip"] if framing == "archive" else []
        return answer(200, CONTENT[:end], *encoding, length=False)

    ends = range(0, len(CONTENT), 41)
    with serve({f"/{end}": behave(end) for end in ends}) as server:
        for end in ends:
            failure(f"{server.url}/{end}", limits=replace(QUICK, attempts=1))


def test_an_encoding_bomb_is_not_unpacked() -> None:
    bomb = gzip.compress(bytes(50 << 20), 9)
    with serve({"/bomb": answer(200, bomb, "Content-Encoding: gzip")}) as server:
        body = get(f"{server.url}/bomb", len(bomb), (1, 1), lambda received, expected: None)
    assert body == bomb


def test_every_host_is_listed_with_its_own_reason() -> None:
    refused, other = closed_port(), closed_port()
    with serve({"/a": answer(403), "/a?": answer(403), "/b": answer(200, PAGE)}) as server:
        urls = [f"{server.url}/a", f"{server.url}/b", f"{refused}/c", f"{other}/d", f"{server.url}/a?"]
        line = failure(*urls)
    first, second, third = (urlsplit(url).netloc for url in (server.url, refused, other))
    reasons = f"{first}: HTTP status 403, {first}: wrong content, {second} and {third}: Connection refused"
    assert f"({reasons}); " in line


def test_a_missing_file_is_not_listed_of_a_host_with_another_reason() -> None:
    with serve({"/a": answer(200, PAGE)}) as server, serve({}) as other:
        line = failure(f"{server.url}/a", f"{server.url}/b", f"{other.url}/c", f"{other.url}/d")
    first, second = (urlsplit(url).netloc for url in (server.url, other.url))
    assert f"({first}: wrong content, {second}: HTTP status 404); " in line


def test_the_observer_is_called_for_all_bytes_in_the_calling_thread() -> None:
    recorder = Recorder()
    with serve({"/dir/file.gz": answer(200, CONTENT)}) as server:
        fetch(f"{server.url}/dir/file.gz", observer=recorder)
    assert recorder.threads == {threading.current_thread()}
    assert recorder.heard[0] == ("file.gz", 0, None)
    assert recorder.heard[-1] == ("file.gz", 1024, 1024)


def interrupt() -> None:
    raise KeyboardInterrupt


def test_a_transfer_whose_observer_fails_is_abandoned() -> None:
    with serve({"/drip": drip(0.05)}) as server:
        with pytest.raises(KeyboardInterrupt):
            fetch(f"{server.url}/drip", observer=Recorder(interrupt))
        assert server.left.wait(1)


def test_an_interrupt_is_raised_at_once() -> None:
    with serve({"/mute": mute()}) as server:
        timer = threading.Timer(0.2, lambda: os.kill(os.getpid(), signal.SIGINT))
        begin = time.monotonic()
        timer.start()
        with pytest.raises(KeyboardInterrupt):
            fetch(f"{server.url}/mute", limits=replace(QUICK, read=5))
        assert time.monotonic() - begin < 4


def test_a_mistake_in_the_check_is_no_failure_of_the_mirror() -> None:
    def mistaken(body: bytearray) -> bytes:
        raise ZeroDivisionError

    with serve({"/x": answer(200, CONTENT)}) as server, pytest.raises(ZeroDivisionError):
        download(Job([f"{server.url}/x"], mistaken, LIMIT, named_by_user=[f"{server.url}/x"]))
