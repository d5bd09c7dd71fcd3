"""Paired counts and McNemar's exact test, against loops and exact fractions."""

from fractions import Fraction
from math import comb

import numpy as np
import pytest

from nnbp.comparison import Comparison, mcnemar


def exact(only_a: int, only_b: int) -> Fraction:
    """The probability of a split at least as uneven: a sum over all splits."""
    n = only_a + only_b
    uneven = abs(only_a - only_b)
    return sum((Fraction(comb(n, k), 2**n) for k in range(n + 1) if abs(n - 2 * k) >= uneven), Fraction())


def test_the_p_value_is_the_exact_sum_over_all_splits_at_least_as_uneven() -> None:
    for only_a in range(25):
        for only_b in range(25):
            assert mcnemar(only_a, only_b) == float(exact(only_a, only_b)) == mcnemar(only_b, only_a)


def test_large_counts_neither_overflow_nor_lose_digits() -> None:
    assert mcnemar(340, 290) == float(exact(340, 290))
    assert mcnemar(0, 1_000) == 2.0**-999
    assert mcnemar(0, 10_000) == 0.0


def test_a_negative_count_is_refused() -> None:
    with pytest.raises(ValueError, match="-1 is not a count"):
        mcnemar(-1, 3)


def test_the_counts_are_those_of_a_loop_over_the_examples() -> None:
    rng = np.random.default_rng(4)
    labels = rng.integers(0, 5, 500).astype(np.uint8)
    a, b = (np.where(rng.random(500) < right, labels, rng.integers(0, 7, 500)) for right in (0.6, 0.8))
    expected = np.zeros((5, 4), int)
    for label, x, y in zip(labels.tolist(), a.tolist(), b.tolist(), strict=True):
        right = (x == label, y == label)
        expected[label][[(True, True), (True, False), (False, True), (False, False)].index(right)] += 1
    found = Comparison.of(labels, a, b, 5)
    assert found.by_class.tolist() == expected.tolist()
    assert found.counts == tuple(expected.sum(axis=0))
    assert found.total == 500
    assert found.different == sum(x != y for x, y in zip(a.tolist(), b.tolist(), strict=True))
    assert found.correct == (int((a == labels).sum()), int((b == labels).sum()))
    assert found.difference == pytest.approx((b == labels).mean() - (a == labels).mean())
    low, high = found.difference_interval
    assert low < found.difference < high
    assert found.p_value == float(exact(found.counts[1], found.counts[2]))


def test_a_classifier_does_not_differ_from_itself() -> None:
    labels = np.array([0, 1, 2, 2])
    answers = np.array([0, 1, 1, 2])
    found = Comparison.of(labels, answers, answers, 3)
    assert (found.counts, found.different, found.difference, found.p_value) == ((3, 0, 0, 1), 0, 0.0, 1.0)


@pytest.mark.parametrize("length", [0, 3])
def test_predictions_that_do_not_match_the_labels_are_refused(length: int) -> None:
    labels = np.zeros(length, int)
    with pytest.raises(ValueError, match="do not match"):
        Comparison.of(labels, labels, np.zeros(2 if length else 0, int), 1)
