"""Of 16 processes that fill a cold cache at once, those that are not killed get the right data."""

import signal
import time
from collections.abc import Iterator
from functools import cache, partial
from pathlib import Path

from support.datasets import CONTENTS

from stress.case import Case, each
from stress.forked import Forked
from stress.mirrors import serving, use_tiny_from

CASES = 20
SECONDS = 80

PROCESSES = 16
KILLED = 4
LATEST = 0.3  # seconds until a kill

_TRAINING = "train --dataset mnist --sizes 6,4 --epochs 1 --seed 1 -q -o"


def run(cases: int, seed: int, folder: Path) -> Iterator[int]:
    """Let processes race for this many caches."""
    with serving() as url:
        yield from each("cache_race", partial(_check, url), cases, seed, folder)


def check(case: Case, folder: Path) -> None:
    """Let processes race for one cache."""
    with serving() as url:
        _check(url, case, folder)


def _check(url: str, case: Case, folder: Path) -> None:
    expected = _model(url, folder)
    place = folder / str(case.number)
    place.mkdir()
    rng = case.rng()
    processes = [_start(url, place, number) for number in range(PROCESSES)]
    for number in rng.sample(range(PROCESSES), KILLED):
        time.sleep(rng.uniform(0, LATEST / KILLED))
        processes[number].send_signal(signal.SIGKILL)
    for number, process in enumerate(processes):
        status = process.wait()
        if status == -signal.SIGKILL:
            continue
        complaints = (place / f"{number}.errors").read_bytes()
        if status or complaints:
            case.fail(f"process {number} ended with status {status}", stderr=complaints)
        if (place / f"{number}.npz").read_bytes() != expected:
            case.fail(f"process {number} trained on wrong data")
    _check_cache(case, place)


def _check_cache(case: Case, place: Path) -> None:
    """Fail unless the cache is whole, with at most the temporary files of those that were killed."""
    for path in (place / "cache" / "mnist").iterdir():
        if path.name in CONTENTS:
            if path.read_bytes() != CONTENTS[path.name]:
                case.fail(f"{path.name} in the cache is wrong", content=path.read_bytes())
        elif not (path.name.endswith(".partial") and path.name[1:].removesuffix(".partial") in CONTENTS):
            case.fail(f"{path.name} is in the cache")


def _start(url: str, place: Path, number: int) -> Forked:
    return Forked(
        [*_TRAINING.split(), f"{number}.npz"],
        place,
        partial(use_tiny_from, url, place / "cache"),
        stderr=place / f"{number}.errors",
    )


@cache
def _model(url: str, folder: Path) -> bytes:
    """The model of a process that has the cache to itself."""
    place = folder / "alone"
    place.mkdir()
    assert _start(url, place, 0).wait() == 0, (place / "0.errors").read_text()
    return (place / "0.npz").read_bytes()
