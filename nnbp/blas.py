"""The product of matrices of the BLAS that NumPy computes with, adding to what is there.

NumPy has its products from BLAS's `gemm`, which can add to the array that it writes, but offers no function
that does. NumPy's wheels carry OpenBLAS; here its `gemm` is called through ctypes. What C is handed it
believes, so that layout, precision and shape of every array are checked in Python first.
"""

import ctypes
from functools import cache
from importlib import import_module
from typing import Any, NamedTuple

import numpy as np

from nnbp.arrays import Array

# The suffix says that integers have 64 bits. Names without it leave that open, and are not called.
SYMBOLS = ("scipy_cblas_{}gemm64_", "cblas_{}gemm64_")  # of NumPy 2, and of 1.26
LETTERS = {"f": "s", "d": "d"}  # NumPy's of a precision, and BLAS's
_NUMBERS: dict[str, type[ctypes.c_float] | type[ctypes.c_double]] = {
    "f": ctypes.c_float,
    "d": ctypes.c_double,
}
# Of CBLAS's enumerations.
_ROW_MAJOR, _AS_IT_IS, _TRANSPOSED = map(ctypes.c_int, (101, 111, 112))


class Gemm(NamedTuple):
    """A function of CBLAS, and the precision that it computes in, "f" or "d"."""

    function: Any
    char: str


class AddedProduct:
    """factor · aᵀ @ b, added to an array, for the same a (B, n) and b (B, m) again and again."""

    def __init__(self, gemm: Gemm, a: Array, b: Array) -> None:
        """The arrays are read anew whenever their product is added. Raises ValueError unless they fit."""
        if not (a.dtype == b.dtype == gemm.char and in_rows(a) and in_rows(b) and len(a) == len(b)):
            raise ValueError("the operands do not have rows in common, stored one after the other")
        self._function = gemm.function
        self._operands = a, b
        self._shape = a.shape[1], b.shape[1]
        self._to: Array | None = None
        # What is passed is made once: ctypes reads the number anew at each call.
        number = _NUMBERS[gemm.char]
        self._factor = number()
        self._arguments: tuple[Any, ...] = ()
        self._before = (
            *(_ROW_MAJOR, _TRANSPOSED, _AS_IT_IS),
            *map(ctypes.c_int64, (*self._shape, len(a))),
            self._factor,
            *(_address(a), _row(a), _address(b), _row(b)),
            number(1.0),
        )

    def add(self, factor: float, to: Array) -> None:
        """Add to `to`, (n, m), which overlaps with neither operand.

        Raises ValueError where it has another shape, or may not be written. The array of the call before is
        not looked at again.
        """
        if to is not self._to:
            if to.shape != self._shape:
                raise ValueError(f"the product has shape {self._shape} and cannot be added to {to.shape}")
            if not to.flags.carray or to.dtype != self._operands[0].dtype:
                copied = np.array(to, self._operands[0].dtype, order="C")
                self.add(factor, copied)
                np.copyto(to, copied, casting="same_kind")
                return
            # That it is kept, and with it its memory, makes it safe to know it by its identity.
            self._to = to
            self._arguments = (*self._before, _address(to), ctypes.c_int64(to.shape[1]))
        self._factor.value = factor
        self._function(*self._arguments)


@cache
def find(char: str) -> Gemm | None:
    """`gemm` of a precision, "f" or "d", of NumPy's own BLAS; None where it cannot be had or is not right."""
    if char not in LETTERS:
        return None
    try:
        # One of NumPy's modules that are linked with it: its names are those of the libraries below it, too.
        library = ctypes.CDLL(import_module("numpy.linalg._umath_linalg").__file__)
    except (ImportError, OSError, AttributeError):
        return None
    for symbol in SYMBOLS:
        function = getattr(library, symbol.format(LETTERS[char]), None)
        if function is not None:
            function.restype = None
            gemm = Gemm(function, char)
            return gemm if _is_right(gemm) else None
    return None


def _is_right(gemm: Gemm) -> bool:
    """Whether it adds what NumPy computes, where both are exact."""
    a = np.arange(15, dtype=gemm.char).reshape(5, 3)
    b = np.arange(20, dtype=gemm.char).reshape(5, 4)
    to = np.ones((3, 4), gemm.char)
    AddedProduct(gemm, a, b).add(-2.0, to)
    return np.array_equal(to, 1.0 - 2.0 * (a.T @ b))


def in_rows(array: Array) -> bool:
    """Whether it is a matrix whose numbers stand side by side in a row, and row after row."""
    size = array.itemsize
    return (
        array.ndim == 2
        and array.flags.aligned
        and array.dtype.isnative
        and array.strides[1] == size
        and array.strides[0] % size == 0
        and array.strides[0] >= size * array.shape[1]
    )


def _address(array: Array) -> ctypes.c_void_p:
    return ctypes.c_void_p(array.ctypes.data)


def _row(array: Array) -> ctypes.c_int64:
    """How many numbers lie between the beginnings of two rows."""
    return ctypes.c_int64(array.strides[0] // array.itemsize)
