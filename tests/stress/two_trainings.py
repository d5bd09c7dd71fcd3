"""Of two trainings into one model file at once, one is refused in one line, and the other makes its model."""

import signal
import time
from collections.abc import Iterator
from pathlib import Path

from stress.case import Case, each
from stress.courses import OPTIONS, course
from stress.forked import Forked

CASES = 30
SECONDS = 80

EPOCHS = 60

# When the second training begins, and how both may end.
_ENDS = {"together": {(0, 1), (1, 0)}, "after a kill": {(-signal.SIGKILL, 0)}, "during the first": {(0, 1)}}


def run(cases: int, seed: int, folder: Path) -> Iterator[int]:
    """Start this many pairs of trainings."""
    return each("two_trainings", check, cases, seed, folder)


def check(case: Case, folder: Path) -> None:
    """Start two trainings: together, one during the other, or one after the other was killed."""
    rng = case.rng()
    chosen = rng.sample([options for options in OPTIONS if "--resume" not in options], 2)
    first, second = (course(folder, EPOCHS, options) for options in chosen)
    first.model.write_bytes(first.old)
    errors = (folder / "first", folder / "second")
    running = Forked(first.arguments, first.folder, stderr=errors[0])
    how = list(_ENDS)[case.number % len(_ENDS)]
    while how != "together" and first.model.read_bytes() == first.old:
        time.sleep(0.001)
    if how == "after a kill":
        running.send_signal(signal.SIGKILL)
        running.wait()
    other = Forked(second.arguments, first.folder, stderr=errors[1])
    statuses = (running.wait(), other.wait())
    lines = [line for path in errors for line in path.read_bytes().splitlines()]
    if statuses not in _ENDS[how]:
        case.fail(f"two trainings ended with statuses {statuses}", stderr=b"\n".join(lines))
    if len(lines) != statuses.count(1) or not all(b"another" in line for line in lines):
        case.fail("the training that is refused does not say so in one line", stderr=b"\n".join(lines))
    if first.model.read_bytes() != (first, second)[statuses.index(0)].states[-1]:
        case.fail("the model is not that of the training that went on")
