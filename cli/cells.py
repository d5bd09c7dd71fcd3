"""Numbers as text, a whole column at once: what `%d` and `%.6g` write, in a fraction of the time.

A column of texts is an array (rows, width) of bytes. Zeros stand for nothing and are left out in the end, so
that texts of different lengths fit.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Column = NDArray[np.uint8]


def texts(each: Sequence[bytes]) -> "Column":
    """A column of these texts."""
    array = np.array(each)
    return array.view(np.uint8).reshape(len(each), array.itemsize)


def aligned(column: "Column", width: int) -> "Column":
    """The column with spaces before each text that is shorter than `width`."""
    if not width:
        return column
    lengths = np.count_nonzero(column, axis=1)
    spaces = texts([b" " * max(0, width - length) for length in range(column.shape[1] + 1)])
    return np.concatenate([spaces[lengths], column], axis=1)


def lines(parts: "Sequence[bytes | Column]") -> bytes:
    """The columns side by side, row after row; bytes are the same in all rows."""
    rows = max(len(each) for each in parts if not isinstance(each, bytes))
    columns = [texts([each]).repeat(rows, axis=0) if isinstance(each, bytes) else each for each in parts]
    return np.concatenate(columns, axis=1).tobytes().translate(None, b"\0")


def counting(start: int, count: int) -> "Column":
    """`count` numbers from `start` on, as `%d` writes them."""
    first = start // 1000
    thousands = texts([b"%d" % n if n else b"" for n in range(first, (start + count) // 1000 + 1)])
    above, below = np.divmod(np.arange(start - first * 1000, start - first * 1000 + count), 1000)
    hundreds = _HUNDREDS.take(below + 1000 * (above + first > 0), axis=0)
    return np.concatenate([thousands.take(above, axis=0), hundreds], axis=1)


def six_digits(numbers: "NDArray[np.floating[Any]]", not_finite: bytes | None = None) -> "Column":
    """The numbers (rows,) as `%.6g` writes them; fast for 0 and from 1e-30 to 1.

    `not_finite` is written for nan and infinities, if it is given.
    """
    x = numbers.astype(np.float64)
    is_fast = ((x >= _LEAST) & (x <= 1)) | ((x == 0) & ~np.signbit(x))
    positive = np.where(is_fast & (x > 0), x, 1)
    places = -np.floor(np.log10(positive)).astype(np.intp)
    scaled = positive * _POWERS[places]
    digits = np.rint(scaled)
    # Near the middle between two whole numbers, the error of the product may decide which one is taken.
    is_fast &= np.abs(scaled - np.floor(scaled) - 0.5) > _NEAR
    is_carried = digits == 1_000_000
    whole = np.where(is_carried, 100_000, digits).astype(np.int32)
    whole[x == 0] = 0
    column = _written(whole, places - is_carried)
    for row in np.flatnonzero(~is_fast):
        text = b"%.6g" % x[row] if not_finite is None or np.isfinite(x[row]) else not_finite
        column[row] = np.frombuffer(text.ljust(column.shape[1], b"\0"), np.uint8)
    return column


def _written(digits: "NDArray[np.int32]", places: "NDArray[np.intp]") -> "Column":
    """Six digits (rows,), or 0, the first of which stands so many places after the decimal point."""
    high, low = np.divmod(digits, 1000)
    has_more = digits % 100_000 != 0
    column: Column = _LAYOUTS.take(2 * np.minimum(places, _EXPONENTIAL) + has_more, axis=0)
    leading = _LEADING.take(high + 1000 * (low == 0), axis=0)
    column[:, 5], column[:, 7:9] = leading[:, 0], leading[:, 1:]
    column[:, 9:12] = _ENDING.take(low, axis=0)
    column[:, 14:] = _EXPONENTS.take(places, axis=0)
    column[digits == 0, 5] = ord("0")
    return column


# The fast numbers; how near to the middle is near, which is far more than the error of a product below 1e6.
_LEAST, _NEAR = 1e-30, 1e-6
_POWERS = np.array([float(f"1e{5 + places}") for places in range(32)])

# The hundreds to ones of a number: below 1,000, and from there on.
_HUNDREDS = texts([b"%d" % n for n in range(1000)] + [b"%03d" % n for n in range(1000)])
# The last three of six digits, without zeros at the end; the first three if others follow, and if none do.
_ENDING = texts([(b"%03d" % n).rstrip(b"0") for n in range(1000)])
_LEADING = np.concatenate([_HUNDREDS[1000:], _ENDING])

# Numbers whose first digit stands this many places after the point, or more, are written with an exponent.
_EXPONENTIAL = 5
_EXPONENTS = texts([b"%02d" % places if places >= _EXPONENTIAL else b"\0\0" for places in range(32)])


def _layout(places: int, has_more: bool) -> bytes:
    """16 bytes for 0.000, the first digit, a point, five more digits and e-00; the digits are missing."""
    before = b"0.000"[: places + 1] if 0 < places < _EXPONENTIAL else b""
    point = b"." if has_more and not before else b""
    exponent = b"e-" if places == _EXPONENTIAL else b""
    return before.ljust(6, b"\0") + point.ljust(6, b"\0") + exponent.ljust(4, b"\0")


_LAYOUTS = np.frombuffer(
    b"".join(_layout(places, more) for places in range(_EXPONENTIAL + 1) for more in (False, True)), np.uint8
).reshape(-1, 16)
