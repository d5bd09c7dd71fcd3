"""The whole training once more, slow and plain: neuron by neuron and example by example, in float64.

It shares no code with the package. The other plain network, nnbp/textbook.py, is part of the package, the
reference for its gradient check, and is itself tested against this one.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from nnbp import Settings

Array = npt.NDArray[Any]
Layers = list[tuple[Array, Array]]


def sigmoid(z: Array) -> Array:
    """The textbook form, only for z on which it does not overflow."""
    return np.asarray(1.0 / (1.0 + np.exp(-z)))


def outputs(name: str, z: Array) -> Array:
    """The activations of the output layer from one example's weighted inputs, as textbooks write them."""
    return np.asarray(np.exp(z) / np.sum(np.exp(z))) if name == "log-likelihood" else sigmoid(z)


def cost(name: str, layers: Layers, x: Array, y: Array, masks: Sequence[Array] = ()) -> float:
    """C_x of one example."""
    return cost_of_outputs(name, activations(layers, x, name, masks)[-1], y)


def cost_of_outputs(name: str, a: Array, y: Array) -> float:
    """C_x from the activations of the output layer, as textbooks write it."""
    if name == "quadratic":
        return float(0.5 * np.sum((a - y) ** 2))
    if name == "log-likelihood":
        return float(-np.log(np.sum(y * a)))
    return float(-np.sum(y * np.log(a) + (1 - y) * np.log(1 - a)))


def activations(
    layers: Layers, x: Array, name: str = "cross-entropy", masks: Sequence[Array] = ()
) -> list[Array]:
    """The activations of every layer for one example, its input first; the cost decides on the last ones.

    masks  those of dropout, (n_l,) for each hidden layer
    """
    found = [x]
    for number, (weights, biases) in enumerate(layers[:-1]):
        a = sigmoid(found[-1] @ weights + biases)
        found.append(a * masks[number] if masks else a)
    weights, biases = layers[-1]
    return [*found, outputs(name, found[-1] @ weights + biases)]


def gradient(name: str, layers: Layers, x: Array, y: Array, masks: Sequence[Array] = ()) -> Layers:
    """∂C_x of one example, by backpropagation neuron by neuron as in Nielsen's second chapter."""
    a = activations(layers, x, name, masks)
    slope = a[-1] * (1 - a[-1]) if name == "quadratic" else 1.0
    delta = (a[-1] - y) * slope
    found: Layers = []
    for layer in reversed(range(len(layers))):
        weights, _ = layers[layer]
        found.insert(0, (np.outer(a[layer], delta), delta))
        if layer:
            below_weights, below_biases = layers[layer - 1]
            s = sigmoid(a[layer - 1] @ below_weights + below_biases)
            delta = (weights @ delta) * s * (1 - s) * (masks[layer - 1] if masks else 1.0)
    return found


def mean_gradient(name: str, layers: Layers, xs: Array, ys: Array) -> Layers:
    """The mean of the examples' gradients, example by example."""
    return mean_of([gradient(name, layers, x, y) for x, y in zip(xs, ys, strict=True)])


def mean_of(each: list[Layers]) -> Layers:
    """The mean of the gradients of several examples."""
    return [
        (np.mean([g[layer][0] for g in each], axis=0), np.mean([g[layer][1] for g in each], axis=0))
        for layer in range(len(each[0]))
    ]


def train(
    layers: Layers,
    images: Array,
    labels: Array,
    settings: Settings,
    rng: np.random.Generator,
    dtype: Literal["f4", "f8"],
) -> tuple[Layers, list[tuple[float, float]]]:
    """Train example by example; returns the final layers, and the mean cost and accuracy of each epoch.

    Images are 0–1. The numbers of dropout are drawn in the precision `dtype`, everything else is float64.
    """
    layers = [(w.astype(float), b.astype(float)) for w, b in layers]
    velocity = [(np.zeros_like(w), np.zeros_like(b)) for w, b in layers]
    n, mu, name = len(labels), settings.momentum, settings.cost
    p, input_p = settings.dropout, settings.input_dropout
    factors = settings.layer_rates or [1.0] * len(layers)
    figures = []
    for epoch in range(1, settings.epochs + 1):
        etas = [settings.rate(epoch) * factor for factor in factors]
        order, costs, hits = rng.permutation(n), [], 0
        for start in range(0, n, settings.batch_size):
            chosen = order[start : start + settings.batch_size]
            seen = images[chosen]
            if input_p:
                seen = seen * (rng.random(seen.shape, dtype) >= input_p) / (1 - input_p)
            drawn = [rng.random((len(chosen), len(b)), dtype) for _, b in layers[:-1]] if p else []
            # Nesterov's original form: the gradient is taken where the momentum alone would lead.
            here = layers
            if settings.nesterov:
                here = [(w + mu * vw, b + mu * vb) for (w, b), (vw, vb) in zip(layers, velocity, strict=True)]
            each = []
            for row, (x, label) in enumerate(zip(seen, labels[chosen], strict=True)):
                masks = [(draw[row] >= p) / (1 - p) for draw in drawn]
                y = one_hot([label], len(here[-1][1]))[0]
                a = activations(here, x, name, masks)[-1]
                costs.append(cost(name, here, x, y, masks))
                hits += int(np.argmax(a) == label)
                each.append(gradient(name, here, x, y, masks))
            mean = mean_of(each)
            velocity = [
                (
                    mu * vw - eta * (gw + settings.l1 / n * np.sign(w) + settings.l2 / n * w),
                    mu * vb - eta * gb,
                )
                for (vw, vb), (gw, gb), (w, _), eta in zip(velocity, mean, here, etas, strict=True)
            ]
            layers = [(w + vw, b + vb) for (w, b), (vw, vb) in zip(layers, velocity, strict=True)]
            for (w, _), (vw, _) in zip(layers[:-1], velocity[:-1], strict=True):
                # The weights that the next gradient is taken at have the limited norm.
                ahead = mu * vw if settings.nesterov else 0.0
                w[:] = limited(w + ahead, settings.max_norm or np.inf) - ahead
        figures.append((float(np.mean(costs)), hits / n))
    if settings.nesterov:
        # The network that is trained is the one at the point looked ahead to.
        layers = [(w + mu * vw, b + mu * vb) for (w, b), (vw, vb) in zip(layers, velocity, strict=True)]
    return layers, figures


def limited(weights: Array, most: float) -> Array:
    """The weights, neuron by neuron scaled down to a norm of at most `most`."""
    return np.stack([w * min(1.0, most / np.sqrt(sum(x * x for x in w))) for w in weights.T], axis=1)


def central_differences(function: Callable[[], float], parameter: Array, step: float = 1e-5) -> Array:
    """The derivative of `function` with respect to each number of `parameter`, moved and put back."""
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
    """A row for each label, with a 1 in the place of the label."""
    return np.array([[1.0 if label == c else 0.0 for c in range(classes)] for label in labels])


def flatten(layers: Layers) -> Iterator[Array]:
    """Weights, biases, weights, biases, …"""
    for weights, biases in layers:
        yield weights
        yield biases
