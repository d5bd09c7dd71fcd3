"""Part `process`: a whole training from the shell, in nnbp and as a script for scikit-learn and for PyTorch.

Each job starts Python, loads MNIST from the same folder, holds out the last sixth, trains 784,30,10 with
nnbp's default settings, tells the validation accuracy of each epoch and the test accuracy at the end, and
saves its model. The jobs take turns.
"""

import statistics
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from benchmarks import threads
from benchmarks.measured import Measured, run, seconds_until
from nnbp import data

Figures = dict[str, Any]
Command = list[str | Path]

JOBS = Path(__file__).parent / "jobs"
SIZES = "784,30,10"
STARTS = 5  # how often the start is timed, for each run of a job


def nnbp() -> Command:
    """The program that is installed beside this Python."""
    program = Path(sys.executable).parent / "nnbp"
    return [program] if program.exists() else [sys.executable, "-m", "nnbp"]


def training(dataset: str, epochs: int) -> Command:
    """What a user types, with the data set named and the model's file left at its default."""
    return [*nnbp(), "train", "--sizes", SIZES, "--epochs", str(epochs), "--dataset", dataset]


def folder_of(dataset: str) -> Path:
    """Where the files of a data set are, in the cache or elsewhere; fetches what is not there.

    The program does it, since whoever measures has to stay small.
    """
    if dataset not in data.names():
        return Path(dataset)
    here, environment = Path.cwd(), threads.clean_environment()
    run([*nnbp(), "data", "fetch", dataset], here, environment)
    return Path(run([*nnbp(), "data", "path", dataset], here, environment).output.strip()).resolve()


def measure(
    libraries: Sequence[str],
    counts: Sequence[int],
    dataset: str,
    epochs: int,
    repeats: int,
    told: Callable[[str], None],
) -> Figures:
    """Of each job and number of threads: seconds, bytes and test accuracy of every run; medians."""
    folder = folder_of(dataset)
    jobs: list[tuple[str, int | None, Command]] = [("nnbp", None, training(dataset, epochs))]
    scripts = {"PyTorch": "train_torch.py", "scikit-learn": "train_sklearn.py"}
    for library in scripts.keys() & set(libraries):
        script: Command = [sys.executable, JOBS / scripts[library], folder, str(epochs)]
        jobs += [(library, count, script) for count in counts]
    jobs.sort(key=lambda job: (job[0] != "nnbp", job[0], job[1]))
    runs: list[list[Measured]] = [[] for _ in jobs]
    starts: list[float] = []
    for repeat in range(repeats):
        starts += [start(training(dataset, epochs)) for _ in range(STARTS)]
        for (library, count, command), done in zip(jobs, runs, strict=True):
            done.append(one(command, count))
            told(f"{library}: run {repeat + 1} of {repeats}, {done[-1].seconds:.1f} s")
    results = [summary(*job[:2], done) for job, done in zip(jobs, runs, strict=True)]
    return {
        "epochs": epochs,
        "repeats": repeats,
        "start": {"seconds": starts, "median": statistics.median(starts)},
        "results": results,
    }


def one(command: Command, count: int | None) -> Measured:
    """A job in a folder of its own, which holds its model; None: with the threads that it chooses itself."""
    environment = threads.clean_environment() if count is None else threads.environment(count)
    with tempfile.TemporaryDirectory() as folder:
        return run(command, Path(folder), environment)


def start(command: Command) -> float:
    """Seconds until the `start` event, which comes right before the first mini-batch."""
    with tempfile.TemporaryDirectory() as folder:
        return seconds_until(
            '"event": "start"', [*command, "--json"], Path(folder), threads.clean_environment()
        )


def summary(library: str, count: int | None, runs: Sequence[Measured]) -> Figures:
    """The figures of a job; its test accuracy is the number after those words in what it writes."""
    accuracies = [float(r.output.rsplit("test accuracy", 1)[1].split()[0]) for r in runs]
    return {
        "library": library,
        "threads": count,
        "seconds": [r.seconds for r in runs],
        "rss": [r.rss for r in runs],
        "anonymous": [r.anonymous for r in runs],
        "accuracy": accuracies,
        "median": statistics.median(r.seconds for r in runs),
        "median_rss": statistics.median(r.rss for r in runs),
        "median_accuracy": statistics.median(accuracies),
    }
