"""Dropout: each example trains a network without some of its hidden neurons.

See Srivastava et al. 2014, "Dropout: a simple way to prevent neural networks from overfitting". The
activations that remain are multiplied by 1/(1 − p), so that the whole network needs no correction later.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from nnbp.arrays import Array


class Dropout:
    """The masks of the hidden neurons for a mini-batch of B examples, drawn anew for each.

    masks[l]  (B, n_l)   of each hidden layer: 0 with probability p, otherwise 1/(1 − p)
    """

    def __init__(
        self,
        sizes: Sequence[int],
        batch_size: int,
        probability: float,
        rng: np.random.Generator,
        dtype: npt.DTypeLike = np.float32,
    ) -> None:
        self.masks = [np.empty((batch_size, n), dtype) for n in sizes[1:-1]]
        self._probability = probability
        self._rng = rng

    def draw(self) -> None:
        """Draw new masks, layer by layer."""
        for mask in self.masks:
            self._rng.random(out=mask, dtype=mask.dtype)
            np.greater_equal(mask, self._probability, out=mask, casting="unsafe")
            mask /= 1.0 - self._probability

    def sigmoid_prime(self, activations: Array, out: Array) -> None:
        """Write mσ′(z), from the activations h = mσ(z) under a mask m, into `out`: h(1 − (1 − p)h)."""
        np.multiply(activations, 1.0 - self._probability, out=out)
        np.subtract(1.0, out, out=out)
        out *= activations
