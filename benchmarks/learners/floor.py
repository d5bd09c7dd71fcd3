"""The floor: the matrix products of an epoch and nothing else, one after the other, into the same arrays.

The matrices have no column for the biases. With two layers of weights a step has five products: two forward,
one back and two gradients. Nothing is learned, and the examples are not used.
"""

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.learners import Problem

if TYPE_CHECKING:
    import numpy.typing as npt

    from benchmarks.learners import Floats

    Product = tuple[Floats, Floats, Floats]  # left, right, out


def products(sizes: tuple[int, ...], batch_size: int) -> "list[Product]":
    """The operands of one step; their values neither overflow nor become subnormal."""
    rng = np.random.default_rng(1)

    def some(*shape: int) -> "Floats":
        return rng.random(shape, np.float32) + np.float32(0.1)

    activations = [some(batch_size, n) for n in sizes]
    deltas = [some(batch_size, n) for n in sizes[1:]]
    weights = [some(n_in, n_out) for n_in, n_out in pairwise(sizes)]
    forward = [(a, w, some(batch_size, w.shape[1])) for a, w in zip(activations, weights, strict=False)]
    back = [
        (delta, w.T, some(batch_size, len(w))) for delta, w in zip(deltas[:0:-1], weights[:0:-1], strict=True)
    ]
    gradients = [
        (a.T, delta, np.empty_like(w)) for a, delta, w in zip(activations, deltas, weights, strict=False)
    ]
    return [*forward, *back, *gradients]


class Floor:
    """The products of an epoch; the last mini-batch is the remainder."""

    def __init__(self, problem: Problem) -> None:
        sizes, batch_size = problem.row.sizes, problem.row.batch_size
        self.steps, left = divmod(len(problem.examples.labels), batch_size)
        self.products = products(sizes, batch_size)
        self.last = products(sizes, left) if left else []

    def epoch(self, order: "npt.NDArray[np.int64]") -> None:
        matmul = np.matmul
        for _ in range(self.steps):
            for left, right, out in self.products:
                matmul(left, right, out)
        for left, right, out in self.last:
            matmul(left, right, out)

    def layers(self) -> None:
        return None


def begin(problem: Problem) -> Floor:
    return Floor(problem)
