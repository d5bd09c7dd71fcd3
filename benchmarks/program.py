"""nnbp as a shell starts it."""

import sys
from pathlib import Path

from benchmarks.run_process import run
from benchmarks.threads import clean_environment
from nnbp import data

Command = list[str | Path]


def nnbp() -> Command:
    """The program installed along with this Python."""
    program = Path(sys.executable).parent / "nnbp"
    return [program] if program.exists() else [sys.executable, "-m", "nnbp"]


def folder_of(dataset: str) -> Path:
    """The folder with the files of a data set, in the cache or elsewhere; downloads missing files.

    A separate process does this, because the measuring process has to stay small.
    """
    if dataset not in data.names():
        return Path(dataset)
    here, environment = Path.cwd(), clean_environment()
    run([*nnbp(), "data", "fetch", dataset], here, environment)
    return Path(run([*nnbp(), "data", "path", dataset], here, environment).output.strip()).resolve()
