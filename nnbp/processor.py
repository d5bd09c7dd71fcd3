"""The set-up of the processor for a training: BLAS kernels, settled once NumPy is imported, and threads.

What the user's environment says is left as it is.
"""

import os
import sys
from collections.abc import Sequence
from typing import NamedTuple

from nnbp import kernels, threads

# What this module has put into the environment is not the user's.
_own: set[str] = set()


class Setup(NamedTuple):
    """What was chosen, each with its reason."""

    threads: threads.Choice
    kernels: kernels.Choice


def set_up(
    sizes: Sequence[int] | None = None, batch_size: int | None = None, count: int | None = None
) -> Setup:
    """Choose the BLAS kernels and the number of threads for a network and its mini-batches.

    To be called before NumPy is imported, and so before anything else of this package; the kernels cannot be
    chosen afterwards, the threads can. Without `sizes` and `batch_size` one thread computes; `count` is a
    number of threads that was asked for. Neither is ever set over the user's environment, save for `count`.
    """
    environment = {name: value for name, value in os.environ.items() if name not in _own}
    chosen = threads.choose(sizes, batch_size, count, environment, threads.processors())
    if chosen.value is not None:
        threads.use(chosen.value)
        _own.update(threads.VARIABLES)
    return Setup(chosen, _set_up_kernels(environment))


def _set_up_kernels(environment: dict[str, str]) -> kernels.Choice:
    chosen = kernels.choose(environment, kernels.cpuinfo(), kernels.blas())
    if chosen.value is None or kernels.VARIABLE in _own:
        return chosen
    if "numpy" in sys.modules:
        return kernels.Choice(None, "NumPy was imported before, and had to choose by itself")
    os.environ[kernels.VARIABLE] = chosen.value
    _own.add(kernels.VARIABLE)
    return chosen
