"""Retries of downloads: which failures, how often, and after which pauses."""

import time
from collections.abc import Sequence
from dataclasses import replace
from email.utils import formatdate
from typing import Any

import pytest
from support.downloads import CONTENT, LIMIT, PAGE, QUICK, Recorder, accept, failure, fetch
from support.server import Behaviour, answer, black_hole, closed_port, cut, raw, serve

from nnbp.data.errors import NoMirrorError
from nnbp.data.http import DeliveryError, UnreachableError, seconds_to_wait
from nnbp.data.job import LIMITS, Job
from nnbp.data.mirrors import download
from nnbp.data.turns import pause, share


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


def test_two_urls_of_one_host_share_its_part_of_the_first_30_seconds() -> None:
    job = Job(["https://a.example/x", "https://a.example/y", "https://b.example/x"], accept, LIMIT)
    assert share(job, LIMITS) == 15


def test_a_retry_after_is_a_number_of_seconds_or_a_date() -> None:
    later = formatdate(time.time() + 3600, usegmt=True)
    assert seconds_to_wait("120") == seconds_to_wait(" 120 ") == 120
    assert 3590 < seconds_to_wait(later) <= 3600
    assert seconds_to_wait("Thu, 01 Jan 1970 00:00:00 GMT") == 0
    assert [seconds_to_wait(junk) for junk in ("", "-5", "1e9", "soon", "Mon, 99 Foo 99999")] == [0] * 5


def test_a_host_that_is_to_be_left_alone_is_not_asked_for_another_url_either() -> None:
    recorder = Recorder()
    with serve({"/a": answer(503), "/b": answer(404)}) as busy, serve({"/c": answer(404)}) as other:
        urls = [f"{busy.url}/a", f"{busy.url}/b", f"{other.url}/c"]
        with pytest.raises(NoMirrorError):
            fetch(*urls, observer=recorder)
    assert [name for name, _, _ in recorder.heard] == ["a", "c", "b", "a"]


def test_a_silent_host_takes_the_time_of_one_mirror_however_many_urls_it_has() -> None:
    with black_hole() as hole, serve({"/x": answer(200, CONTENT)}) as server:
        urls = [*(f"{hole}/{number}" for number in range(8)), f"{server.url}/x"]
        assert fetch(*urls, limits=replace(QUICK, connect=5, first_answer=2)) == CONTENT
