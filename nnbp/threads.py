"""How many threads compute: one, unless the network and its mini-batches are large.

A product of a small network takes some microseconds, and to share it out takes as long. What is worse, the
threads of OpenBLAS wait for work by asking for it again and again: where other programs need the processors,
too, a training with two threads has been seen to take ten times as long as with one. Where a training can be
shared out to processes (team.py), these take the place of threads.
"""

import math
import os
import sys
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

# OpenBLAS, which NumPy's wheels carry; Intel's MKL; BLIS; Apple's Accelerate; and OpenMP under any of them.
VARIABLES = (
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "BLIS_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "OMP_NUM_THREADS",
)
# Those that OpenBLAS reads. What is said to another library is not said to it.
OPENBLAS_VARIABLES = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS")
# Multiply-adds in the largest product of a step from which a second processor is used. With two processes
# (team.py) 784,300 × 10 (2.4 million) was measured to gain a third, 784,300 × 32 (7.5 million) a half and
# 784,800 × 128 (80 million) three quarters; where another program keeps one of the two processors busy, the
# first two take twice as long as one process does there. With two threads of BLAS, 784,300 × 32 gains less
# than a tenth, 784,300 × 64 (15 million) a fifth and 784,800 × 64 (40 million) a half.
WORTH_PROCESSES = 7_500_000
WORTH_THREADS = 15_000_000
MOST = 2

_QUOTA = Path("/sys/fs/cgroup/cpu.max")


class Choice(NamedTuple):
    """What was chosen, and why; None where it was left to others."""

    value: int | None
    reason: str


def choose(
    sizes: Sequence[int] | None,
    batch_size: int | None,
    asked: int | None,
    environment: Mapping[str, str],
    processors: int,
    variables: Sequence[str] = VARIABLES,
    begun_with: int | None = None,
    worth: int = WORTH_THREADS,
) -> Choice:
    """The number of threads for a network and its mini-batches, or for work of which nothing is known.

    `asked` is what the user asks for; `variables` of the environment say it, too; `begun_with` is how many a
    training had before it is resumed: of more or fewer the last bits would differ. From `worth` multiply-adds
    in its largest product a step is shared out.
    """
    if asked is not None:
        return Choice(asked, "as was asked for")
    named = next((name for name in variables if environment.get(name)), None)
    if named is not None:
        return Choice(None, f"{named} is {environment[named]!a:.20} in the environment")
    if begun_with is not None:
        return Choice(min(begun_with, processors), f"begun with {begun_with}; {processors} processors")
    if sizes is None or batch_size is None:
        return Choice(1, "enough for passes over a few examples")
    largest = batch_size * max(n_in * n_out for n_in, n_out in pairwise(sizes))
    said = f"{largest:,} multiply-adds in the largest product of a step"
    if largest < worth:
        return Choice(1, f"{said}, fewer than the {worth:,} from which more pay")
    return Choice(min(MOST, processors), f"{said}; {processors} processors")


def variables(blas: str) -> Sequence[str]:
    """Those by which a user tells the BLAS that NumPy's build describes how many threads to use."""
    return OPENBLAS_VARIABLES if "openblas" in blas.lower() else VARIABLES


def processors() -> int:
    """How many processors this process may use at a time, by its affinity and its group's quota."""
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    try:
        quota, period = _QUOTA.read_text("ascii").split()
    except (OSError, ValueError):
        return count
    return count if quota == "max" else max(1, min(count, math.floor(int(quota) / int(period))))


def use(count: int) -> None:
    """Let BLAS compute with so many threads, whether or not it has been loaded yet."""
    for variable in VARIABLES:
        os.environ[variable] = str(count)
    if "numpy" in sys.modules:
        import threadpoolctl

        threadpoolctl.threadpool_limits(count, user_api="blas")


def in_use() -> int | None:
    """How many threads OpenBLAS was told to use; None where it was not told."""
    said = next((os.environ[name] for name in OPENBLAS_VARIABLES if os.environ.get(name)), "")
    return (int(said) or None) if said.isdecimal() and len(said) < 10 else None
