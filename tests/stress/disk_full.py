"""On a disk of any size, a training or download that does not fit fails in one line and damages no file."""

import resource
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path

from support.program import write_idx_folder

from stress import writing
from stress.case import Case, each
from stress.courses import DIGITS, MODEL, Course, recorded
from stress.writing import Writing

CASES = 80
SECONDS = 80

SIZES = 20


def run(cases: int, seed: int, folder: Path) -> Iterator[int]:
    """Fill this many disks."""
    with writing.mirror():
        yield from each("disk_full", _check, cases, seed, folder)


def check(case: Case, folder: Path) -> None:
    """Fill one disk."""
    with writing.mirror():
        _check(case, folder)


def _check(case: Case, folder: Path) -> None:
    """A training and a download on a small disk, and then with a bound on the size of a file."""
    size = case.number // 4 % SIZES
    place = folder / "disk"
    place.mkdir(exist_ok=True)
    train, bounded = case.number % 2 == 0, case.number % 4 > 1 or not _may_mount(folder)
    written = (
        writing.training(_course(folder), place) if train else writing.download(place, damaged=size % 2 == 1)
    )
    if bounded:
        limit = (size + 1) * 10_000 if train else 1 + 3 * size
        _fill(case, written, f"files of {limit} bytes at most", limit)
        return
    # The files of a download take a page each, and the disk an inode for each and for two folders.
    options = (
        f"size={(size + 2) * 20}k" if train else f"size={4 * (size % 5 + 1)}k,nr_inodes={3 + size // 5 * 2}"
    )
    with _disk(place, options):
        _fill(case, written, options)


def _fill(case: Case, written: Writing, what: str, limit: int = resource.RLIM_INFINITY) -> None:
    try:
        written.prepare()
    except OSError:
        return
    bound = partial(resource.setrlimit, resource.RLIMIT_FSIZE, (limit, limit))
    written.check(case, what, written.run(first=bound))


@cache
def _course(folder: Path) -> Course:
    """A training whose model takes 200 KB."""
    digits = write_idx_folder(folder / DIGITS)
    common = f"train --sizes 12,3000,3 --epochs 2 --seed 1 --dataset {digits} -o {MODEL}"
    return recorded(folder / "course", common, b"an old model")


@cache
def _may_mount(folder: Path) -> bool:
    try:
        with _disk(folder / "disk", "size=4k"):
            return True
    except (OSError, subprocess.CalledProcessError):
        return False


@contextmanager
def _disk(place: Path, options: str) -> Iterator[None]:
    """A file system of this size, in memory, at the folder."""
    command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(place)]
    subprocess.run(command, check=True, capture_output=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)
