"""Values converted a part at a time, so that a large picture needs little memory beside it."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

AT_ONCE = 1 << 18  # values


def as_bytes(
    values: "NDArray[Any]", convert: "Callable[[NDArray[Any]], NDArray[Any]]"
) -> "NDArray[np.uint8]":
    """`convert(values)`, whose results are within 0–255, as a new array of bytes of the same shape."""
    import numpy as np

    flat, made = values.reshape(-1), np.empty(values.size, np.uint8)
    for start in range(0, values.size, AT_ONCE):
        part = slice(start, start + AT_ONCE)
        made[part] = convert(flat[part])
    return made.reshape(values.shape)
