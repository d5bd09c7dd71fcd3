"""Images as other readers read them: `idx_reference`, NumPy, Python's `csv`."""

import csv
import io
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stress import idx_reference


def pixels(content: bytes, count: int) -> "NDArray[Any] | None":
    """The pixels (n, count) from 0 to 1; None if there is no other reader, or the sizes differ."""
    content = idx_reference.unpacked(content) or b""
    if content.startswith(b"\0\0"):
        array = idx_reference.decoded(content, 3)
        values = np.frombuffer(array.items, np.uint8) / 255 if array else None
    elif content.startswith(b"\x93NUMPY"):
        values = _npy(content)
    elif content[:1].isdigit() and b"," in content:
        values = _csv(content)
    else:
        return None
    return values.reshape(-1, count) if values is not None else np.empty((0, count))


def are_near(blocks: "list[NDArray[Any]]", expected: "NDArray[Any]") -> bool:
    """Whether these are the same images, but for the rounding of float32."""
    found = np.concatenate(blocks) if blocks else np.empty(0)
    return found.shape == expected.shape and np.allclose(found, expected, rtol=1e-6, atol=1e-7)


def _npy(content: bytes) -> "NDArray[Any]":
    array = np.load(io.BytesIO(content), allow_pickle=False)
    if array.dtype.kind == "f":
        return np.asarray(array, np.float64)
    return np.asarray(array, np.float64) / (1 if array.dtype.kind == "b" else 255)


def _csv(content: bytes) -> "NDArray[Any]":
    """The numbers; the first line may be one of names."""
    lines = io.StringIO(content.decode("ascii"), newline="")
    rows = [row for row in csv.reader(lines, quoting=csv.QUOTE_NONE) if any(map(str.strip, row))]
    if not any(map(_is_number, rows[0])):
        del rows[0]
    numbers, most = [], 255
    for row in rows:
        # From the first fraction on they are all fractions.
        most = 1 if any(set(field) & set(".eE") for field in row) else most
        numbers.append(np.array([float(field) for field in row]) / most)
    return np.concatenate(numbers)


def _is_number(field: str) -> bool:
    try:
        return float(field) is not None
    except ValueError:
        return False
