"""A kill at any moment leaves the old model or a whole epoch of the new one, and the next training works."""

import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from support.program import NNBP

from stress.case import Case, each
from stress.courses import OPTIONS, Course, course
from stress.forked import Forked

CASES = 2_000
SECONDS = 480

EPOCHS = 6
STARTED = 20  # one case in this many starts a program instead of forking one
FINISHED = 10  # after one case in this many a training is run to its end


def run(cases: int, seed: int, folder: Path) -> Iterator[int]:
    """Kill this many trainings."""
    return each("kills", check, cases, seed, folder)


def check(case: Case, folder: Path) -> None:
    """Kill one training; if it ends too early, another one."""
    rng = case.rng()
    chosen = course(folder, EPOCHS, rng.choice(OPTIONS))
    started = case.number % STARTED == 0
    while True:
        chosen.model.write_bytes(chosen.old)
        process = _start(chosen, started)
        time.sleep(rng.uniform(0, chosen.seconds[started]))
        process.send_signal(signal.SIGKILL)
        status = process.wait()
        chosen.check_files(case, partial=True)
        if status == -signal.SIGKILL:
            break
        if status:
            case.fail(f"a training ended with status {status}")
    if case.number % FINISHED == 0:
        _finish(case, chosen)


def _finish(case: Case, training: Course) -> None:
    training.model.write_bytes(training.old)
    status = _start(training, started=False).wait()
    if status or training.check_files(case, partial=False) != training.states[-1]:
        case.fail(f"the training after a kill ended with status {status}, or made another model")


def _start(training: Course, started: bool) -> "Forked | subprocess.Popen[bytes]":
    if not started:
        return Forked(training.arguments, training.folder)
    return subprocess.Popen(
        [NNBP, *training.arguments], cwd=training.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
