"""The sigmoid σ(z) = 1/(1 + e^−z), its derivative, its logarithm, and the softmax, for any finite z.

The textbook form overflows for z below −88 in float32 and −709 in float64. The forms used in this module
neither overflow nor underflow, so they can run under `np.errstate(all="raise")`.
"""

import numpy as np

from nnbp.arrays import Array

# e^−80 is too small to change 1 in either precision, and far from underflow in both.
SMALLEST_EXPONENT = -80.0

# As zero-dimensional arrays: converting a Python number takes as long as the rest of such a call.
_HALF, _ONE = ({np.dtype(t): np.array(number, t) for t in "fd"} for number in (0.5, 1.0))


def sigmoid(z: Array, out: Array) -> None:
    """Write σ(z) = (1 + tanh(z/2))/2 into `out`, which may be `z` itself."""
    half = _HALF[z.dtype]
    np.multiply(z, half, out=out)
    np.tanh(out, out=out)
    out *= half
    out += half


def sigmoid_prime(activations: Array, out: Array) -> None:
    """Write σ′(z) = a(1 − a), with a = σ(z), into `out`, which must not be `activations`."""
    np.subtract(_ONE[activations.dtype], activations, out=out)
    out *= activations


def softplus(z: Array) -> Array:
    """ln(1 + e^z) = −ln σ(−z), as a new array."""
    return np.asarray(np.maximum(z, 0.0) + np.log1p(np.exp(np.maximum(-np.abs(z), SMALLEST_EXPONENT))))


def softmax(z: Array, out: Array) -> None:
    """Write e^z / Σ e^z, the sum over each row, into `out`."""
    np.subtract(z, z.max(axis=1, keepdims=True), out=out)
    np.maximum(out, SMALLEST_EXPONENT, out=out)
    np.exp(out, out=out)
    out /= out.sum(axis=1, keepdims=True)
