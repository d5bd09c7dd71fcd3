"""A kill at any moment leaves the old model or a whole epoch of the new one, and the next training works."""

import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from support.program import NNBP

from stress.case import Case, each
from stress.courses import Course, courses
from stress.forked import Forked

CASES = 2_000
SECONDS = 360

EPOCHS = 6
STARTED = 20  # one case in this many starts a program instead of forking one
FINISHED = 10  # after one case in this many a training is run to its end


def run(cases: int, seed: int, folder: Path) -> Iterator[int]:
    """Kill this many trainings."""
    return each("kills", check, cases, seed, folder)


def check(case: Case, folder: Path) -> None:
    """Kill one training; if it ends too early, another one."""
    rng = case.rng()
    course = rng.choice(courses(folder, EPOCHS))
    started = case.number % STARTED == 0
    while True:
        course.model.write_bytes(course.old)
        process = _start(course, started)
        time.sleep(rng.uniform(0, course.seconds[started]))
        process.send_signal(signal.SIGKILL)
        status = process.wait()
        course.check_files(case, partial=True)
        if status == -signal.SIGKILL:
            break
        if status:
            case.fail(f"a training ended with status {status}")
    if case.number % FINISHED == 0:
        _finish(case, course)


def _finish(case: Case, course: Course) -> None:
    course.model.write_bytes(course.old)
    status = _start(course, started=False).wait()
    if status or course.check_files(case, partial=False) != course.states[-1]:
        case.fail(f"the training after a kill ended with status {status}, or made another model")


def _start(course: Course, started: bool) -> "Forked | subprocess.Popen[bytes]":
    if not started:
        return Forked(course.arguments, course.folder)
    return subprocess.Popen(
        [NNBP, *course.arguments], cwd=course.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
