"""The sigmoid σ(z) = 1/(1 + e^−z), its derivative, its logarithm, and the softmax, for any finite z.

The textbook form overflows for z below −88 in float32 and −709 in float64. The forms used in this module
neither overflow nor underflow, so they can run under `np.errstate(all="raise")`.
"""

import numpy as np

from nnbp.arrays import Array

# No exponent is smaller, so that neither e^z nor its square underflows: e^z is at least 2e-19 and 5e-154.
SMALLEST_EXPONENT = {np.dtype(np.float32): -43.0, np.dtype(np.float64): -353.0}

# As zero-dimensional arrays: converting a Python number takes as long as the rest of such a call.
_HALF, _ONE = ({np.dtype(t): np.array(number, t) for t in "fd"} for number in (0.5, 1.0))


def sigmoid(z: Array, out: Array) -> None:
    """Write σ(z) = (1 + tanh(z/2))/2 into `out`, which may be `z` itself.

    It is as far from the true value as one rounding of 1: near 0 that is not one of σ(z).
    """
    half = _HALF[z.dtype]
    np.multiply(z, half, out=out)
    np.tanh(out, out=out)
    out *= half
    out += half


def precise_sigmoid(z: Array) -> Array:
    """σ(z), as a new array in which small values have as many digits as large ones; takes twice the time."""
    smallest = SMALLEST_EXPONENT[z.dtype]
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(z, smallest, -smallest))))


def sigmoid_prime(activations: Array, out: Array) -> None:
    """Write σ′(z) = a(1 − a), with a = σ(z), into `out`, which must not be `activations`."""
    np.subtract(_ONE[activations.dtype], activations, out=out)
    out *= activations


def precise_sigmoid_prime(z: Array) -> Array:
    """σ′(z) = σ(z) σ(−z), as a new array, to all digits: 1 − a would have none left where a is almost 1."""
    return precise_sigmoid(z) * precise_sigmoid(-z)


def softplus(z: Array) -> Array:
    """ln(1 + e^z) = −ln σ(−z), as a new array, to all digits."""
    smallest = SMALLEST_EXPONENT[z.dtype]
    return np.asarray(np.maximum(z, 0.0) + np.log1p(np.exp(np.maximum(-np.abs(z), smallest))))


def softmax(z: Array, out: Array) -> None:
    """Write e^z / Σ e^z, the sum over each row, into `out`."""
    np.subtract(z, z.max(axis=1, keepdims=True), out=out)
    np.maximum(out, SMALLEST_EXPONENT[z.dtype], out=out)
    np.exp(out, out=out)
    out /= out.sum(axis=1, keepdims=True)
