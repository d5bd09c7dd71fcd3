"""The set-up of the processor: BLAS kernels, settled once NumPy is imported, threads and processes.

What the user's environment says is left as it is.
"""

import os
import sys
from collections.abc import Sequence
from typing import NamedTuple

from nnbp import kernels, threads
from nnbp.team import can_share

# What this module has put into the environment is not the user's.
_own: set[str] = set()


class Setup(NamedTuple):
    """What was chosen, each with its reason.

    Where a training can be shared out, its threads are `processes`, for `train`, and BLAS has one in each.
    """

    threads: threads.Choice
    kernels: kernels.Choice
    processes: int


def set_up(
    sizes: Sequence[int] | None = None,
    batch_size: int | None = None,
    count: int | None = None,
    begun_with: int | None = None,
) -> Setup:
    """Choose the BLAS kernels and the number of threads for a network and its mini-batches.

    To be called before NumPy is imported, and so before anything else of this package; the kernels cannot be
    chosen afterwards, the threads can. Without `sizes` and `batch_size` one thread computes; `begun_with` is
    the number of threads of a training that is resumed. None of these is ever set over what the user's
    environment says; a `count`, which was asked for, is, and takes its place for the rest of the process.
    """
    environment = {name: value for name, value in os.environ.items() if name not in _own}
    blas = kernels.blas()
    there = threads.processors()
    worth = threads.WORTH_PROCESSES if can_share(sizes or (), 2) else threads.WORTH_THREADS
    variables = threads.variables(blas)
    chosen = threads.choose(sizes, batch_size, count, environment, there, variables, begun_with, worth)
    processes, wanted = 1, chosen.value
    if wanted is not None:
        if can_share(sizes or (), wanted):
            # More of them than processors would wait for each other most of the time.
            processes = min(wanted, there)
            if processes < wanted:
                chosen = threads.Choice(processes, f"{chosen.reason}; {there} processors")
            threads.use(1)
        else:
            threads.use(wanted)
        _own.update(threads.VARIABLES)
    return Setup(chosen, _set_up_kernels(environment, blas), processes)


def _set_up_kernels(environment: dict[str, str], blas: str) -> kernels.Choice:
    chosen = kernels.choose(environment, kernels.cpuinfo(), blas)
    if chosen.value is None or kernels.VARIABLE in _own:
        return chosen
    if "numpy" in sys.modules:
        return kernels.Choice(None, "NumPy was imported before, and had to choose by itself")
    os.environ[kernels.VARIABLE] = chosen.value
    _own.add(kernels.VARIABLE)
    return chosen
