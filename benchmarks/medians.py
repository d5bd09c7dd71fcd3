"""The median time of functions that take turns, so that other work of the machine slows all of them."""

import statistics
import time
from collections.abc import Callable, Sequence


def median_seconds(functions: Sequence[Callable[[], object]], seconds: float) -> list[float]:
    """The median time of each function; they are called in turn, for so many seconds."""
    measured: list[list[float]] = [[] for _ in functions]
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        for function, times in zip(functions, measured, strict=True):
            began = time.perf_counter()
            function()
            times.append(time.perf_counter() - began)
    return [statistics.median(times) for times in measured]
