"""Part `growth`: how the seconds per epoch and the memory of `nnbp train` grow.

One dimension grows at a time; the others are those of 784,30,10 with mini-batches of 10 on MNIST's 60,000
examples, which are repeated if more are needed. Each figure is from a separate process with one thread, so
that only the work grows and not the number of threads.
"""

import json
import statistics
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.growth import resized_datasets
from benchmarks.program import Command, folder_of, nnbp
from benchmarks.run_process import run_apart
from benchmarks.threads import clean_environment

Figures = dict[str, Any]

EXAMPLES = (6_000, 20_000, 60_000, 200_000, 600_000)
HIDDEN = (10, 30, 100, 300, 1_000, 2_000)
BATCH_SIZES = (1, 3, 10, 30, 100, 300, 1_000)
USUAL = 60_000, 30, 10


@dataclass(frozen=True)
class Case:
    """A training, and the dimension that grows in it."""

    grows: str
    examples: int
    hidden: int
    batch_size: int

    @property
    def value(self) -> int:
        return {"examples": self.examples, "hidden neurons": self.hidden, "mini-batch": self.batch_size}[
            self.grows
        ]


def cases(up_to: int | None = None) -> Iterator[Case]:
    """All trainings; `up_to` leaves out larger ones, by examples or neurons, for a quick look."""
    most = up_to or max(EXAMPLES)
    examples, hidden, batch_size = min(USUAL[0], most), USUAL[1], USUAL[2]
    for grown in EXAMPLES:
        yield Case("examples", grown, hidden, batch_size)
    for grown in HIDDEN:
        yield Case("hidden neurons", examples, grown, batch_size)
    for grown in BATCH_SIZES:
        yield Case("mini-batch", examples, hidden, grown)


def measure(dataset: str, epochs: int, up_to: int | None, progress: Callable[[str], None]) -> Figures:
    """Seconds per epoch and bytes of memory for every case."""
    source, results = folder_of(dataset), []
    chosen = [case for case in cases(up_to) if max(case.examples, case.hidden) <= (up_to or max(EXAMPLES))]
    with tempfile.TemporaryDirectory() as temporary:
        for case in chosen:
            folder = Path(temporary) / str(case.examples)
            if not folder.exists():
                resized_datasets.write(source, folder, case.examples)
            results.append(train(case, folder, epochs))
            progress(f"{case.grows} {case.value:,}: {results[-1]['median']:.2f} s")
    return {"epochs": epochs, "results": results}


def train(case: Case, folder: Path, epochs: int) -> Figures:
    """The figures of one process."""
    network = ["--sizes", f"784,{case.hidden},10", "--batch-size", str(case.batch_size)]
    rest: Command = ["--epochs", str(epochs), "--dataset", folder, "--validation", "0", "--threads", "1"]
    measured = run_apart([*nnbp(), "train", *network, *rest, "--json"], clean_environment())
    events = [json.loads(line) for line in measured.output.splitlines()]
    seconds = [event["seconds"] for event in events if event["event"] == "epoch"]
    return {
        "grows": case.grows,
        "value": case.value,
        "seconds": seconds,
        "median": statistics.median(seconds),
        "rss": measured.rss,
        "anonymous": measured.anonymous,
        "accuracy": events[-1]["test_accuracy"],
    }
