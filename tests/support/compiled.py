"""The compiled engine's own objects, called as in `nnbp.native.epochs`, but in a way that a test chooses.

A test module that imports this is skipped if the engine is missing.
"""

import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from nnbp import Evaluation, Examples, Network, Settings, Training, native
from nnbp.native.library import library
from nnbp.updates import layer_rates
from support import oracles

if reason := native.missing():
    pytest.skip(f"the compiled engine is missing: {reason}", allow_module_level=True)

AVAILABLE: list[str] = library().instruction_sets()
# The x86-64 baseline has no fused multiply-add, so it produces different bytes.
FUSED = [name for name in AVAILABLE if name != "baseline"] or AVAILABLE
EVERYTHING_KEPT = 1 << 26


@dataclass(frozen=True)
class Way:
    """How the engine computes, which the results should not depend on.

    most_bytes  for keeping lists of lit pixels; with 0 each mini-batch makes its own
    per_call    mini-batches in a call; all of them unless given
    """

    threads: int = 1
    dense: bool = False
    most_bytes: int = EVERYTHING_KEPT
    instructions: str = FUSED[0]
    per_call: int | None = None


def images_of(array: Any, most_bytes: int = EVERYTHING_KEPT, instructions: str = FUSED[0]) -> Any:
    """The library's images."""
    return library().Images(array, most_bytes, instructions)


def engine_for(network: Network, batch_size: int, settings: Settings, instructions: str = FUSED[0]) -> Any:
    """The library's network, to train this one."""
    return library().Network(
        sizes=network.sizes,
        batch_size=batch_size,
        cost=settings.cost,
        velocity=settings.momentum > 0,
        dropout=settings.dropout > 0,
        instructions=instructions,
    )


def exchange(transfer: Callable[..., None], training: Training) -> None:
    """Hand all parameters over, or take them back."""
    for number, layer in enumerate(training.network.layers):
        transfer(number, *layer, *(training.velocity[number] if training.velocity else (None, None)))


def train(training: Training, shown: Examples, way: Way = Way()) -> list[Evaluation]:
    """Train for all epochs, in place; returns the figures of each."""
    settings = training.settings
    images = images_of(shown.images, way.most_bytes, way.instructions)
    batch_size = min(settings.batch_size, len(shown.labels))
    engine = engine_for(training.network, batch_size, settings, way.instructions)
    exchange(engine.set_layer, training)
    call = functools.partial(
        engine.train,
        images=images,
        dense=way.dense,
        labels=shown.labels,
        layer_rates=layer_rates(settings, training.network),
        l1=settings.l1 / len(shown.labels),
        l2=settings.l2 / len(shown.labels),
        momentum=settings.momentum,
        nesterov=settings.nesterov,
        dropout=settings.dropout,
        input_dropout=settings.input_dropout,
        max_norm=settings.max_norm,
        threads=way.threads,
    )
    figures = [
        _epoch(call, training, settings.rate(epoch), (way.per_call or len(shown.labels)) * batch_size)
        for epoch in range(1, settings.epochs + 1)
    ]
    exchange(engine.get_layer, training)
    return figures


def _epoch(
    call: "functools.partial[tuple[float, int]]",
    training: Training,
    rate: float,
    per_call: int,
) -> Evaluation:
    pixels, *hidden, classes = training.network.sizes
    p, input_p = training.settings.dropout, training.settings.input_dropout
    drawn = (pixels if input_p else 0) + (sum(hidden) if p else 0)
    confusion = np.zeros((classes, classes), np.int64)
    order = training.rng.permutation(len(call.keywords["labels"]))
    cost_sum = 0.0
    for start in range(0, len(order), per_call):
        part = order[start : start + per_call]
        draws = training.rng.random(len(part) * drawn, np.float32) if p or input_p else None
        cost_sum, bad = call(
            order=part, draws=draws, learning_rate=rate, confusion=confusion, cost_sum=cost_sum
        )
        assert bad == -1
    return Evaluation(cost_sum / len(order), confusion)


def bytes_of(training: Training) -> bytes:
    """The bytes of all parameters and of their velocity."""
    arrays = (*oracles.flatten(training.network.layers), *oracles.flatten(training.velocity))
    return b"".join(array.tobytes() for array in arrays)


def parameters(layers: oracles.Layers) -> npt.NDArray[np.float64]:
    """All weights and biases in one row."""
    return np.concatenate([array.ravel().astype(float) for array in oracles.flatten(layers)])


def is_near(found: oracles.Layers, exact: oracles.Layers, before: oracles.Layers, roundings: int = 1) -> bool:
    """Whether parameters are where they should be, to within 1e-5 of the distance they moved.

    Each addition in float32 adds a relative error of up to 2⁻²⁴.
    """
    change = parameters(exact) - parameters(before)
    largest = np.maximum(np.abs(parameters(exact)), np.abs(parameters(before)))
    bound = 1e-5 * np.linalg.norm(change) + roundings * 2.0**-24 * np.linalg.norm(largest)
    return bool(np.linalg.norm(parameters(found) - parameters(exact)) <= bound)


def exactly(training: Training, shown: Examples) -> tuple[oracles.Layers, list[tuple[float, float]]]:
    """The exact result of `train`, by the loop over the examples in float64; leaves the training as it is."""
    rng = np.random.Generator(np.random.PCG64())
    rng.bit_generator.state = training.rng.bit_generator.state
    return oracles.train(
        training.network.layers, shown.images / 255, shown.labels, training.settings, rng, "f4"
    )


def check_against_the_loop(
    training: Training, shown: Examples, way: Way, roundings: int | None = None
) -> None:
    """Train, and compare parameters, costs and accuracies with the loop in float64.

    The parameters are rounded once in each step, unless `roundings` says how often.
    """
    settings = training.settings
    before = training.network.copy().layers
    exact, figures = exactly(training, shown)
    seen = train(training, shown, way)
    steps = settings.epochs * -(-len(shown.labels) // settings.batch_size)
    assert is_near(training.network.layers, exact, before, roundings or steps)
    for (cost, accuracy), found in zip(figures, seen, strict=True):
        assert found.cost == pytest.approx(cost, rel=1e-5)
        assert found.accuracy == pytest.approx(accuracy, abs=1e-12)


def each_way(**fixed: Any) -> Iterator[Way]:
    """With lists of lit pixels that are kept, with lists that are not, and over all pixels."""
    yield Way(**fixed)
    yield Way(most_bytes=0, **fixed)
    yield Way(dense=True, **fixed)
