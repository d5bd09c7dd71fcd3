"""Every download ends in time, whatever a server does, or does not do."""

import socket
import threading
import time
from dataclasses import replace
from typing import Any

import pytest
from support.downloads import CONTENT, QUICK, Recorder, accept, failure, fetch
from support.server import answer, black_hole, closed_port, drip, mute, serve

from nnbp.data.errors import NoMirrorError
from nnbp.data.job import LIMITS, Job
from nnbp.data.transfer import Received
from nnbp.data.turns import turn


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


# While other mirrors wait


def test_a_mirror_that_drips_leaves_time_for_the_next() -> None:
    with serve({"/drip": drip(0.05), "/good": answer(200, CONTENT)}) as server:
        assert fetch(f"{server.url}/drip", f"{server.url}/good", seconds=10) == CONTENT
        assert server.left.wait(5)


def test_a_mirror_that_drips_headers_leaves_time_for_the_next() -> None:
    def slowly(connection: socket.socket, server: Any) -> None:
        while not server.closing.wait(0.05):
            connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")

    with serve({"/x": slowly}) as server, serve({"/x": answer(200, CONTENT)}) as other:
        limits = replace(QUICK, first_answer=1)
        assert fetch(f"{server.url}/x", f"{other.url}/x", limits=limits, seconds=60) == CONTENT


def test_a_mirror_that_is_silent_leaves_time_for_the_next() -> None:
    with serve({"/x": mute()}) as server, serve({"/x": answer(200, CONTENT)}) as other:
        limits = replace(QUICK, read=30, first_answer=1)
        assert fetch(f"{server.url}/x", f"{other.url}/x", limits=limits, seconds=60) == CONTENT


def test_a_name_lookup_that_hangs_leaves_time_for_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    over, lookup = threading.Event(), socket.getaddrinfo

    def hanging(host: str, *args: Any, **kwargs: Any) -> Any:
        return over.wait(30) if host == "localhost" else lookup(host, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", hanging)
    with serve({"/good": answer(200, CONTENT)}) as server:
        limits = replace(QUICK, first_answer=1)
        assert fetch("http://localhost/x", f"{server.url}/good", limits=limits, seconds=60) == CONTENT
    over.set()


def test_a_mirror_that_was_too_slow_gets_another_turn_if_the_others_fail() -> None:
    with serve({"/slow": [drip(0.05), answer(200, CONTENT)], "/bad": answer(404)}) as server:
        assert fetch(f"{server.url}/slow", f"{server.url}/bad", seconds=60) == CONTENT
        assert [request.target for request in server.requests] == ["/slow", "/bad", "/slow"]


def test_mirrors_that_were_too_slow_are_named_as_such() -> None:
    with serve({"/a": drip(0.05), "/b": drip(0.05)}) as server:
        urls = [f"{server.url}/a", f"{server.url}/b"]
        assert "too slow, " in failure(*urls, limits=replace(QUICK, attempts=1), seconds=1)


@pytest.mark.parametrize(
    ("seconds", "received", "expected", "given_up"),
    [
        (14, 1, 10_000_000, False),  # the beginning says little
        (16, 16, 10_000_000, True),
        (16, 16, None, True),
        (16, 16, 100, True),  # a length that no archive of the file can have
        (16, 800_000, 10_000_000, False),  # 200 seconds in all
        (16, 700_000, 10_000_000, True),  # 229 seconds
        (16, 400_000, None, False),  # of at least a tenth of the limit
        (16, 300_000, None, True),
        (224, 9_999_999, 10_000_000, False),
        (226, 9_999_999, 10_000_000, True),  # whatever it promises
    ],
)
def test_an_attempt_is_given_up_if_it_will_not_be_done_in_three_quarters_of_the_time(
    seconds: float, received: int, expected: int | None, given_up: bool
) -> None:
    job = Job([], accept, limit=50_000_000)
    assert (seconds >= turn(job, LIMITS, seconds, 300, Received(received, expected))) == given_up
