"""Trainings to interrupt, with their model file before them and after each of their epochs."""

import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

from support.program import run, write_idx_folder

from nnbp import modelfile, native
from stress.case import Case
from stress.forked import Forked

MODEL, DIGITS = "model.npz", "digits"

_ENGINES = ("numpy",) if native.missing() else ("numpy", "native")
# With each engine, and with different settings.
OPTIONS = (
    *(f"--engine {engine}" for engine in _ENGINES),
    *(f"--engine {_ENGINES[-1]} --threads {count} --batch-size 20" for count in (2, 3)),
    *(f"--engine {engine} --keep best --momentum 0.5" for engine in _ENGINES),
    *(f"--engine {engine} --dropout 0.2 --schedule cosine --resume" for engine in _ENGINES),
)


@dataclass(frozen=True)
class Course:
    """A training in a folder of its own.

    old      the model file before it
    states   the model file after each epoch
    seconds  of a forked process, and of one that is started
    """

    folder: Path
    arguments: list[str]
    old: bytes
    states: list[bytes]
    seconds: tuple[float, float]

    @property
    def model(self) -> Path:
        """The model file."""
        return self.folder / MODEL

    def check_files(self, case: Case, partial: bool) -> bytes:
        """The content of the model file, if it is a whole one; `partial` is as in `check_folder`."""
        content = self.model.read_bytes()
        if content != self.old and content not in self.states:
            case.fail(f"{self.model.name} is neither the old model nor an epoch of the new one", npz=content)
        check_folder(case, self.folder, partial)
        return content


def check_folder(case: Case, folder: Path, partial: bool) -> None:
    """Fail if there is more than a model file, perhaps its lock and, where `partial`, one temporary file."""
    others = sorted(path.name for path in folder.iterdir() if path.name != MODEL)
    temporary = [name for name in others if not name.endswith(".lock")]
    if len(others) - len(temporary) > 1 or len(temporary) > partial:
        case.fail(f"{others} are left in the folder")


@cache
def course(folder: Path, epochs: int, options: str) -> Course:
    """A training with one of the OPTIONS, over another model; or resumed after its second epoch."""
    digits, old = _begun(folder)
    place = folder / f"course-{OPTIONS.index(options)}-{epochs}"
    begun, resumed, _ = options.partition("--resume")
    line = f"train --sizes 12,8,3 --epochs {epochs} --seed 1 --l2 1 --dataset {digits} -o {MODEL} {begun}"
    whole = recorded(place, line, old)
    if not resumed:
        return whole
    going_on = recorded(place.with_name(f"{place.name}-resumed"), resume_line(folder), whole.states[1])
    assert going_on.states == whole.states[2:], "a resumed training differs from an uninterrupted one"
    return going_on


def resume_line(folder: Path) -> str:
    """The command line that resumes any of these trainings."""
    return f"train --resume {MODEL} --dataset {folder / DIGITS}"


@cache
def _begun(folder: Path) -> tuple[Path, bytes]:
    """The data set of all trainings, and another model."""
    digits = write_idx_folder(folder / DIGITS)
    line = f"train --sizes 12,5,3 --epochs 2 --seed 2 --dataset {digits} -o {MODEL}"
    return digits, recorded(folder / "other", line, b"").states[-1]


def recorded(folder: Path, line: str, old: bytes) -> Course:
    """A training that is run, forked and started, in a folder that it makes."""
    folder.mkdir()
    kept = folder.with_name(f"{folder.name}-states")
    kept.mkdir()
    model, arguments = folder / MODEL, line.split()
    seconds = []
    for start in (partial(_fork, arguments, folder, kept), partial(_start, arguments, folder)):
        model.write_bytes(old) if old else model.unlink(missing_ok=True)
        began = time.monotonic()
        assert start() == 0, line
        seconds.append(time.monotonic() - began)
    states = [path.read_bytes() for path in sorted(kept.iterdir())]
    assert all(modelfile.loads(state, MODEL).training.reports for state in states)
    assert model.read_bytes() == states[-1], "a training of the same settings made another model"
    return Course(folder, arguments, old, states, (seconds[0], seconds[1]))


def _fork(arguments: Sequence[str], folder: Path, kept: Path) -> int:
    return Forked(arguments, folder, partial(_keep_all, kept)).wait()


def _start(arguments: Sequence[str], folder: Path) -> int:
    return run(*arguments, cwd=folder).returncode


def _keep_all(kept: Path) -> None:
    """Keep what is renamed to a model file; called in the process that renames."""

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if event == "os.rename" and Path(str(arguments[1])).name == MODEL:
            number = len(list(kept.iterdir()))
            (kept / f"{number:03}").write_bytes(Path(str(arguments[0])).read_bytes())

    sys.addaudithook(hook)
