"""How to compute the next mini-batches: with how many threads, and whether over lit pixels or over all.

The results are the same to the last bit either way, and so the quickest way is found by trying while the
training runs: no table of networks and machines could know what else a machine has to do just now.
"""

import math
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

_QUOTA = Path("/sys/fs/cgroup/cpu.max")

# Below one of these fractions of lit pixels, or above the other, trying is needless.
SURELY_LIT, SURELY_DENSE = 0.25, 0.65

# Multiply-adds of a step from which sharing it may pay: two threads wait for each other twice in a step, for
# some microseconds, in which one of them does about this many.
WORTH_SHARING = 500_000
# The other way has to be quicker by this factor, lest noise sets the pace or a processor is used for nothing.
CLEARLY = 0.9
# Calls until another way is tried again: at first, and after it has lost time and again.
SOON, LATE = 8, 512


class Way(NamedTuple):
    """A way to compute."""

    threads: int
    dense: bool


def processors() -> int:
    """How many processors this process may use at a time, by its affinity and its group's quota."""
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    try:
        quota, period = _QUOTA.read_text("ascii").split()
        return count if quota == "max" else max(1, min(count, int(quota) // int(period)))
    except (OSError, ValueError, ZeroDivisionError):
        return count


def ways(threads: int, multiply_adds: int, density: float) -> list[Way]:
    """The ways worth trying for steps of so many multiply-adds, with up to so many threads."""
    counts = [1]
    while multiply_adds >= WORTH_SHARING and counts[-1] < threads:
        counts.append(min(2 * counts[-1], threads))
    products = [density > SURELY_DENSE]
    if SURELY_LIT < density <= SURELY_DENSE:
        products.append(True)
    return [Way(count, dense) for dense in products for count in counts]


class Pace:
    """Finds the quickest of some ways by the time that each takes for an example."""

    def __init__(self, ways: Sequence[Way], clock: Callable[[], float]) -> None:
        self._ways = list(ways)
        self._clock = clock
        self._seconds = [math.inf] * len(ways)
        self._best = 0
        self._trying = 0
        self._untried = list(range(1, len(ways)))
        self._calls = 0
        self._patience = SOON

    def run(self, call: Callable[[Way], object], examples: int) -> None:
        """Do `call`, which is about so many examples, in the way that is best or worth another try."""
        self._trying = self._next()
        began = self._clock()
        call(self._ways[self._trying])
        self._note((self._clock() - began) / examples)

    def _next(self) -> int:
        if self._seconds[0] == math.inf:
            return 0
        if self._untried:
            return self._untried.pop(0)
        self._calls += 1
        if len(self._ways) == 1 or self._calls < self._patience:
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
            self._best, self._patience = tried, SOON
        elif not self._untried:
            self._patience = min(2 * self._patience, LATE)
