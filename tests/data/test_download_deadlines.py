"""Every download ends in time, whatever a server does, or does not do."""

import socket
import threading
import time
from dataclasses import replace
from typing import Any

import pytest
from support.downloads import CONTENT, QUICK, Recorder, failure, fetch
from support.server import answer, black_hole, closed_port, drip, serve

from nnbp.data.errors import NoMirrorError
from nnbp.data.job import LIMITS


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
