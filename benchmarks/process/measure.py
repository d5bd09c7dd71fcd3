"""Part `process`: a whole training from the shell, in nnbp and as a script for scikit-learn and for PyTorch.

Each job starts Python, loads MNIST from the same folder, holds out the last sixth, trains 784,30,10 with
nnbp's default settings, prints the validation accuracy of each epoch and the test accuracy at the end, and
saves its model. The jobs take turns, with any other command given with `--beside`.
"""

import re
import shlex
import statistics
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks import threads
from benchmarks.program import Command, folder_of, nnbp
from benchmarks.run_process import Measured, run_apart, seconds_until

Figures = dict[str, Any]

JOBS = Path(__file__).parent.parent / "jobs"
SCRIPTS = {"PyTorch": "train_torch.py", "scikit-learn": "train_sklearn.py"}
SIZES = "784,30,10"
STARTS = 5  # measurements of the start for each run of a job
EVENTS = ['"event": "start"', '"event": "epoch"', '"event": "epoch"']


class Job(NamedTuple):
    """A command, and its number of threads; None if it chooses for itself."""

    name: str
    threads: int | None
    command: Command

    def run(self) -> Measured:
        known = self.threads is not None
        return run_apart(
            self.command, threads.environment(self.threads or 1) if known else threads.clean_environment()
        )


def training(dataset: str, epochs: int) -> Command:
    """The command that a user would type, with a data set and the default model file."""
    return [*nnbp(), "train", "--sizes", SIZES, "--epochs", str(epochs), "--dataset", dataset]


def other(text: str) -> Job:
    """The job that `--beside [NAME=]COMMAND` asks for."""
    named = re.match(r"([^\s=/]+)=", text)
    command = text[named.end() :] if named else text
    return Job(named[1] if named else command, None, list(shlex.split(command)))


def jobs(
    libraries: Sequence[str], counts: Sequence[int], dataset: str, epochs: int, beside: Sequence[str]
) -> list[Job]:
    """All jobs; the first is nnbp, with which the others are compared."""
    folder = folder_of(dataset)
    chosen = [Job("nnbp", None, training(dataset, epochs)), *map(other, beside)]
    for library in SCRIPTS:
        if library in libraries:
            script: Command = [sys.executable, JOBS / SCRIPTS[library], folder, str(epochs)]
            chosen += [Job(library, count, script) for count in counts]
    return chosen


def measure(
    chosen: Sequence[Job], dataset: str, epochs: int, repeats: int, progress: Callable[[str], None]
) -> Figures:
    """For each job: seconds, bytes and test accuracy of every run, and the medians."""
    runs: list[list[Measured]] = [[] for _ in chosen]
    starts: list[list[float]] = []
    for repeat in range(repeats):
        starts += [start(dataset, epochs) for _ in range(STARTS)]
        for job, done in zip(chosen, runs, strict=True):
            done.append(job.run())
            progress(f"{job.name}: run {repeat + 1} of {repeats}, {done[-1].seconds:.1f} s")
    return {
        "epochs": epochs,
        "repeats": repeats,
        "start": beginnings(starts),
        "results": [summary(job, done) for job, done in zip(chosen, runs, strict=True)],
    }


def start(dataset: str, epochs: int) -> list[float]:
    """Seconds until the start event and the events of the first two epochs."""
    command = [*training(dataset, max(epochs, 2)), "--json"]
    with tempfile.TemporaryDirectory() as folder:
        return seconds_until(EVENTS, command, Path(folder), threads.clean_environment())


def beginnings(starts: Sequence[Sequence[float]]) -> Figures:
    """Medians of the seconds until the start event, the first mini-batch and the report of the first epoch.

    The first mini-batch begins an epoch's time before that report; the second epoch gives that time.
    """
    minibatches = [first - (second - first) for _, first, second in starts]
    events, first_epochs, _ = (list(each) for each in zip(*starts, strict=True))
    return {
        "event": statistics.median(events),
        "minibatch": statistics.median(minibatches),
        "first_epoch": statistics.median(first_epochs),
        "seconds": [list(each) for each in starts],
    }


def summary(job: Job, runs: Sequence[Measured]) -> Figures:
    """The figures of a job; its test accuracy is the number after these words in its output, if any."""
    found = [re.findall(r"test accuracy ([\d.]+)", run.output) for run in runs]
    accuracies = [float(each[-1]) for each in found if each]
    return {
        "library": job.name,
        "threads": job.threads,
        "seconds": [r.seconds for r in runs],
        "rss": [r.rss for r in runs],
        "anonymous": [r.anonymous for r in runs],
        "accuracy": accuracies,
        "median": statistics.median(r.seconds for r in runs),
        "median_rss": statistics.median(r.rss for r in runs),
        "median_accuracy": statistics.median(accuracies) if accuracies else None,
    }
