"""The measuring process's side of the worker processes."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import threads
from benchmarks.grid import Row
from benchmarks.learners import WITH_NUMPY

# Seconds. A library's threads keep spinning for about 0.1 s after their work.
PAUSE = 0.3
ROOT = Path(__file__).parent.parent  # from where the workers can be imported


class WorkerError(Exception):
    """A worker exited too early."""


@dataclass(frozen=True)
class Work:
    """The task that all workers of a row share."""

    row: Row
    rounds: int
    dataset: str  # a name, or the absolute path of a folder
    pause: float = PAUSE  # seconds before each epoch
    pinned: bool = True  # to as many processors as there are threads


class Client:
    """One worker: a library with a number of threads. Use it in a `with`, and wait for it with `ready`."""

    def __init__(self, library: str, count: int, work: Work) -> None:
        self.library, self.threads, self.work = library, count, work
        order = {
            "library": library,
            "row": work.row.as_json(),
            "threads": count,
            "rounds": work.rounds,
            "dataset": work.dataset,
            "pinned": work.pinned,
        }
        environment = threads.numpy_environment if library in WITH_NUMPY else threads.environment
        self.process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.worker", json.dumps(order)],
            cwd=ROOT,
            env=environment(count),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.communicate()

    def ready(self) -> None:
        """Wait until the examples are loaded and the code is compiled; sets `examples`, their number."""
        self.examples: int = self._read()["examples"]

    def epoch(self) -> dict[str, float]:
        """Train for an epoch, and return its wall-clock seconds."""
        time.sleep(self.work.pause)
        return self._ask("epoch")

    def evaluate(self) -> dict[str, Any]:
        """Accuracy and certainty on the test set, or None for the floor, which learns nothing."""
        return self._ask("evaluate")

    def _ask(self, request: str) -> dict[str, Any]:
        assert self.process.stdin is not None
        # A worker that has ended is noticed by its missing answer.
        with suppress(BrokenPipeError):
            print(json.dumps({"do": request}), file=self.process.stdin, flush=True)
        return self._read()

    def _read(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise WorkerError(f"{self.library} with {self.threads} threads ended with {self.process.wait()}")
        read: dict[str, Any] = json.loads(line)
        return read


@contextmanager
def started(libraries: Sequence[str], counts: Sequence[int], work: Work) -> Iterator[list[Client]]:
    """A worker for each library and number of threads, ready; they start one after the other."""
    with ExitStack() as stack:
        clients = []
        for library in libraries:
            for count in counts:
                client = stack.enter_context(Client(library, count, work))
                client.ready()
                clients.append(client)
        yield clients
