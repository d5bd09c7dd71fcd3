"""Whatever a mirror does, a download ends with the right status, at most one error line and no wrong byte."""

import time
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

from support.datasets import CONTENTS, NAMES
from support.server import Behaviour

from stress.behaviours import harmful, harmless
from stress.case import Case, each
from stress.forked import Forked
from stress.mirrors import serving, use_tiny_from

CACHES = ("cold", "good", "damaged")
STATUSES = {**dict.fromkeys(harmless(NAMES[0]), 0), **dict.fromkeys(harmful(NAMES[0]), 4)}

CASES = len(STATUSES) * len(CACHES)
SECONDS = 120

LIMITS = {"connect": 0.3, "read": 0.2, "first_answer": 2.0, "data_set": 2.0, "attempts": 3}
LONGEST = LIMITS["data_set"] + 2.0  # seconds of a whole program


def run(cases: int, seed: int, folder: Path) -> Iterator[int]:
    """Download from a mirror that does each thing, into each cache."""
    with serving(_routes()) as url:
        yield from each("hostile", partial(_check, url), cases, seed, folder)


def check(case: Case, folder: Path) -> None:
    """Download from a mirror that does one thing."""
    with serving(_routes()) as url:
        _check(url, case, folder)


def mirror_of(number: int) -> str:
    """The behaviour of the mirror in the case with this number."""
    return list(STATUSES)[number % len(STATUSES)]


def cache_of(number: int) -> str:
    """The state of the cache in the case with this number."""
    return CACHES[number // len(STATUSES) % len(CACHES)]


def _routes() -> dict[str, Behaviour | Sequence[Behaviour]]:
    """A folder of the server for each case."""
    return {
        f"/{number}/{name}.gz": behaviour
        for name in NAMES
        for start, behaviour in enumerate((harmless(name) | harmful(name)).values())
        for number in range(start, CASES, len(STATUSES))
    }


def _check(url: str, case: Case, folder: Path) -> None:
    what, state = mirror_of(case.number), cache_of(case.number)
    cache = folder / str(case.number)
    before = _fill(cache, state)
    process = Forked(
        ["data", "fetch", "mnist"],
        folder,
        partial(use_tiny_from, f"{url}/{case.number}", cache, **LIMITS),
        stdout=folder / "stdout",
        stderr=folder / "stderr",
    )
    began = time.monotonic()
    status = process.wait()
    expected = 0 if state == "good" else STATUSES[what]
    what = f"a mirror with {what}, and a {state} cache"
    if (took := time.monotonic() - began) > LONGEST:
        case.fail(f"{what}: the program took {took:.1f} s")
    complaints = (folder / "stderr").read_bytes()
    if status != expected:
        case.fail(f"{what}: status {status}, expected {expected}", stderr=complaints)
    _check_lines(case, what, complaints, status)
    _check_cache(case, what, cache, {} if status == 0 else before)


def _fill(cache: Path, state: str) -> dict[str, bytes]:
    """Fill the cache; returns its files."""
    kept = {
        "cold": {},
        "good": CONTENTS,
        "damaged": {name: content[:-1] for name, content in CONTENTS.items()},
    }
    (cache / "mnist").mkdir(parents=True)
    for name, content in kept[state].items():
        (cache / "mnist" / name).write_bytes(content)
    return kept[state]


def _check_lines(case: Case, what: str, complaints: bytes, status: int) -> None:
    """Fail unless an error has one line, a success none, and all other lines are warnings."""
    lines = complaints.splitlines()
    errors = [line for line in lines if line.startswith(b"nnbp: error: ")]
    warnings = [line for line in lines if line.startswith(b"nnbp: warning: ")]
    shown = complaints.decode().replace("\n", "")
    if len(errors) != bool(status) or len(errors) + len(warnings) != len(lines) or not shown.isprintable():
        case.fail(f"{what}: expected {int(bool(status))} line of an error", stderr=complaints)
    if any(len(line) > 300 for line in lines):
        case.fail(f"{what}: a line is too long", stderr=complaints)


def _check_cache(case: Case, what: str, cache: Path, before: Mapping[str, bytes]) -> None:
    """Fail unless each file is good, or as before; it may be missing only if all are."""
    found = {path.name: path.read_bytes() for path in (cache / "mnist").iterdir()}
    for name, content in found.items():
        if content not in (CONTENTS.get(name), before.get(name)):
            case.fail(f"{what}: {name} in the cache is wrong", content=content)
    if not before and found and set(found) != set(NAMES):
        case.fail(f"{what}: only {sorted(found)} are in the cache")
