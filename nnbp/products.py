"""The product that changes the parameters: BP4, summed over a mini-batch and added to what is there.

    to += factor · belowᵀ @ deltas

In NumPy that is a product and an addition, which pass over the parameters three times. BLAS's `gemm` does
both in one pass: that of NumPy's own BLAS, where it can be called (blas.py), or else SciPy's, where SciPy is
installed (extra `fast`). The sums are equal within rounding. Which of them is used is decided here and
nowhere else.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from functools import cache
from importlib import import_module
from importlib.machinery import PathFinder
from importlib.util import find_spec, module_from_spec
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from nnbp import blas, threads
from nnbp.arrays import Array


class Accumulation(ABC):
    """The sum of one layer's gradients over a mini-batch, for its parameters or their velocity.

        below   (B, n_in + 1)   activations below the layer, the last column 1
        deltas  (B, n_out)
        scaled  (B, n_out)      a buffer

    The arrays are read anew whenever it is added.
    """

    def __init__(self, below: Array, deltas: Array, scaled: Array) -> None:
        self._below_T = below.T
        self._deltas = deltas
        self._scaled = scaled

    @abstractmethod
    def add(self, factor: float, to: Array, scales: Array | None = None) -> None:
        """Add `factor` times the sum to `to`, (n_in + 1, n_out); scales, (B, 1), are of the examples."""


class InPasses(Accumulation):
    """With NumPy alone; `product`, (n_in + 1, n_out), is a buffer."""

    def __init__(self, below: Array, deltas: Array, scaled: Array, product: Array) -> None:
        super().__init__(below, deltas, scaled)
        self._product = product

    def add(self, factor: float, to: Array, scales: Array | None = None) -> None:
        # The factors meet the deltas, since they are the smaller operand.
        share = np.array(factor, to.dtype) if scales is None else scales * to.dtype.type(factor)
        np.multiply(self._deltas, share, out=self._scaled)
        np.matmul(self._below_T, self._scaled, out=self._product)
        np.add(to, self._product, out=to)


class InOnePass(Accumulation):
    """With the `gemm` of NumPy's own BLAS."""

    def __init__(self, below: Array, deltas: Array, scaled: Array, gemm: blas.Gemm) -> None:
        super().__init__(below, deltas, scaled)
        self._sum = blas.AddedProduct(gemm, below, deltas)
        self._scaled_sum = blas.AddedProduct(gemm, below, scaled)

    def add(self, factor: float, to: Array, scales: Array | None = None) -> None:
        if scales is None:
            self._sum.add(factor, to)
        else:
            np.multiply(self._deltas, scales, out=self._scaled)
            self._scaled_sum.add(factor, to)


class InOnePassOfSciPy(Accumulation):
    """With the `gemm` of `scipy.linalg.blas`."""

    def __init__(self, below: Array, deltas: Array, scaled: Array, gemm: Callable[..., Any]) -> None:
        super().__init__(below, deltas, scaled)
        self._deltas_T = deltas.T
        self._scaled_T = scaled.T
        self._gemm = gemm

    def add(self, factor: float, to: Array, scales: Array | None = None) -> None:
        deltas = self._deltas_T
        if scales is not None:
            np.multiply(self._deltas, scales, out=self._scaled)
            deltas = self._scaled_T
        # Fortran stores columns one after the other, so that it sees every array here transposed:
        # toᵀ ← factor · deltasᵀ @ below + 1 · toᵀ, without a copy (trans_a 0, trans_b 1, overwrite_c 1).
        to = to.T
        total = self._gemm(factor, deltas, self._below_T, 1.0, to, 0, 1, 1)
        if total is not to:
            # What is not stored row after row was copied all the same.
            np.copyto(to, total)


def accumulation(below: Array, deltas: Array, scaled: Array, product: Array) -> Accumulation:
    """The quickest that is at hand."""
    gemm = blas.find(deltas.dtype.char)
    if gemm is not None and all(map(blas.in_rows, (below, deltas, scaled))):
        return InOnePass(below, deltas, scaled, gemm)
    scipy_gemm = find_scipy_gemm(deltas.dtype)
    if scipy_gemm is not None:
        return InOnePassOfSciPy(below, deltas, scaled, scipy_gemm)
    return InPasses(below, deltas, scaled, product)


class Way(NamedTuple):
    """Whether the update is made in one pass, and why."""

    in_one_pass: bool
    reason: str


def way(dtype: npt.DTypeLike) -> Way:
    """How the gradients of a training in this precision are added."""
    if blas.find(np.dtype(dtype).char) is not None:
        return Way(True, "NumPy's own BLAS adds to what it writes")
    if find_scipy_gemm(dtype) is not None:
        return Way(True, "NumPy's own BLAS cannot be called, SciPy's is used")
    if _scipy_blas() is None:
        return Way(False, "NumPy's own BLAS cannot be called, and SciPy is not installed")
    return Way(False, "NumPy's own BLAS cannot be called, and SciPy's is for where one thread was chosen")


def find_scipy_gemm(dtype: npt.DTypeLike) -> Callable[..., Any] | None:
    """SciPy's product of matrices of this precision; None where it has none, or is not to be used.

    SciPy carries a BLAS of its own. With several threads, those of both would get into each other's way, and
    a step take many times as long: it is used only where one thread was chosen.
    """
    letter = blas.LETTERS.get(np.dtype(dtype).char)
    scipy_blas = _scipy_blas() if letter and threads.in_use() == 1 else None
    return None if scipy_blas is None else getattr(scipy_blas, f"{letter}gemm")


@cache
def _scipy_blas() -> ModuleType | None:
    """The functions of `scipy.linalg.blas`; None without SciPy."""
    scipy = find_spec("scipy")
    if scipy is None:
        return None
    # The public module imports several hundred others, which takes three times as long as NumPy does; the
    # one that has the functions takes 5 ms, and none of the others.
    folders = [str(Path(folder, "linalg")) for folder in scipy.submodule_search_locations or ()]
    spec = PathFinder.find_spec("scipy.linalg._fblas", folders)
    try:
        if spec is not None and spec.loader is not None:
            module = module_from_spec(spec)
            spec.loader.exec_module(module)
            if hasattr(module, "sgemm") and hasattr(module, "dgemm"):
                return module
        return import_module("scipy.linalg.blas")
    except ImportError:
        return None
