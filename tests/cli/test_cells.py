"""Columns of numbers as text, against Python's own formatting of each number."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from nnbp.cli.cells import aligned, counting, lines, six_digits, texts


def written(column: NDArray[np.uint8]) -> list[bytes]:
    return lines([column, b"\n"]).split(b"\n")[:-1]


def near_powers_of_ten() -> list[Any]:
    """The nearest numbers of 32 bits below and above each power, and those that six digits round to it."""
    powers = [np.float32(f"1e{e}") for e in range(-37, 2)]
    return [
        number
        for power in powers
        for number in (power, np.nextafter(power, np.float32(0)), np.nextafter(power, np.float32(1)))
    ] + [power * factor for power in powers for factor in (0.9999994, 0.9999995, 0.9999996, 1.0000005)]


def test_numbers_are_written_as_python_writes_them() -> None:
    rng = np.random.default_rng(0)
    few_digits = np.arange(1, 10_000) / 10_000
    halves = np.arange(1, 4096) / 4096 / 1024  # exact in binary, and often in the middle between six digits
    numbers = np.concatenate(
        [rng.random(20_000), 10 ** rng.uniform(-45, 2, 20_000), few_digits, halves, near_powers_of_ten()]
    ).astype(np.float32)
    assert written(six_digits(numbers)) == [b"%.6g" % number for number in numbers.tolist()]


@pytest.mark.parametrize("number", [0.0, 1.0, 2.0, -0.5, 123456.5, 1e10, 5e-324, -0.0, 0.1 + 0.2, 1e-30])
def test_a_single_number_is_written_as_python_writes_it(number: float) -> None:
    assert written(six_digits(np.array([number]))) == [b"%.6g" % number]


def test_numbers_that_are_not_finite_are_written_as_asked() -> None:
    numbers = np.array([np.nan, 0.25, np.inf, -np.inf], np.float32)
    assert written(six_digits(numbers)) == [b"nan", b"0.25", b"inf", b"-inf"]
    assert written(six_digits(numbers, b"null")) == [b"null", b"0.25", b"null", b"null"]


@pytest.mark.parametrize(
    ("start", "count"),
    [(0, 2001), (1, 1), (999, 2), (1000, 1), (1999, 2), (999_999, 2), (10**9 - 1, 2), (2**40, 5000)],
)
def test_numbers_are_counted(start: int, count: int) -> None:
    assert written(counting(start, count)) == [b"%d" % number for number in range(start, start + count)]


def test_columns_stand_side_by_side_and_are_aligned() -> None:
    column = texts([b"a", b"", b"abc"])
    assert lines([b"<", aligned(column, 2), b"|", column, b">\n"]) == b"< a|a>\n<  |>\n<abc|abc>\n"
    assert lines([b"<", aligned(column, 0), b">"]) == b"<a><><abc>"
