"""The figures of single examples by the forms of textbooks, in so many decimal digits that nothing is lost.

σ(z) differs from 1 in the 150th digit for a z of 345; 400 digits leave enough of a − y and 1 − a.
"""

from collections.abc import Sequence
from decimal import Decimal, localcontext

import numpy as np

from support.oracles import Array, Layers

DIGITS = 400

Numbers = list[Decimal]


def figures(name: str, layers: Layers, x: Array, label: int) -> tuple[float, float, list[float]]:
    """The activation of the label's output, the cost, and the norm of each layer's gradient."""
    with localcontext() as context:
        context.prec = DIGITS
        a = [numbers(x)]
        for number, (weights, biases) in enumerate(layers, 1):
            z = weighted_inputs(a[-1], weights, biases)
            a.append(softmax(z) if number == len(layers) and name == "log-likelihood" else sigmoids(z))
        y = [Decimal(int(k == label)) for k in range(len(a[-1]))]
        deltas = [output_delta(name, a[-1], y)]
        for (weights, _), below in zip(layers[:0:-1], a[-2:0:-1], strict=True):
            back = [dot(numbers(row), deltas[0]) for row in weights]
            deltas.insert(0, [b * s * (1 - s) for b, s in zip(back, below, strict=True)])
        norms = [(dot(d, d) * (1 + dot(b, b))).sqrt() for b, d in zip(a, deltas, strict=False)]
        return float(a[-1][label]), float(cost(name, a[-1], y)), [float(norm) for norm in norms]


def numbers(values: Array | Sequence[float]) -> Numbers:
    """Every float has exactly one decimal value."""
    return [Decimal(float(value)) for value in values]


def dot(a: Numbers, b: Numbers) -> Decimal:
    """The sum of the products."""
    return sum((p * q for p, q in zip(a, b, strict=True)), Decimal(0))


def weighted_inputs(below: Numbers, weights: Array, biases: Array) -> Numbers:
    """z of a layer."""
    columns = [numbers(column) for column in np.transpose(weights)]
    return [dot(below, column) + b for column, b in zip(columns, numbers(biases), strict=True)]


def sigmoids(z: Numbers) -> Numbers:
    """σ of each."""
    return [1 / (1 + (-each).exp()) for each in z]


def softmax(z: Numbers) -> Numbers:
    """e^z / Σ e^z."""
    powers = [each.exp() for each in z]
    return [power / sum(powers) for power in powers]


def cost(name: str, a: Numbers, y: Numbers) -> Decimal:
    """C_x, as textbooks write it."""
    pairs = list(zip(a, y, strict=True))
    if name == "quadratic":
        return sum(((p - q) ** 2 for p, q in pairs), Decimal(0)) / 2
    if name == "log-likelihood":
        return -sum((p.ln() for p, q in pairs if q), Decimal(0))
    return -sum(((p if q else 1 - p).ln() for p, q in pairs), Decimal(0))


def output_delta(name: str, a: Numbers, y: Numbers) -> Numbers:
    """δ of the output layer."""
    return [(p - q) * (p * (1 - p) if name == "quadratic" else 1) for p, q in zip(a, y, strict=True)]
