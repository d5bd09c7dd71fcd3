"""The sigmoid σ(z) = 1/(1 + e^−z), its derivative, and its logarithm, for any finite z.

The textbook form overflows for z below −88 in float32 and −709 in float64. The forms here meet neither
overflow nor underflow, so that they may run under `np.errstate(all="raise")`.
"""

import numpy as np

from nnbp.arrays import Array

# An operand of the array's own precision and without dimensions costs half the time of a Python number.
_HALF, _ONE = ({np.dtype(t): np.array(number, t) for t in "fd"} for number in (0.5, 1.0))


def sigmoid(z: Array, out: Array) -> None:
    """Write σ(z) = (1 + tanh(z/2))/2 into `out`, which may be `z` itself."""
    half = _HALF[z.dtype]
    np.multiply(z, half, out=out)
    np.tanh(out, out=out)
    np.multiply(out, half, out=out)
    np.add(out, half, out=out)


def sigmoid_prime(activations: Array, out: Array) -> None:
    """Write σ′(z) = a(1 − a), with a = σ(z), into `out`, which may not be `activations`."""
    np.subtract(_ONE[activations.dtype], activations, out=out)
    np.multiply(out, activations, out=out)


def softplus(z: Array) -> Array:
    """ln(1 + e^z) = −ln σ(−z), as a new array.

    e^−|z| is not taken below e^−80, which is far less than either precision can add to 1.
    """
    return np.asarray(np.maximum(z, 0.0) + np.log1p(np.exp(-np.minimum(np.abs(z), 80.0))))
