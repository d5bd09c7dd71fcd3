"""Two classifiers compared by their answers to the same examples: paired counts and McNemar's test."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from nnbp.arrays import Integers
from nnbp.intervals import Interval, paired_difference


@dataclass(frozen=True, eq=False)
class Comparison:
    """The answers of two classifiers, A and B, to the same examples.

    by_class   (classes, 4): for each label how many examples both got right, only A, only B, neither
    different  how many examples got two different answers, right or wrong
    """

    by_class: npt.NDArray[np.int64]
    different: int

    @classmethod
    def of(cls, labels: Integers, a: Integers, b: Integers, classes: int) -> "Comparison":
        """Compare predictions a (n,) and b (n,) with labels (n,), which are below `classes`.

        Raises ValueError for arrays of different shapes, or none at all.

        >>> labels, a, b = np.array([0, 0, 1, 1]), np.array([0, 1, 1, 0]), np.array([0, 0, 1, 2])
        >>> found = Comparison.of(labels, a, b, 2)
        >>> found.by_class.tolist(), found.different
        ([[1, 0, 1, 0], [1, 0, 0, 1]], 2)
        """
        if not labels.size or not labels.shape == a.shape == b.shape:
            raise ValueError(f"labels {labels.shape} and predictions {a.shape}, {b.shape} do not match")
        # 0: both right; 1: only A; 2: only B; 3: neither.
        outcomes = (b != labels) + 2 * (a != labels)
        counts = np.bincount(labels.astype(np.int64) * 4 + outcomes, minlength=4 * classes)
        return cls(counts.reshape(classes, 4).astype(np.int64), int(np.count_nonzero(a != b)))

    @cached_property
    def counts(self) -> tuple[int, int, int, int]:
        """How many examples both got right, only A, only B, neither."""
        both, only_a, only_b, neither = self.by_class.sum(axis=0).tolist()
        return both, only_a, only_b, neither

    @property
    def total(self) -> int:
        """The number of examples."""
        return sum(self.counts)

    @property
    def correct(self) -> tuple[int, int]:
        """The number of correct answers of A and of B."""
        both, only_a, only_b, _ = self.counts
        return both + only_a, both + only_b

    @property
    def difference(self) -> float:
        """The accuracy of B minus that of A, −1 to 1."""
        a, b = self.correct
        return (b - a) / self.total

    @cached_property
    def difference_interval(self) -> Interval:
        """The 95 % interval of `difference`, as `intervals.paired_difference` computes it."""
        return paired_difference(*self.counts)

    @cached_property
    def p_value(self) -> float:
        """The p-value of McNemar's exact test that A and B are equally accurate."""
        _, only_a, only_b, _ = self.counts
        return mcnemar(only_a, only_b)


def mcnemar(only_a: int, only_b: int) -> float:
    """The two-sided p-value of McNemar's exact test, from the examples that only one classifier got right.

    If both are equally accurate, each of these n examples is as likely to be A's as B's, so that A's number
    is binomial with probability 1/2 (McNemar, Psychometrika 12, 1947, pages 153–157; exact, given n). The sum
    is one of whole numbers, rounded once, at the end. Raises ValueError for a count below 0.

    >>> mcnemar(1, 7)
    0.0703125
    """
    if min(only_a, only_b) < 0:
        raise ValueError(f"{min(only_a, only_b)} is not a count")
    n = only_a + only_b
    term = tail = 1
    for k in range(min(only_a, only_b)):
        term = term * (n - k) // (k + 1)
        tail += term
    return 1.0 if only_a == only_b else 2 * tail / 2**n
