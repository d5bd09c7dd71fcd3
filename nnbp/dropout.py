"""Dropout: each example trains a network without some of its hidden neurons or of its pixels.

See Srivastava et al. 2014, "Dropout: a simple way to prevent neural networks from overfitting". The
activations and pixels that remain are multiplied by 1/(1 − p), so that the whole network needs no correction
later.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from nnbp.arrays import Array


class Dropout:
    """The masks of the hidden neurons and of the inputs for a mini-batch of B examples, drawn anew for each.

    masks[l]     (B, n_l)   of each hidden layer: 0 with probability p, otherwise 1/(1 − p); none without p
    input_mask   (B, n_0)   likewise with the inputs' p; None without it
    """

    def __init__(
        self,
        sizes: Sequence[int],
        batch_size: int,
        probability: float,
        rng: np.random.Generator,
        dtype: npt.DTypeLike = np.float32,
        input_probability: float = 0.0,
    ) -> None:
        self.masks = [np.empty((batch_size, n), dtype) for n in sizes[1:-1]] if probability else []
        self.input_mask: Array | None = None
        if input_probability:
            self.input_mask, self._inputs = (np.empty((batch_size, sizes[0]), dtype) for _ in range(2))
        self._probability = probability
        self._input_probability = input_probability
        self._rng = rng

    def draw(self) -> None:
        """Draw new masks, layer by layer from the input on."""
        if self.input_mask is not None:
            self._draw(self.input_mask, self._input_probability)
        for mask in self.masks:
            self._draw(mask, self._probability)

    def _draw(self, mask: Array, probability: float) -> None:
        self._rng.random(out=mask, dtype=mask.dtype)
        np.greater_equal(mask, probability, out=mask, casting="unsafe")
        mask /= 1.0 - probability

    def of_inputs(self, inputs: Array) -> Array:
        """The inputs (B, n_0) under their mask, in a buffer; without one, the inputs themselves."""
        return inputs if self.input_mask is None else np.multiply(inputs, self.input_mask, out=self._inputs)

    def sigmoid_prime(self, activations: Array, out: Array) -> None:
        """Write mσ′(z), from the activations h = mσ(z) under a mask m, into `out`: h(1 − (1 − p)h)."""
        np.multiply(activations, 1.0 - self._probability, out=out)
        np.subtract(1.0, out, out=out)
        out *= activations
