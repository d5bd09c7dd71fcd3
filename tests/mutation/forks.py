"""A pytest plugin that runs the collected tests for one mutant after another, each time in a fork."""

import itertools
import json
import math
import os
import resource
import signal
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from mutation.python_mutants import MUTANTS, Mutant
from mutation.report import Outcome, Results

# Of the processor; the tests of a function that everything uses take much longer.
MOST_TEST_SECONDS = 3.0
# A loop without an end is stopped by the first, a wait without one by the second.
MOST_CPU_SECONDS = 30
MOST_SECONDS = 300
MOST_BYTES = 8 << 30
REACHED = MUTANTS / "reached.json"


class Forks:
    """The plugin."""

    def __init__(self, mutants: Sequence[Mutant], results: Results) -> None:
        self.mutants, self.results = mutants, results
        self.seconds: dict[str, float] = {}
        self.reached: dict[str, list[str]] = {}

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Instead of running the tests once."""
        items = {item.nodeid: item for item in session.items}
        if not REACHED.exists():
            _fork(lambda: _record(session), math.inf)
        self.seconds, self.reached = json.loads(REACHED.read_text(encoding="utf-8"))
        for mutant in self.mutants:
            chosen = [items[name] for name in self._tests(mutant)]
            started = time.monotonic()
            how = _fork(lambda mutant=mutant, chosen=chosen: _run(session, mutant, chosen))  # type: ignore[misc]
            outcome = Outcome(mutant.key, mutant.file, mutant.line, mutant.changed, how)
            self.results.add(outcome, time.monotonic() - started)
        return True

    def _tests(self, mutant: Mutant) -> list[str]:
        """Those that reach the mutant: first those named after its file, then the fastest; not for ever."""
        own = f"test_{Path(mutant.file).stem}"
        reached = sorted(
            self.reached.get(mutant.function, []), key=lambda name: (own not in name, self.seconds[name])
        )
        total = itertools.accumulate(self.seconds[name] for name in reached)
        return [name for name, seconds in zip(reached, total, strict=True) if seconds < MOST_TEST_SECONDS]


def _fork(work: Callable[[], bool], most_seconds: float = MOST_SECONDS) -> str:
    """survived if the work returns True in a fork."""
    child = os.fork()
    if child == 0:
        good = False
        try:
            null = os.open(os.devnull, os.O_WRONLY)
            os.dup2(null, 1)
            os.dup2(null, 2)
            good = work()
        finally:
            # Not sys.exit: pytest would go on with this copy of itself.
            os._exit(0 if good else 1)
    deadline = time.monotonic() + most_seconds
    while time.monotonic() < deadline:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return "survived" if status == 0 else "killed"
        time.sleep(0.01)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return "no end"


def _record(session: pytest.Session) -> bool:
    """Write down how long each test takes, and which functions it reaches."""
    from mutmut.mutation.trampoline import set_mutant_under_test
    from mutmut.state import state

    set_mutant_under_test("stats")
    seconds: dict[str, float] = {}
    reached: dict[str, list[str]] = {}
    for item, following in zip(session.items, [*session.items[1:], None], strict=True):
        state()._stats.clear()
        started = time.process_time()
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        seconds[item.nodeid] = time.process_time() - started
        for function in state()._stats:
            reached.setdefault(function, []).append(item.nodeid)
    REACHED.write_text(json.dumps([seconds, reached]), encoding="utf-8")
    return True


def _run(session: pytest.Session, mutant: Mutant, items: list[pytest.Item]) -> bool:
    """Run the tests until one fails; whether none did."""
    from mutmut.mutation.trampoline import set_mutant_under_test

    set_mutant_under_test(mutant.name)
    resource.setrlimit(resource.RLIMIT_AS, (MOST_BYTES, MOST_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_CPU_SECONDS, MOST_CPU_SECONDS))
    for item, following in zip(items, [*items[1:], None], strict=True):
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        if session.testsfailed:
            return False
    return True
