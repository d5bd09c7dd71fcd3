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
LATEST = 2.0  # the latest first signal, in times that a short training takes


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
    latest = LATEST * chosen.seconds[1]
    written, complaints, status = _interrupted(case, chosen, sent, _delays(rng, latest, sent))
    while _came_before_the_program(complaints):
        latest += chosen.seconds[1]  # the machine has become slower
        written, complaints, status = _interrupted(case, chosen, sent, _delays(rng, latest, sent))
    if status not in {-number for number in sent}:
        case.fail(f"{sent} ended it with status {status}", stdout=written, stderr=complaints)
    if complaints and not (complaints.startswith(b"nnbp: ") and complaints.count(b"\n") == 1):
        case.fail(f"expected at most one line after {sent}", stderr=complaints)
    check_folder(case, chosen.folder, partial=len(sent) > 1)
    _check_model(case, chosen, written if len(sent) == 1 else b"")
    (chosen.folder / f".{MODEL}.partial").unlink(missing_ok=True)


def _delays(rng: random.Random, latest: float, sent: Sequence[int]) -> list[float]:
    """The seconds before each signal."""
    return [rng.uniform(0, latest), *(rng.choice((0, 0.001, 0.02)) for _ in sent[1:])]


def _interrupted(
    case: Case, training: Course, sent: Sequence[int], delays: Sequence[float]
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
    for number, delay in zip(sent, delays, strict=True):
        time.sleep(delay)
        process.send_signal(number)
    began = time.monotonic()
    written, complaints = process.communicate()
    if (took := time.monotonic() - began) > LONGEST:
        case.fail(f"it went on for {took:.1f} s after {sent}")
    return written, complaints, process.returncode


def _came_before_the_program(complaints: bytes) -> bool:
    """Whether Ctrl-C came while Python itself started, which no program can make silent."""
    return b"KeyboardInterrupt" in complaints and not re.search(rb"(nnbp|cli)/\w+\.py", complaints)


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
