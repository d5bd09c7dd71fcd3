"""The sigmoid σ(z) = 1/(1 + e^−z), its derivative, its logarithm, and the softmax, for any finite z.

The textbook form overflows for z below −88 in float32 and −709 in float64. The forms here meet neither
overflow nor underflow, so that they may run under `np.errstate(all="raise")`.
"""

import numpy as np

from nnbp.arrays import Array

# An operand of the array's own precision and without dimensions costs half the time of a Python number.
# e^−80 is far less than either precision can add to 1, and far more than either's smallest number.
SMALLEST_EXPONENT = -80.0

_HALF, _ONE = ({np.dtype(t): np.array(number, t) for t in "fd"} for number in (0.5, 1.0))


def sigmoid(z: Array, out: Array, half_scale: Array | None = None) -> None:
    """Write σ(z) = (1 + tanh(z/2))/2 into `out`, which may be `z` itself.

    With `half_scale`, an array without dimensions and in the precision of z, σ(2·half_scale·z).
    """
    half = _HALF[z.dtype]
    np.multiply(z, half if half_scale is None else half_scale, out=out)
    np.tanh(out, out=out)
    np.multiply(out, half, out=out)
    np.add(out, half, out=out)


def sigmoid_prime(activations: Array, out: Array) -> None:
    """Write σ′(z) = a(1 − a), with a = σ(z), into `out`, which may not be `activations`."""
    np.subtract(_ONE[activations.dtype], activations, out=out)
    np.multiply(out, activations, out=out)


def softplus(z: Array) -> Array:
    """ln(1 + e^z) = −ln σ(−z), as a new array."""
    return np.asarray(np.maximum(z, 0.0) + np.log1p(np.exp(np.maximum(-np.abs(z), SMALLEST_EXPONENT))))


def softmax(z: Array, out: Array) -> None:
    """Write e^z / Σ e^z, the sum over each row, into `out`."""
    np.subtract(z, z.max(axis=1, keepdims=True), out=out)
    np.maximum(out, SMALLEST_EXPONENT, out=out)
    np.exp(out, out=out)
    np.divide(out, out.sum(axis=1, keepdims=True), out=out)
