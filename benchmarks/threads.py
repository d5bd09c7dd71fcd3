"""Environments of measured processes: the threads of BLAS, which a library reads when it is imported."""

import os

from benchmarks.machine import AVX512, cpu_flags, cpu_model
from nnbp.cli.blas import VARIABLES as VARIABLES

KERNELS = "OPENBLAS_CORETYPE"
ZEN_5 = ("AuthenticAMD", "26")


def clean_environment() -> dict[str, str]:
    """The environment without any number of threads, and with JAX kept off a GPU."""
    kept = {name: value for name, value in os.environ.items() if name not in VARIABLES}
    return {**kept, "JAX_PLATFORMS": "cpu"}


def environment(threads: int) -> dict[str, str]:
    """The environment of a process that computes with so many threads."""
    return {**clean_environment(), **dict.fromkeys(VARIABLES, str(threads))}


def numpy_environment(threads: int) -> dict[str, str]:
    """The same for products by NumPy, with the kernels that suit the processor.

    OpenBLAS up to 0.3.34 takes AMD's Zen 5 for Haswell, and computes at half its speed (OpenBLAS issue 6029).
    """
    found = environment(threads)
    if cpu_model()[:2] == ZEN_5 and cpu_flags() >= AVX512:
        found.setdefault(KERNELS, "SkylakeX")
    return found


def pin(threads: int) -> None:
    """Let this process run on as many processors as it has threads.

    XLA has a thread for each processor that it may run on, and no setting that holds it to fewer. All
    libraries are treated alike, so that one thread is one for each of them.
    """
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[-threads:])
