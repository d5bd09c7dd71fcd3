"""Part `busy`: seconds per epoch with one thread and with two, while other processes use every processor.

Threads that wait for each other lose the most there: two should take at most 1.5 times as long as one.
"""

import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from benchmarks.client import Work, started
from benchmarks.learners import OURS
from benchmarks.machine import processors

Figures = dict[str, Any]

COUNTS = (1, 2)
BAR = 1.5


@contextmanager
def busy_processors(count: int) -> Iterator[list["subprocess.Popen[bytes]"]]:
    """Keep this many processors busy inside the block, each with a process that only computes."""
    processes = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(count)]
    try:
        yield processes
    finally:
        for process in processes:
            process.kill()
            process.wait()


def measure(work: Work, progress: Callable[[str], None]) -> Figures:
    """One row: for each number of threads the seconds of every epoch, in turn, and their median."""
    seconds: dict[int, list[float]] = {count: [] for count in COUNTS}
    with started([OURS], COUNTS, replace(work, pinned=False)) as clients, busy_processors(processors()):
        for done in range(work.rounds):
            for client in clients:
                seconds[client.threads].append(client.epoch()["seconds"])
            progress(f"{work.row.name}: round {done + 1} of {work.rounds}, busy")
    results = [
        {"threads": count, "seconds": each, "median": statistics.median(each)}
        for count, each in seconds.items()
    ]
    return {**work.row.as_json(), "name": work.row.name, "examples": clients[0].examples, "results": results}
