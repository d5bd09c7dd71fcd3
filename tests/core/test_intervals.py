"""Confidence intervals: published values, exact coverage, symmetry."""

import math
from itertools import product

import pytest

from nnbp.intervals import paired_difference, wilson


@pytest.mark.parametrize(
    ("successes", "total", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_intervals_are_those_that_newcombe_published(
    successes: int, total: int, low: float, high: float
) -> None:
    """Newcombe, Statistics in Medicine 17, 1998, pages 857–872, table I."""
    assert wilson(successes, total) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize(
    ("both", "only_first", "only_second", "neither", "low", "high"),
    [(36, 12, 2, 0, 0.0569, 0.3404), (18, 12, 2, 18, 0.0562, 0.3290), (53, 0, 0, 1, -0.0729, 0.0729)],
)
def test_paired_intervals_are_those_that_newcombe_published(
    both: int, only_first: int, only_second: int, neither: int, low: float, high: float
) -> None:
    """Newcombe, Statistics in Medicine 17, 1998, pages 2635–2650, method 10; there it is first − second."""
    found = paired_difference(both, only_first, only_second, neither)
    assert found == pytest.approx((-high, -low), abs=6e-5)


def test_the_limits_of_wilson_solve_his_quadratic_equation() -> None:
    z = 1.959963984540054  # the 97.5 % quantile of the normal distribution
    for total in (1, 7, 100):
        for successes in range(total + 1):
            for limit in wilson(successes, total):
                squared = (successes / total - limit) ** 2
                assert squared == pytest.approx(z * z * limit * (1 - limit) / total, abs=1e-15)


def test_wilson_intervals_end_exactly_at_0_and_1() -> None:
    for total in (1, 3, 10_000):
        assert wilson(0, total)[0] == 0.0
        assert wilson(total, total)[1] == 1.0


def test_a_higher_confidence_needs_a_wider_interval() -> None:
    half = 2.5758293035489 / (2 * math.sqrt(100 + 2.5758293035489**2))
    assert wilson(50, 100, confidence=0.99) == pytest.approx((0.5 - half, 0.5 + half), abs=1e-12)
    counts = (60, 20, 10, 10)
    narrow, wide = paired_difference(*counts), paired_difference(*counts, confidence=0.99)
    assert wide[0] < narrow[0] < narrow[1] < wide[1]


def coverage(total: int, proportion: float) -> float:
    """The probability that the interval contains the proportion, by summing over all outcomes."""
    return math.fsum(
        math.comb(total, k) * proportion**k * (1 - proportion) ** (total - k)
        for k in range(total + 1)
        if wilson(k, total)[0] <= proportion <= wilson(k, total)[1]
    )


def test_wilson_intervals_cover_the_proportion_about_95_times_in_100() -> None:
    found = [coverage(100, step / 100) for step in range(10, 91)]
    assert min(found) > 0.93
    assert sum(found) / len(found) == pytest.approx(0.95, abs=0.005)


def paired_coverage(total: int, chances: tuple[float, float, float, float]) -> float:
    """The same for the paired difference."""
    found = 0.0
    difference = chances[2] - chances[1]
    for both, first, second in product(range(total + 1), repeat=3):
        neither = total - both - first - second
        if neither < 0:
            continue
        low, high = paired_difference(both, first, second, neither)
        if low <= difference <= high:
            counts = (both, first, second, neither)
            ways = math.factorial(total) // math.prod(map(math.factorial, counts))
            found += ways * math.prod(p**k for p, k in zip(chances, counts, strict=True))
    return found


@pytest.mark.parametrize("chances", [(0.5, 0.2, 0.1, 0.2), (0.7, 0.1, 0.1, 0.1), (0.3, 0.25, 0.25, 0.2)])
def test_paired_intervals_cover_the_difference_about_95_times_in_100(
    chances: tuple[float, float, float, float],
) -> None:
    assert 0.93 < paired_coverage(24, chances) < 0.98


def test_exchanging_the_proportions_reverses_the_interval() -> None:
    for both, first, second, neither in product((0, 1, 5), repeat=4):
        if both + first + second + neither:
            low, high = paired_difference(both, first, second, neither)
            assert paired_difference(both, second, first, neither) == pytest.approx((-high, -low), abs=1e-15)
            assert paired_difference(neither, first, second, both) == pytest.approx((low, high), abs=1e-15)
            assert -1 <= low <= (second - first) / (both + first + second + neither) <= high <= 1


@pytest.mark.parametrize("counts", [(0, 0, 3, 4), (2, 0, 5, 0), (1, 0, 3, 1), (3, 1, 6, 3)])
def test_proportions_whose_correlation_is_none_or_may_be_chance_count_as_independent(
    counts: tuple[int, int, int, int],
) -> None:
    # Newcombe sets φ to 0 if a margin is empty, or if both·neither − first·second is in (0, n/2].
    both, first, second, _ = counts
    total = sum(counts)
    p, (low_p, high_p) = (both + first) / total, wilson(both + first, total)
    q, (low_q, high_q) = (both + second) / total, wilson(both + second, total)
    expected = q - p - math.hypot(q - low_q, high_p - p), q - p + math.hypot(high_q - q, p - low_p)
    assert paired_difference(*counts) == pytest.approx(expected)


@pytest.mark.parametrize(("successes", "total"), [(-1, 5), (6, 5), (0, 0)])
def test_impossible_counts_are_refused(successes: int, total: int) -> None:
    with pytest.raises(ValueError, match="is not a proportion"):
        wilson(successes, total)


@pytest.mark.parametrize("confidence", [0.0, 1.0, -0.5, 95.0])
def test_a_confidence_that_is_not_a_probability_is_refused(confidence: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        wilson(1, 2, confidence)


def test_negative_paired_counts_are_refused() -> None:
    with pytest.raises(ValueError, match="below 0"):
        paired_difference(5, -1, 1, 5)
