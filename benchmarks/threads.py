"""How many threads a process may use: settled before NumPy or a peer is imported, since they read it then."""

import os
from collections.abc import Sequence

from nnbp import processor
from nnbp.threads import VARIABLES


def clean_environment() -> dict[str, str]:
    """The environment without what it says of threads, and with JAX told to leave a GPU alone."""
    kept = {name: value for name, value in os.environ.items() if name not in VARIABLES}
    return {**kept, "JAX_PLATFORMS": "cpu"}


def environment(threads: int) -> dict[str, str]:
    """The environment for a process that computes with so many threads."""
    return {**clean_environment(), **dict.fromkeys(VARIABLES, str(threads))}


def pin(threads: int) -> None:
    """Let this process run on as many processors as it has threads.

    XLA has a thread for each processor that it may run on, and no setting that holds it to fewer. All
    libraries are treated alike, so that one thread is one for each of them.
    """
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[-threads:])


def set_up_nnbp(sizes: Sequence[int], batch_size: int, threads: int) -> int:
    """What the package does before NumPy is imported; how many processes train."""
    return processor.set_up(sizes, batch_size, threads).processes


def set_up_floor(threads: int) -> None:
    """The same kernels as nnbp's, and threads of BLAS."""
    processor.set_up(count=threads)


def set_up_peer(threads: int) -> None:
    """The number of threads, and nothing else: what users of the library get by default."""
    os.environ.update(dict.fromkeys(VARIABLES, str(threads)))
