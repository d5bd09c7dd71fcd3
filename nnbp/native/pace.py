"""How to compute the next mini-batches: with how many threads, and over lit pixels or over all.

The results are the same to the last bit either way, so the fastest way is found by trial while the training
runs: no table of networks and machines could know what else the machine is doing.
"""

import math
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

# Where Linux keeps the processor-time quota of this process's control group.
QUOTA = Path("/sys/fs/cgroup/cpu.max")

# Below the first of these fractions of lit pixels, or above the second, no trial is needed.
SURELY_LIT, SURELY_DENSE = 0.25, 0.65
# Where nothing is tried, all pixels are multiplied above this fraction.
DENSE = (SURELY_LIT + SURELY_DENSE) / 2

# Multiply-adds per step from which a second thread may pay off: two threads wait for each other twice a step,
# for a few microseconds, in which one of them computes about this many.
WORTH_A_SECOND_THREAD = 500_000
# Another way has to be faster by this factor, so that neither noise nor a tiny gain causes a change.
CLEARLY = 0.9
# Calls before the other ways are tried again: at first, and after repeated failures.
SOON, LATE = 8, 512


class Way(NamedTuple):
    """A way to compute."""

    threads: int
    dense: bool


def processors(quota_file: Path = QUOTA) -> int:
    """How many processors this process may use, by its affinity and its control group's quota."""
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    try:
        quota, period = quota_file.read_text("ascii").split()
        return count if quota == "max" else max(1, min(count, int(quota) // int(period)))
    except (OSError, ValueError, ZeroDivisionError):
        return count


def ways(threads: int, multiply_adds: int, density: float) -> list[Way]:
    """The ways worth trying for steps of this many multiply-adds, with up to `threads` threads."""
    counts = [1]
    while multiply_adds >= WORTH_A_SECOND_THREAD and counts[-1] < threads:
        counts.append(min(2 * counts[-1], threads))
    products = [density > SURELY_DENSE]
    if SURELY_LIT < density <= SURELY_DENSE:
        products.append(True)
    return [Way(count, dense) for dense in products for count in counts]


class Pace:
    """Finds the fastest way by measuring the time per example."""

    def __init__(self, ways: Sequence[Way], clock: Callable[[], float]) -> None:
        self._ways = list(ways)
        self._clock = clock
        self._seconds = [math.inf] * len(ways)
        self._best = 0
        self._trying = 0
        self._untried = list(range(1, len(ways)))
        self._calls = 0
        self._interval = SOON

    def run(
        self,
        call: Callable[[Way], object],
        examples: int,
        prepare: Callable[[Way], object] = lambda way: None,
    ) -> None:
        """Run `call`, on this many examples, in the best way known or in one worth another trial.

        `prepare` is called before, in the same way; its time does not count.
        """
        self._trying = self._next()
        prepare(self._ways[self._trying])
        began = self._clock()
        call(self._ways[self._trying])
        self._note((self._clock() - began) / examples)

    def _next(self) -> int:
        if self._seconds[0] == math.inf:
            return 0
        if self._untried:
            return self._untried.pop(0)
        self._calls += 1
        if len(self._ways) == 1 or self._calls < self._interval:
            return self._best
        self._calls = 0
        self._untried = [way for way in range(len(self._ways)) if way != self._best]
        return self._untried.pop(0)

    def _note(self, seconds: float) -> None:
        tried, best = self._trying, self._best
        self._seconds[tried] = seconds
        if tried == best:
            return
        if seconds < CLEARLY * self._seconds[best]:
            self._best, self._interval = tried, SOON
        elif not self._untried:
            self._interval = min(2 * self._interval, LATE)
