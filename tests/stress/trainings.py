"""Random trainings for the compiled engine, of any shape, with any settings, on any images."""

import math
import random
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from support import compiled
from support.compiled import AVAILABLE, EVERYTHING_KEPT, FUSED, Way
from support.problems import byte_examples

from nnbp import Examples, Settings, Training
from nnbp.settings import COST_NAMES, INITIALIZATIONS, SCHEDULES


class Limits(NamedTuple):
    """The largest sizes to draw, and whether neurons may saturate: the textbook's costs lose digits then."""

    pixels: int
    neurons: int
    batch_size: int
    minibatches: float
    epochs: int
    saturated: bool


class Drawn(NamedTuple):
    """A training that has not begun, its seed and examples, and a way to compute it."""

    sizes: tuple[int, ...]
    settings: Settings
    seed: int
    shown: Examples
    way: Way

    def training(self) -> Training:
        """The training, anew."""
        return Training.begin(self.sizes, self.settings, self.seed)

    def bytes_in(self, way: Way) -> bytes:
        """The parameters, velocity, costs and answers after training in this way."""
        training = self.training()
        figures = compiled.train(training, self.shown, way)
        seen = b"".join(np.float64(each.cost).tobytes() + each.confusion.tobytes() for each in figures)
        return compiled.bytes_of(training) + seen

    def another_way(self, rng: random.Random) -> Way:
        """A way that has to give the same bytes."""
        chosen = way(rng)
        # The x86-64 baseline has no fused multiply-add, so it produces different bytes.
        same = [self.way.instructions] if self.way.instructions not in FUSED else FUSED
        return replace(chosen, instructions=rng.choice(same))


def draw(rng: random.Random, limits: Limits) -> Drawn:
    """A training of one to five layers."""
    hidden = [1 + _skewed(rng, limits.neurons) for _ in range(rng.randint(0, 4))]
    sizes = (1 + _skewed(rng, limits.pixels), *hidden, rng.randint(1, 12))
    chosen = settings(rng, limits, len(sizes) - 1)
    count = max(1, round(rng.uniform(0.1, limits.minibatches) * chosen.batch_size))
    lit = rng.choice((0.0, 0.02, 0.2, 0.5, 0.9, 1.0))
    shown = byte_examples(count, sizes[0], sizes[-1], lit, rng.randrange(2**32))
    return Drawn(sizes, chosen, rng.randrange(2**32), shown, way(rng))


def difference_from_the_loop(drawn: Drawn) -> str:
    """The first difference from the loop over the examples in float64; empty if there is none."""
    training = drawn.training()
    before = training.network.copy().layers
    exact, figures = compiled.exactly(training, drawn.shown)
    seen = compiled.train(training, drawn.shown, drawn.way)
    # Equal examples, such as images of one black pixel, are rounded the same way each time.
    if not compiled.is_near(
        training.network.layers, exact, before, drawn.settings.epochs * len(drawn.shown.labels)
    ):
        return "other parameters"
    for (cost, accuracy), found in zip(figures, seen, strict=True):
        # A cost of examples that are answered well multiplies the rounding of the parameters, and is itself a
        # difference of float32 numbers.
        near = math.isclose(found.cost, cost, rel_tol=1e-4, abs_tol=1e-6)
        if not (near and math.isclose(found.accuracy, accuracy)):
            return f"cost and accuracy are {found.cost} and {found.accuracy} instead of {cost} and {accuracy}"
    return ""


def settings(rng: random.Random, limits: Limits, layers: int) -> Settings:
    """Settings with small steps, which any network of so many layers survives."""
    momentum = rng.choice((0.0, 0.0, 0.3, 0.9))
    epochs = rng.randint(1, limits.epochs)
    choices: dict[str, Any] = {
        "epochs": epochs,
        "batch_size": 1 + _skewed(rng, limits.batch_size),
        "learning_rate": rng.choice((0.01, 0.1, 0.3)),
        "schedule": rng.choice(SCHEDULES),
        "step_every": rng.randint(1, 3),
        "warmup": rng.randrange(epochs),
        "cost": rng.choice(COST_NAMES),
        "l1": rng.choice((0.0, 0.0, 0.3, 2.0)),
        "l2": rng.choice((0.0, 0.0, 1.5, 5.0)),
        "momentum": momentum,
        "nesterov": momentum > 0 and rng.random() < 0.5,
        "dropout": rng.choice((0.0, 0.0, 0.2, 0.9 if limits.saturated else 0.4)),
        "layer_rates": rng.choice(((), (), tuple(rng.choice((0.5, 1.0, 3.0)) for _ in range(layers)))),
        "input_dropout": rng.choice((0.0, 0.0, 0.2, 0.5)),
        "max_norm": rng.choice((0.0, 0.0, 0.9, 3.0)),
        "init": rng.choice(INITIALIZATIONS) if limits.saturated else "scaled",
    }
    return Settings(**choices)


def way(rng: random.Random) -> Way:
    """A way to compute, with up to four threads."""
    return Way(
        threads=rng.randint(1, 4),
        dense=rng.random() < 0.3,
        most_bytes=rng.choice((0, 1000, EVERYTHING_KEPT)),
        instructions=rng.choice(AVAILABLE),
        per_call=rng.choice((None, 1, 2)),
    )


def describe(drawn: Drawn) -> str:
    """A training in one line."""
    images = f"{len(drawn.shown.labels)} images, {np.count_nonzero(drawn.shown.images)} lit pixels"
    return f"{drawn.sizes}, {images}, {drawn.settings}, seed {drawn.seed}, {drawn.way}"


def _skewed(rng: random.Random, most: int) -> int:
    """A number below `most`, often a small one, or one beside a multiple of a vector's length."""
    number = int(most * rng.random() ** 2)
    return min(most - 1, number // 16 * 16 + rng.choice((0, 1, 14, 15))) if rng.random() < 0.5 else number
