"""How many threads the matrix products may use: settled before NumPy is imported, since it reads it then."""

import os

# OpenBLAS, which NumPy's wheels carry; Intel's MKL; BLIS; Apple's Accelerate; and OpenMP under any of them.
VARIABLES = (
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "BLIS_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "OMP_NUM_THREADS",
)


def use_threads(count: int | None) -> int | None:
    """Let `count` threads compute; None for what the user's environment says, or else one.

    One is what a training needs to make the same bytes every time, and for a small network it is the
    quickest: the products of a mini-batch are too short to be shared out. Returns the count, if it is known.
    """
    if count is None and any(variable in os.environ for variable in VARIABLES):
        return None
    count = count or 1
    for variable in VARIABLES:
        os.environ[variable] = str(count)
    return count
