"""The compiled engine's own objects, called as by `nnbp.native.epochs`, but in a way that a test chooses.

A test module that imports this is skipped where the engine is missing.
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
from support import oracles

if reason := native.missing():
    pytest.skip(f"the compiled engine is missing: {reason}", allow_module_level=True)

AVAILABLE: list[str] = library().instruction_sets()
# The baseline of x86-64 has no fused multiply-add, and so bytes of its own.
FUSED = [name for name in AVAILABLE if name != "baseline"] or AVAILABLE
EVERYTHING_KEPT = 1 << 26


@dataclass(frozen=True)
class Way:
    """How the engine computes, of which the results should show nothing.

    most_bytes  of kept lists of lit pixels; with 0 they are made for each mini-batch
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
    """Room for training this network."""
    return library().Network(
        sizes=network.sizes,
        batch_size=batch_size,
        cost=settings.cost,
        velocity=settings.momentum > 0,
        dropout=settings.dropout > 0,
        instructions=instructions,
    )


def exchange(transfer: Callable[..., None], state: Training) -> None:
    """Hand all parameters over, or take them back."""
    for number, layer in enumerate(state.network.layers):
        transfer(number, *layer, *(state.velocity[number] if state.velocity else (None, None)))


def train(state: Training, shown: Examples, settings: Settings, way: Way = Way()) -> list[Evaluation]:
    """All epochs, in place; the figures of each."""
    images = images_of(shown.images, way.most_bytes, way.instructions)
    batch_size = min(settings.batch_size, len(shown.labels))
    engine = engine_for(state.network, batch_size, settings, way.instructions)
    exchange(engine.set_layer, state)
    call = functools.partial(
        engine.train,
        images=images,
        dense=way.dense,
        labels=shown.labels,
        l1=settings.l1 / len(shown.labels),
        l2=settings.l2 / len(shown.labels),
        momentum=settings.momentum,
        nesterov=settings.nesterov,
        dropout=settings.dropout,
        threads=way.threads,
    )
    figures = [
        _epoch(call, state, settings.rate(epoch), settings, (way.per_call or len(shown.labels)) * batch_size)
        for epoch in range(1, settings.epochs + 1)
    ]
    exchange(engine.get_layer, state)
    return figures


def _epoch(
    call: "functools.partial[tuple[float, int]]",
    state: Training,
    rate: float,
    settings: Settings,
    per_call: int,
) -> Evaluation:
    sizes = state.network.sizes
    confusion = np.zeros((sizes[-1], sizes[-1]), np.int64)
    order = state.rng.permutation(len(call.keywords["labels"]))
    cost_sum = 0.0
    for start in range(0, len(order), per_call):
        part = order[start : start + per_call]
        draws = state.rng.random(len(part) * sum(sizes[1:-1]), np.float32) if settings.dropout else None
        cost_sum, bad = call(
            order=part, draws=draws, learning_rate=rate, confusion=confusion, cost_sum=cost_sum
        )
        assert bad == -1
    return Evaluation(cost_sum / len(order), confusion)


def bytes_of(state: Training) -> bytes:
    """Those of all parameters, and of their velocity."""
    arrays = (*oracles.flatten(state.network.layers), *oracles.flatten(state.velocity))
    return b"".join(array.tobytes() for array in arrays)


def parameters(layers: oracles.Layers) -> npt.NDArray[np.float64]:
    """All of them in one row."""
    return np.concatenate([array.ravel().astype(float) for array in oracles.flatten(layers)])


def is_near(found: oracles.Layers, exact: oracles.Layers, before: oracles.Layers, roundings: int = 1) -> bool:
    """Whether parameters are where they should be, to 1e-5 of how far they came.

    Each of so many additions in float32 adds a relative error of up to 2⁻²⁴.
    """
    change = parameters(exact) - parameters(before)
    largest = np.maximum(np.abs(parameters(exact)), np.abs(parameters(before)))
    bound = 1e-5 * np.linalg.norm(change) + roundings * 2.0**-24 * np.linalg.norm(largest)
    return bool(np.linalg.norm(parameters(found) - parameters(exact)) <= bound)


def exactly(
    state: Training, shown: Examples, settings: Settings
) -> tuple[oracles.Layers, list[tuple[float, float]]]:
    """What `train` should make of the state, by the loop over the examples in float64; leaves it as it is."""
    rng = np.random.Generator(np.random.PCG64())
    rng.bit_generator.state = state.rng.bit_generator.state
    return oracles.train(state.network.layers, shown.images / 255, shown.labels, settings, rng, "f4")


def check_against_the_loop(
    state: Training, shown: Examples, settings: Settings, way: Way, roundings: int | None = None
) -> None:
    """Train, and compare parameters, costs and accuracies with the loop in float64.

    Unless given, there is one rounding of the parameters a step.
    """
    before = state.network.copy().layers
    exact, figures = exactly(state, shown, settings)
    seen = train(state, shown, settings, way)
    steps = settings.epochs * -(-len(shown.labels) // settings.batch_size)
    assert is_near(state.network.layers, exact, before, roundings or steps)
    for (cost, accuracy), found in zip(figures, seen, strict=True):
        assert found.cost == pytest.approx(cost, rel=1e-5)
        assert found.accuracy == pytest.approx(accuracy, abs=1e-12)


def each_way(**fixed: Any) -> Iterator[Way]:
    """Over lit pixels in lists that are kept or not, and over all pixels."""
    yield Way(**fixed)
    yield Way(most_bytes=0, **fixed)
    yield Way(dense=True, **fixed)
