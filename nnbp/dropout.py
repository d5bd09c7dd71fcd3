"""Dropout: each example trains a network from which some hidden neurons are missing.

See Srivastava and others 2014, "Dropout: a simple way to prevent neural networks from overfitting". The
neurons that stay are scaled up by 1/(1 − p), so that the whole network needs no correction afterwards.
"""

from collections.abc import Sequence

import numpy as np

from nnbp.arrays import Array
from nnbp.network import Network


class Dropout:
    """Which hidden neurons take part in a mini-batch, drawn anew for each.

    masks[l]  (B, n_l + 1)   0, or 1/(1 − p) with probability 1 − p, for the share p

    Of a network that is cut into parts all masks are drawn, and those of the part's own `neurons` are told.
    """

    def __init__(
        self,
        network: Network,
        batch_size: int,
        share: float,
        rng: np.random.Generator,
        neurons: Sequence[slice] = (),
    ) -> None:
        self._drawn = network.hidden_buffers(batch_size)
        # A column more, as ever, for the constant neuron.
        self.masks = (
            [mask[:, own.start : own.stop + 1] for mask, own in zip(self._drawn, neurons, strict=True)]
            if neurons
            else self._drawn
        )
        self._share = share
        self._kept = np.array(1.0 - share, network.dtype)
        self._rng = rng

    def draw(self) -> None:
        """Fill the masks."""
        for mask in self._drawn:
            self._rng.random(out=mask, dtype=mask.dtype)
            np.greater_equal(mask, self._share, out=mask, casting="unsafe")
            np.divide(mask, self._kept, out=mask)

    def sigmoid_prime(self, activations: Array, out: Array) -> None:
        """Write mσ′(z), from the activations h = mσ(z) under a mask m, into `out`: h(1 − (1 − p)h)."""
        np.multiply(activations, self._kept, out=out)
        np.subtract(1.0, out, out=out)
        np.multiply(out, activations, out=out)
