"""The number of threads of NumPy's BLAS, read from the environment when NumPy is imported."""

import os

from nnbp.native import pace

# OpenBLAS, bundled with NumPy's wheels; Intel's MKL; BLIS; Apple's Accelerate; and OpenMP under any of them.
VARIABLES = (
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "BLIS_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "OMP_NUM_THREADS",
)


def use_threads(count: int | None = None) -> None:
    """Let BLAS use this many threads (default: one), unless the user's environment sets the number.

    Call it before NumPy is imported. The default is one because products this small gain nothing from more,
    and because OpenBLAS threads spin while they wait for work, which slows down other programs.
    """
    if not is_set_by_user():
        os.environ.update(dict.fromkeys(VARIABLES, str(count or 1)))


def threads() -> int | None:
    """The number of threads that BLAS uses, at most one per processor; None if it is not set to a number."""
    named = next((value for name in VARIABLES if (value := os.environ.get(name))), "")
    return min(int(named), pace.processors()) if named.isdecimal() and int(named) else None


def is_set_by_user() -> bool:
    """Whether the environment sets the number of threads, unless `use_threads` has been called."""
    return any(os.environ.get(name) for name in VARIABLES)
