"""The number of threads of NumPy's BLAS, which it reads from the environment when NumPy is imported."""

import os

# OpenBLAS, which NumPy's wheels carry; Intel's MKL; BLIS; Apple's Accelerate; and OpenMP under any of them.
VARIABLES = (
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "BLIS_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "OMP_NUM_THREADS",
)


def use_threads(count: int | None = None) -> None:
    """Let BLAS use this many threads, by default one, unless the user's environment says how many.

    Call it before NumPy is imported. One is the default because products this small gain nothing from more,
    and because the threads of OpenBLAS wait for work by spinning, which slows every other program.
    """
    if not any(os.environ.get(name) for name in VARIABLES):
        os.environ.update(dict.fromkeys(VARIABLES, str(count or 1)))
