"""Environments of measured processes: the threads of BLAS, which libraries read when they are imported."""

import os

from benchmarks.machine import AVX512, cpu_flags, cpu_model
from nnbp.cli.blas import VARIABLES as VARIABLES

KERNELS = "OPENBLAS_CORETYPE"
ZEN_5 = ("AuthenticAMD", "26")


def clean_environment() -> dict[str, str]:
    """The environment without any setting of threads, and with JAX on the CPU."""
    kept = {name: value for name, value in os.environ.items() if name not in VARIABLES}
    return {**kept, "JAX_PLATFORMS": "cpu"}


def environment(threads: int) -> dict[str, str]:
    """The environment of a process that computes with this many threads."""
    return {**clean_environment(), **dict.fromkeys(VARIABLES, str(threads))}


def numpy_environment(threads: int) -> dict[str, str]:
    """The same for NumPy's products, with the best kernels for the processor.

    OpenBLAS up to 0.3.34 treats AMD's Zen 5 as Haswell, at half its speed (OpenBLAS issue 6029).
    """
    found = environment(threads)
    if cpu_model()[:2] == ZEN_5 and cpu_flags() >= AVX512:
        found.setdefault(KERNELS, "SkylakeX")
    return found


def pin(threads: int) -> None:
    """Let this process run on as many processors as it has threads.

    XLA has a thread for each processor that it may run on, and no setting for fewer. All libraries are
    treated alike, so that one thread means the same for each.
    """
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[-threads:])
