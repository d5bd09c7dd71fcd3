"""A training that is killed and resumed until it is done makes the same bytes as an uninterrupted one."""

import signal
import time
from collections.abc import Iterator
from pathlib import Path

from stress.case import Case, each
from stress.courses import OPTIONS, course, resume_line
from stress.forked import Forked

CASES = 60
SECONDS = 120

EPOCHS = 40
LEGS = 100


def run(cases: int, seed: int, folder: Path) -> Iterator[int]:
    """Kill and resume this many trainings."""
    return each("resume", check, cases, seed, folder)


def check(case: Case, folder: Path) -> None:
    """Begin a training, kill it, resume it, …"""
    rng = case.rng()
    chosen = course(folder, EPOCHS, rng.choice(OPTIONS))
    chosen.model.write_bytes(chosen.old)
    arguments, content = chosen.arguments, chosen.old
    # Also after the last epoch: more may be written at the end.
    for _ in range(LEGS):
        process = Forked(arguments, chosen.folder)
        time.sleep(rng.uniform(0, chosen.seconds[0] / 2))
        process.send_signal(signal.SIGKILL)
        if process.wait() not in (0, -signal.SIGKILL):
            case.fail(f"{' '.join(arguments)} ended with status {process.returncode}", npz=content)
        content = chosen.check_files(case, partial=True)
        if content == chosen.states[-1]:
            return
        if content != chosen.old:
            arguments = resume_line(folder).split()
    case.fail(f"not done after {LEGS} resumptions", npz=content)
