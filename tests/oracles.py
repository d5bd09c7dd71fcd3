"""Slow and plain ways to the same numbers, sharing no code with what they check."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Layers = list[tuple[Array, Array]]


def sigmoid(z: Array) -> Array:
    """The textbook form; only for z that it does not overflow on."""
    return np.asarray(1.0 / (1.0 + np.exp(-z)))


def outputs(name: str, z: Array) -> Array:
    """What the output layer makes of one example's weighted inputs, as textbooks write it."""
    return np.asarray(np.exp(z) / np.sum(np.exp(z))) if name == "log-likelihood" else sigmoid(z)


def cost(name: str, layers: Layers, x: Array, y: Array) -> float:
    """C_x of one example, from the activations, as textbooks write it."""
    a = activations(layers, x, name)[-1]
    if name == "quadratic":
        return float(0.5 * np.sum((a - y) ** 2))
    if name == "log-likelihood":
        return float(-np.log(np.sum(y * a)))
    return float(-np.sum(y * np.log(a) + (1 - y) * np.log(1 - a)))


def activations(layers: Layers, x: Array, name: str = "cross-entropy") -> list[Array]:
    """Those of every layer for one example, the input among them; the cost decides on the last ones."""
    found = [x]
    for weights, biases in layers:
        found.append(sigmoid(found[-1] @ weights + biases))
    weights, biases = layers[-1]
    return [*found[:-1], outputs(name, found[-2] @ weights + biases)]


def gradient(name: str, layers: Layers, x: Array, y: Array) -> Layers:
    """∂C_x of one example, by backpropagation neuron by neuron as in Nielsen's second chapter."""
    a = activations(layers, x, name)
    slope = a[-1] * (1 - a[-1]) if name == "quadratic" else 1.0
    delta = (a[-1] - y) * slope
    found: Layers = []
    for layer in reversed(range(len(layers))):
        found.insert(0, (np.outer(a[layer], delta), delta))
        delta = (layers[layer][0] @ delta) * a[layer] * (1 - a[layer])
    return found


def mean_gradient(name: str, layers: Layers, xs: Array, ys: Array) -> Layers:
    """The mean of the examples' gradients, example by example."""
    each = [gradient(name, layers, x, y) for x, y in zip(xs, ys, strict=True)]
    return [
        (np.mean([g[layer][0] for g in each], axis=0), np.mean([g[layer][1] for g in each], axis=0))
        for layer in range(len(layers))
    ]


def central_differences(function: Callable[[], float], parameter: Array, step: float = 1e-5) -> Array:
    """The derivative of `function` by each number of `parameter`, which is moved and put back."""
    derivative = np.empty_like(parameter)
    for index in np.ndindex(parameter.shape):
        kept = parameter[index]
        parameter[index] = kept + step
        above = function()
        parameter[index] = kept - step
        below = function()
        parameter[index] = kept
        derivative[index] = (above - below) / (2 * step)
    return derivative


def relative_difference(a: Array, b: Array) -> float:
    """‖a − b‖ / (‖a‖ + ‖b‖), a scale-free distance of two gradients."""
    return float(np.linalg.norm(a - b) / (np.linalg.norm(a) + np.linalg.norm(b)))


def one_hot(labels: Sequence[int] | Array, classes: int) -> Array:
    """A row for each label, with a 1 in its place."""
    return np.array([[1.0 if label == c else 0.0 for c in range(classes)] for label in labels])


def flatten(layers: Layers) -> Iterator[Array]:
    """Weights, biases, weights, biases, …"""
    for weights, biases in layers:
        yield weights
        yield biases
