"""Part `predict`: a stream of images on standard input, answered by nnbp and by scripts for other libraries.

The images are those of the test set, again and again, in one IDX file. Each job starts Python, loads the same
model, and writes a line for each image: its index, its label and the probability. The jobs take turns.
"""

import gzip
import statistics
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks import threads
from benchmarks.client import ROOT
from benchmarks.program import Command, folder_of, nnbp
from benchmarks.run_process import FailedError, Measured, run

Figures = dict[str, Any]

TRAINING = ["--sizes", "784,30,10", "--epochs", "2", "--seed", "1"]
SCRIPTS = {"NumPy": "with_numpy", "PyTorch": "with_torch", "scikit-learn": "with_sklearn"}
TEST = "t10k-images-idx3-ubyte"
CHECKED = 2000  # images, whose labels have to agree
AGREEING = 0.999  # rounding may decide between two labels


class Job(NamedTuple):
    """A command that reads images and writes lines, and where its line has the label."""

    name: str
    command: Command
    column: int

    def run(self, images: Path, output: Path) -> Measured:
        return run(self.command, ROOT, threads.clean_environment(), images, output)


def jobs(libraries: Sequence[str], model: Path) -> list[Job]:
    """All jobs; the first is nnbp, with which the others are compared."""
    chosen = [
        Job(name, [*nnbp(), "predict", model, "--engine", engine], 2)
        for name, engine in (("nnbp", "native"), ("nnbp-numpy", "numpy"))
        if name in libraries
    ]
    for name, module in SCRIPTS.items():
        if name == "NumPy" or name in libraries:
            chosen.append(Job(name, [sys.executable, "-m", f"benchmarks.predict.{module}", model], 1))
    return chosen


def measure(
    libraries: Sequence[str], dataset: str, count: int, repeats: int, progress: Callable[[str], None]
) -> Figures:
    """For each job: seconds and bytes of every run, and the medians.

    Raises FailedError if the labels of a job are not those of the first.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        model, few, images = (folder / name for name in ("model.npz", "few.idx", "images.idx"))
        environment = threads.clean_environment()
        run([*nnbp(), "train", *TRAINING, "--dataset", dataset, "-o", model], folder, environment)
        test = folder_of(dataset)
        write_stream(test, few, CHECKED)
        write_stream(test, images, count)
        chosen = jobs(libraries, model)
        check(chosen, few, folder / "lines")
        runs: list[list[Measured]] = [[] for _ in chosen]
        for repeat in range(repeats):
            for job, done in zip(chosen, runs, strict=True):
                done.append(job.run(images, Path("/dev/null")))
                progress(f"{job.name}: run {repeat + 1} of {repeats}, {done[-1].seconds:.1f} s")
    results = [summary(job.name, done, count) for job, done in zip(chosen, runs, strict=True)]
    return {"images": count, "repeats": repeats, "results": results}


def write_stream(folder: Path, path: Path, count: int, pixels: int = 784) -> None:
    """Write an IDX file of `count` images: those of the test set in the folder, again and again.

    Without NumPy, because the measuring process has to stay small.
    """
    packed = folder / f"{TEST}.gz"
    test = gzip.decompress(packed.read_bytes()) if packed.exists() else (folder / TEST).read_bytes()
    images, left = memoryview(test)[16:], count * pixels
    with path.open("wb") as file:
        file.write(test[:4] + count.to_bytes(4, "big") + test[8:16])
        while left:
            left -= file.write(images[:left])


def check(chosen: Sequence[Job], images: Path, output: Path) -> None:
    """Raise FailedError if the labels of a job are not those of the first."""
    right: list[str] = []
    for job in chosen:
        job.run(images, output)
        lines = output.read_text().splitlines()[-CHECKED:]
        labels = [line.split("\t")[job.column] for line in lines]
        right = right or labels
        if sum(map(str.__eq__, labels, right)) < AGREEING * CHECKED or len(labels) < CHECKED:
            raise FailedError(f"{job.name}: its labels are not those of {chosen[0].name}")


def summary(name: str, runs: Sequence[Measured], count: int) -> Figures:
    """The figures of a job."""
    return {
        "library": name,
        "seconds": [each.seconds for each in runs],
        "rss": [each.rss for each in runs],
        "median": statistics.median(each.seconds for each in runs),
        "median_rate": count / statistics.median(each.seconds for each in runs),
        "median_rss": statistics.median(each.rss for each in runs),
    }
