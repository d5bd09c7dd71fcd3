"""Mirrors that misbehave: answers are right or rejected, the next mirror is tried, waiting is limited."""

import gzip
import os
import signal
import socket
import ssl
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from email.utils import formatdate
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from support.server import Behaviour, answer, black_hole, chunked, closed_port, cut, drip, mute, raw, serve

from nnbp.data.errors import NoMirrorError
from nnbp.data.http import DeliveryError, UnreachableError, get, seconds_to_wait
from nnbp.data.job import LIMITS, Job, Limits
from nnbp.data.mirrors import download
from nnbp.data.observer import SILENT, Observer
from nnbp.data.transfer import pause
from nnbp.errors import DownloadError

CONTENT = bytes(range(256)) * 4
LIMIT = 2000
QUICK = Limits(connect=0.3, read=0.2, first_answer=5, attempts=2, pause=0.01, longest_pause=0.05)
PAGE = b"<!DOCTYPE html><title>Log in</title>"
OK = b"HTTP/1.1 200 OK\r\n"


def accept(body: bytes) -> bytes:
    if body != CONTENT:
        raise DownloadError("it", "wrong content", "")
    return body


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


@pytest.mark.parametrize(
    ("behaviour", "expected"),
    [
        (answer(403), 1),
        (answer(404), 1),
        (answer(200, PAGE), 1),
        (answer(302, b"", "Location: /bad"), 4),
        (answer(413, b"", "Retry-After: 0"), 1),
        (answer(408), 4),
        (answer(429), 4),
        (answer(500), 4),
        (answer(599), 4),
        (answer(600), 1),
        (cut(CONTENT, 3), 4),
        (raw(b""), 4),
    ],
)
def test_only_temporary_failures_are_retried_and_tried_four_times(
    behaviour: Behaviour, expected: int
) -> None:
    with serve({"/bad": behaviour}) as server:
        failure(f"{server.url}/bad", limits=replace(QUICK, attempts=LIMITS.attempts))
        assert server.count("/bad") == expected


def test_a_mirror_that_recovers_is_used() -> None:
    with serve({"/x": [answer(500), answer(500), answer(200, CONTENT)]}) as server:
        assert fetch(f"{server.url}/x", limits=replace(QUICK, attempts=3)) == CONTENT


def test_every_mirror_has_a_turn_before_any_has_its_second() -> None:
    routes: dict[str, Sequence[Behaviour]] = {
        "/a": [answer(503), answer(200, CONTENT)],
        "/b": [answer(503), answer(503)],
    }
    with serve(routes) as server:
        assert fetch(f"{server.url}/a", f"{server.url}/b") == CONTENT
        assert [request.target for request in server.requests[:2]] == ["/a", "/b"]


@pytest.mark.parametrize(
    "asked",
    [
        "86400",
        "9" * 5000,
        "junk",
        "-5",
        "1e9",
        "",
        "Fri, 31 Dec 2199 23:59:59 GMT",
        "Thu, 01 Jan 1970 00:00:00 GMT",
        "Mon, 99 Foo 99999",
    ],
)
def test_a_mirror_cannot_ask_for_a_long_pause(asked: str) -> None:
    with serve({"/busy": answer(503, b"", f"Retry-After: {asked}")}) as server:
        begin = time.monotonic()
        failure(f"{server.url}/busy", limits=replace(QUICK, attempts=4))
        assert time.monotonic() - begin < 4
        assert server.count("/busy") == 4


def test_the_pause_that_a_mirror_asks_for_is_kept() -> None:
    with serve({"/busy": [answer(429, b"", "Retry-After: 60"), answer(200, CONTENT)]}) as server:
        begin = time.monotonic()
        assert fetch(f"{server.url}/busy", limits=replace(QUICK, longest_pause=0.3)) == CONTENT
        assert 0.3 <= time.monotonic() - begin < 4


def test_the_pauses_of_a_mirror_add_up_to_no_more_than_a_minute() -> None:
    greedy = DeliveryError("busy", again=True, retry_after=86400)
    assert sum(pause(LIMITS, failures, greedy) for failures in range(1, LIMITS.attempts)) <= 60


@pytest.mark.parametrize(("answers", "shortest", "longest"), [(True, 0.7, 1.3), (False, 0.07, 0.5)])
def test_pauses_double_and_are_a_tenth_if_nothing_answers(
    answers: bool, shortest: float, longest: float
) -> None:
    limits = replace(QUICK, attempts=4, pause=0.1, longest_pause=1)
    with serve({"/x": answer(500)}) as server:
        begin = time.monotonic()
        failure(f"{server.url if answers else closed_port()}/x", limits=limits)
        assert shortest <= time.monotonic() - begin < longest


def test_a_second_attempt_waits_for_its_pause() -> None:
    with serve({"/x": [answer(500), answer(200, CONTENT)]}) as server:
        begin = time.monotonic()
        assert fetch(f"{server.url}/x", limits=replace(QUICK, pause=0.2, longest_pause=1))
        assert 0.2 <= time.monotonic() - begin < 4


def test_no_pause_is_longer_than_the_longest() -> None:
    with serve({"/x": answer(500)}) as server:
        begin = time.monotonic()
        failure(f"{server.url}/x", limits=replace(QUICK, attempts=4, pause=1))
        assert 0.15 <= time.monotonic() - begin < 4


@pytest.mark.parametrize(("kind", "scale"), [(DeliveryError, 1.0), (UnreachableError, 0.1)])
def test_a_mirror_is_left_alone_for_about_1_2_and_4_seconds(kind: type[DeliveryError], scale: float) -> None:
    for failures, seconds in ((1, 1), (2, 2), (3, 4)):
        pauses = [pause(LIMITS, failures, kind("no", again=True)) / scale for _ in range(100)]
        assert seconds <= min(pauses) < max(pauses) <= seconds + 0.5


@pytest.mark.parametrize("mirrors", [1, 2, 10])
def test_a_connection_has_5_seconds_or_a_share_of_the_first_30_and_a_read_has_15(
    monkeypatch: pytest.MonkeyPatch, mirrors: int
) -> None:
    asked = []

    def refuse(url: str, limit: int, timeouts: tuple[float, float], progress: Any) -> bytes:
        asked.append(timeouts)
        raise DeliveryError("no")

    monkeypatch.setattr("nnbp.data.transfer.get", refuse)
    with pytest.raises(NoMirrorError):
        download(Job([f"https://{number}.example/x" for number in range(mirrors)], accept, LIMIT))
    assert asked == [(min(5, 30 / mirrors), 15)] * mirrors


def test_a_retry_after_is_a_number_of_seconds_or_a_date() -> None:
    later = formatdate(time.time() + 3600, usegmt=True)
    assert seconds_to_wait("120") == seconds_to_wait(" 120 ") == 120
    assert 3590 < seconds_to_wait(later) <= 3600
    assert seconds_to_wait("Thu, 01 Jan 1970 00:00:00 GMT") == 0
    assert [seconds_to_wait(junk) for junk in ("", "-5", "1e9", "soon", "Mon, 99 Foo 99999")] == [0] * 5


def test_a_drip_ends_at_the_deadline_and_its_transfer_is_abandoned() -> None:
    with serve({"/drip": drip(0.05)}) as server:
        begin = time.monotonic()
        assert "not done in time" in failure(f"{server.url}/drip", seconds=0.4)
        assert time.monotonic() - begin < 4
        assert server.left.wait(1)


def test_news_faster_than_the_observer_ends_at_the_deadline() -> None:
    with serve({"/drip": drip(0.001)}) as server:
        begin = time.monotonic()
        with pytest.raises(NoMirrorError, match="not done in time"):
            fetch(f"{server.url}/drip", observer=Recorder(lambda: time.sleep(0.02)), seconds=0.3)
        assert time.monotonic() - begin < 4


def test_headers_that_drip_end_at_the_deadline() -> None:
    def slowly(connection: socket.socket, server: Any) -> None:
        while not server.closing.wait(0.05):
            connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")

    with serve({"/drip": slowly}) as server:
        begin = time.monotonic()
        failure(f"{server.url}/drip", seconds=0.4)
        assert time.monotonic() - begin < 4


def test_a_name_lookup_that_hangs_ends_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    over = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: over.wait(5))
    begin = time.monotonic()
    assert "no answer within 0.3 s" in failure("http://localhost/x", limits=replace(QUICK, first_answer=0.3))
    assert time.monotonic() - begin < 4
    over.set()


def test_a_black_hole_ends_in_time() -> None:
    with black_hole() as url:
        begin = time.monotonic()
        limits = replace(QUICK, connect=5, first_answer=0.4, attempts=4)
        assert "no answer within 0.4 s" in failure(f"{url}/x", f"{url}/y", limits=limits)
        assert time.monotonic() - begin < 4


def test_behind_a_black_hole_the_next_mirror_is_still_reached() -> None:
    with black_hole() as url, serve({"/x": answer(200, CONTENT)}) as server:
        assert (
            fetch(f"{url}/x", f"{server.url}/x", limits=replace(QUICK, connect=5, first_answer=1)) == CONTENT
        )


def test_a_mirror_that_has_answered_may_take_longer_than_a_first_answer() -> None:
    with serve({"/x": [answer(503), answer(200, CONTENT)]}) as server:
        limits = replace(QUICK, first_answer=0.3, pause=0.4, longest_pause=1)
        assert fetch(f"{server.url}/x", limits=limits) == CONTENT


def test_without_a_network_the_answer_is_quick() -> None:
    begin = time.monotonic()
    failure(f"{closed_port()}/x", f"{closed_port()}/y", limits=LIMITS)
    assert time.monotonic() - begin < 4


def test_http_is_refused_unless_the_user_named_the_url() -> None:
    with serve({"/x": answer(200, CONTENT)}) as server:
        with pytest.raises(NoMirrorError, match="not https"):
            download(Job([f"{server.url}/x"], accept, LIMIT))
        assert not server.requests


def test_an_https_failure_is_not_retried_over_http() -> None:
    with serve({"/x": answer(200, CONTENT)}) as server:
        failure(f"{server.url}/x".replace("http:", "https:"))
        assert not server.requests


def test_a_redirection_from_https_to_http_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def send(adapter: Any, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        asked.append(request.url)
        response = requests.Response()
        response.status_code = 302
        response.headers["Location"] = "http://127.0.0.1/plain"
        response.raw = type("Raw", (), {"close": lambda self: None, "release_conn": lambda self: None})()
        response.request = request
        response.url = str(request.url)
        return response

    monkeypatch.setattr("requests.adapters.HTTPAdapter.send", send)
    with pytest.raises(DeliveryError, match="refused"):
        get("https://localhost/x", LIMIT, (1, 1), lambda received, expected: None)
    assert asked == ["https://localhost/x"]


def test_a_redirection_with_an_endless_body_is_followed_without_reading_it() -> None:
    def endless(connection: socket.socket, server: Any) -> None:
        connection.sendall(b"HTTP/1.1 302 Found\r\nLocation: /x\r\n\r\n")
        while not server.closing.is_set():
            connection.sendall(bytes(1 << 16))

    with serve({"/endless": endless, "/x": answer(200, CONTENT)}) as server:
        assert fetch(f"{server.url}/endless") == CONTENT


def test_a_certificate_that_is_not_trusted_is_an_error_with_its_problem_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cause = ssl.SSLCertVerificationError(1, "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: …")
    cause.verify_message = "self-signed certificate"

    def send(*args: Any, **options: Any) -> requests.Response:
        raise requests.exceptions.SSLError(cause)

    monkeypatch.setattr("requests.adapters.HTTPAdapter.send", send)
    with pytest.raises(UnreachableError) as caught:
        get("https://localhost/x", LIMIT, (1, 1), lambda received, expected: None)
    assert caught.value.reason == "no trusted connection (self-signed certificate)"
    assert not caught.value.again


def test_passwords_of_a_netrc_file_are_not_sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login me password secret\n")
    (tmp_path / ".netrc").chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    with serve({"/a": answer(302, b"", "Location: /b"), "/b": answer(200, CONTENT)}) as server:
        assert requests.get(f"{server.url}/b", timeout=1).content == CONTENT
        fetch(f"{server.url}/a")
        bait, *ours = server.requests
    assert "authorization" in bait.headers
    assert len(ours) == 2
    for request in ours:
        assert "authorization" not in request.headers
        assert request.headers["accept-encoding"] == "identity"


def test_a_proxy_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with serve({"http://mirror.invalid/x": answer(200, CONTENT)}) as server:
        monkeypatch.setenv("http_proxy", server.url)
        assert fetch("http://mirror.invalid/x") == CONTENT


def test_a_proxy_that_is_not_a_url_is_an_error_that_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://[")
    assert "not understood" in failure("http://mirror.invalid/x")


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
    def mistaken(body: bytes) -> bytes:
        raise ZeroDivisionError

    with serve({"/x": answer(200, CONTENT)}) as server, pytest.raises(ZeroDivisionError):
        download(Job([f"{server.url}/x"], mistaken, LIMIT, named_by_user=[f"{server.url}/x"]))
