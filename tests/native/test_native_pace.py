"""The choice of the way to compute, with a clock that the test advances; and the number of processors."""

import itertools
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from nnbp.native.pace import (
    CLEARLY,
    LATE,
    SOON,
    SURELY_DENSE,
    SURELY_LIT,
    WORTH_A_SECOND_THREAD,
    Pace,
    Way,
    processors,
    ways,
)

ONE, TWO, FOUR = Way(1, False), Way(2, False), Way(4, False)


class Machine:
    """Ways with their seconds for an example, and the order in which they were used."""

    def __init__(self, seconds: dict[Way, float]) -> None:
        self.seconds = seconds
        self.taken: list[Way] = []
        self.now = 0.0
        self.pace = Pace(list(seconds), lambda: self.now)

    def call(self, times: int = 1, examples: Callable[[int], int] = lambda call: 1000) -> list[Way]:
        """Make this many calls; returns the ways that they took."""
        for _ in range(times):
            count = examples(len(self.taken))

            def call(way: Way, count: int = count) -> None:
                self.taken.append(way)
                self.now += count * self.seconds[way]

            self.pace.run(call, count)
        return self.taken[-times:]


def test_every_way_is_tried_once_and_the_quickest_is_kept() -> None:
    machine = Machine({ONE: 3.0, TWO: 1.0, FOUR: 2.0})
    assert machine.call(3) == [ONE, TWO, FOUR]
    assert set(machine.call(SOON - 1)) == {TWO}


def test_a_way_that_is_hardly_quicker_is_not_chosen() -> None:
    machine = Machine({ONE: 1.0, TWO: CLEARLY + 0.01})
    machine.call(2)
    assert set(machine.call(SOON - 1)) == {ONE}
    machine = Machine({ONE: 1.0, TWO: CLEARLY - 0.01})
    machine.call(2)
    assert set(machine.call(SOON - 1)) == {TWO}


def test_calls_are_compared_by_the_time_for_an_example() -> None:
    machine = Machine({ONE: 1.0, TWO: 2.0})
    machine.call(2, examples=lambda call: 1000 if call == 0 else 10)
    assert set(machine.call(SOON - 1)) == {ONE}


def test_a_way_that_has_become_quicker_is_found() -> None:
    machine = Machine({ONE: 1.0, TWO: 2.0})
    machine.call(2)
    machine.seconds[TWO] = 0.5
    # It has lost once, so it waits twice as long.
    assert machine.call(2 * SOON)[-1] == TWO
    assert set(machine.call(SOON - 1)) == {TWO}


def test_a_way_that_has_become_slower_is_left() -> None:
    machine = Machine({ONE: 2.0, TWO: 1.0})
    machine.call(2)
    machine.seconds[TWO] = 4.0
    assert machine.call(SOON)[-1] == ONE
    assert set(machine.call(SOON - 1)) == {ONE}


def test_a_way_that_keeps_losing_is_tried_more_and_more_rarely() -> None:
    machine = Machine({ONE: 1.0, TWO: 2.0})
    machine.call(20 * LATE)
    tries = [call for call, way in enumerate(machine.taken) if way == TWO]
    gaps = [later - earlier for earlier, later in itertools.pairwise(tries)]
    assert gaps == sorted(gaps)
    assert (gaps[0], gaps[-1]) == (2 * SOON, LATE)


def test_with_one_way_there_is_nothing_to_try() -> None:
    assert set(Machine({TWO: 1.0}).call(10 * SOON)) == {TWO}


def test_an_exception_in_a_call_is_passed_on_and_the_next_call_continues() -> None:
    machine = Machine({ONE: 2.0, TWO: 1.0})

    def fail(way: Way) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        machine.pace.run(fail, 10)
    assert machine.call(2) == [ONE, TWO]
    assert machine.call() == [TWO]


@pytest.mark.parametrize(
    ("threads", "expected"), [(1, [1]), (2, [1, 2]), (3, [1, 2, 3]), (4, [1, 2, 4]), (6, [1, 2, 4, 6])]
)
def test_threads_are_doubled_up_to_the_most(threads: int, expected: list[int]) -> None:
    assert [way.threads for way in ways(threads, WORTH_A_SECOND_THREAD, 0.1)] == expected


def test_small_steps_are_not_shared() -> None:
    assert ways(8, WORTH_A_SECOND_THREAD - 1, 0.1) == [Way(1, False)]


def test_the_products_that_are_tried_depend_on_the_density() -> None:
    def products(density: float) -> list[bool]:
        return [way.dense for way in ways(1, WORTH_A_SECOND_THREAD, density)]

    assert products(0.0) == products(0.19) == products(SURELY_LIT) == [False]
    assert products(0.5) == products(SURELY_DENSE) == [False, True]
    assert products(0.9) == products(1.0) == [True]
    assert len(set(ways(2, WORTH_A_SECOND_THREAD, 0.5))) == 4


def test_a_quota_counts_as_fewer_processors(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(4)), raising=False)
    quota = tmp_path / "cpu.max"
    for text, expected in (
        ("max 100000", 4), ("200000 100000", 2), ("350000 100000", 3), ("50000 100000", 1),
        ("900000 100000", 4), ("odd", 4), ("", 4), ("1 2 3", 4),
    ):  # fmt: skip
        quota.write_text(text)
        assert processors(quota) == expected
    quota.unlink()
    assert processors(quota) == 4


def test_without_an_affinity_all_processors_count(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    for count, expected in ((6, 6), (None, 1)):
        monkeypatch.setattr(os, "cpu_count", lambda count=count: count)
        assert processors(tmp_path / "none") == expected
