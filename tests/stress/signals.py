"""A signal ends a training within two seconds, by that signal, with a whole model and at most one line."""

import random
import re
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from support.program import NNBP, events

from nnbp import modelfile
from nnbp.cli.signals import ENDING
from nnbp.errors import NnbpError
from stress.case import Case, each
from stress.courses import MODEL, OPTIONS, Course, check_folder, course

CASES = 300
SECONDS = 240

LONGEST = 2.0  # seconds from the last signal to the end
LATEST = 0.5  # seconds from the start to the first signal


def run(cases: int, seed: int, folder: Path) -> Iterator[int]:
    """Send signals to this many trainings."""
    for number in ENDING:
        signal.signal(number, signal.SIG_DFL)  # under nohup they would be ignored
    return each("signals", check, cases, seed, folder)


def check(case: Case, folder: Path) -> None:
    """Send one or two signals to a training over an existing model."""
    rng = case.rng()
    chosen = course(folder, 3, rng.choice(OPTIONS))
    sent = [rng.choice(ENDING) for _ in range(rng.choice((1, 1, 2)))]
    written, complaints, status = _interrupted(case, chosen, sent, rng)
    while _came_before_the_program(complaints):
        written, complaints, status = _interrupted(case, chosen, sent, rng)
    if status not in {-number for number in sent}:
        case.fail(f"{sent} ended it with status {status}", stdout=written, stderr=complaints)
    if complaints and not (complaints.startswith(b"nnbp: ") and complaints.count(b"\n") == 1):
        case.fail(f"expected at most one line after {sent}", stderr=complaints)
    check_folder(case, chosen.folder, partial=len(sent) > 1)
    _check_model(case, chosen, written if len(sent) == 1 else b"")
    (chosen.folder / f".{MODEL}.partial").unlink(missing_ok=True)


def _interrupted(
    case: Case, training: Course, sent: Sequence[int], rng: random.Random
) -> tuple[bytes, bytes, int]:
    """Standard output, standard error and status of a training that gets these signals."""
    training.model.write_bytes(training.old)
    process = subprocess.Popen(
        [NNBP, *training.arguments, "--epochs", "100000", "--json"],
        cwd=training.folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    _send(process, sent, rng)
    began = time.monotonic()
    written, complaints = process.communicate()
    if (took := time.monotonic() - began) > LONGEST:
        case.fail(f"it went on for {took:.1f} s after {sent}")
    return written, complaints, process.returncode


def _came_before_the_program(complaints: bytes) -> bool:
    """Whether Ctrl-C came while Python itself started, which no program can make silent."""
    return b"KeyboardInterrupt" in complaints and not re.search(rb"(nnbp|cli)/\w+\.py", complaints)


def _send(process: "subprocess.Popen[bytes]", numbers: Sequence[int], rng: random.Random) -> None:
    time.sleep(rng.uniform(0, LATEST))
    for number in numbers[:-1]:
        process.send_signal(number)
        time.sleep(rng.choice((0, 0, rng.uniform(0, 0.02))))
    process.send_signal(numbers[-1])


def _check_model(case: Case, training: Course, written: bytes) -> None:
    """Fail if the model is not whole, or not the one of the last event."""
    content = training.model.read_bytes()
    try:
        trained = len(modelfile.loads(content, MODEL).training.reports)
    except NnbpError as error:
        case.fail(f"the model is rejected: {error}", npz=content)
    last = (events(written) or [{}])[-1]
    if (
        content != training.old
        and written
        and (last.get("stopped"), last["epochs"]) != ("interrupted", trained)
    ):
        case.fail(f"the last event does not agree with a model of {trained} epochs", stdout=written)
