"""Confidence intervals of proportions, and of the difference between two paired ones."""

import math
from statistics import NormalDist

CONFIDENCE = 0.95

# The lower and the upper limit.
Interval = tuple[float, float]


def wilson(successes: int, total: int, confidence: float = CONFIDENCE) -> Interval:
    """The score interval of a proportion, 0–1 (Wilson, J. Am. Stat. Assoc. 22, 1927, pages 209–212).

    Raises ValueError for impossible counts, or a confidence that is not between 0 and 1.

    >>> low, high = wilson(9_691, 10_000)
    >>> f"{low:.4f} to {high:.4f}"
    '0.9655 to 0.9723'
    """
    if not 0 <= successes <= total or not total:
        raise ValueError(f"{successes} of {total} is not a proportion")
    z = _quantile(confidence)
    return _lower(successes, total, z), 1.0 - _lower(total - successes, total, z)


def paired_difference(
    both: int, only_first: int, only_second: int, neither: int, confidence: float = CONFIDENCE
) -> Interval:
    """The interval of (second proportion − first proportion), −1 to 1, measured on the same examples.

    Takes the number of examples that succeed in both, only in the first, only in the second, in neither.
    Combines the Wilson intervals of both proportions and allows for their correlation: method 10 of Newcombe,
    "Improved confidence intervals for the difference between binomial proportions based on paired data",
    Statistics in Medicine 17, 1998, pages 2635–2650. Raises the errors of `wilson`.

    >>> low, high = paired_difference(9_600, 91, 112, 197)
    >>> f"{low:.4f} to {high:.4f}"
    '-0.0007 to 0.0049'
    """
    total = both + only_first + only_second + neither
    if min(both, only_first, only_second, neither) < 0:
        raise ValueError("a count is below 0")
    first, second = both + only_first, both + only_second
    (low_1, high_1), (low_2, high_2) = (wilson(count, total, confidence) for count in (first, second))
    p_1, p_2 = first / total, second / total
    phi = _correlation(both, only_first, only_second, neither)
    below = _combined(p_2 - low_2, high_1 - p_1, phi)
    above = _combined(high_2 - p_2, p_1 - low_1, phi)
    return p_2 - p_1 - below, p_2 - p_1 + above


def _quantile(confidence: float) -> float:
    """z, which a standard normal variable exceeds in either direction with probability 1 − confidence."""
    if not 0 < confidence < 1:
        raise ValueError(f"confidence is {confidence}; it has to be between 0 and 1")
    return NormalDist().inv_cdf((1.0 + confidence) / 2.0)


def _lower(k: int, n: int, z: float) -> float:
    """Wilson's lower limit, 2k² / (n (2k + z² + z √(z² + 4k(n − k)/n))), in which nothing cancels."""
    root = math.sqrt(z * z + 4.0 * k * (n - k) / n)
    return 2.0 * k * k / (n * (2.0 * k + z * z + z * root))


def _correlation(both: int, only_first: int, only_second: int, neither: int) -> float:
    """φ, with Newcombe's correction for continuity if it is positive; 0 if it has no value."""
    first, second = both + only_first, both + only_second
    total = first + only_second + neither
    product = first * (total - first) * second * (total - second)
    if not product:
        return 0.0
    covariance = float(both * neither - only_first * only_second)
    if covariance > 0:
        covariance = max(covariance - total / 2, 0.0)
    return covariance / math.sqrt(product)


def _combined(x: float, y: float, phi: float) -> float:
    """The length of the difference of two vectors with lengths x and y, at an angle of cosine φ."""
    # At φ = 1 and x = y the sum may be rounded to less than 0.
    return math.sqrt(max(x * x - 2.0 * phi * x * y + y * y, 0.0))
