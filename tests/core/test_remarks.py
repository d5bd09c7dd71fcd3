"""Which remark the figures of an epoch get, without a training."""

import math
import re
from typing import Any

import numpy as np
import pytest

from nnbp import EpochReport, Settings
from nnbp.advice import after_divergence
from nnbp.evidence import Evidence, LayerHealth
from nnbp.remarks import is_rising, remark

HEALTHY = (LayerHealth(1, 0.5, 0.2, 0.3), LayerHealth(2, 0.9, 0.2, 0.2))
MOVING = (LayerHealth(1, 1.0, 1e-5, 0.8), LayerHealth(2, 1.0, 1.0, 1.5))
RESTING = (LayerHealth(1, 0.0, 0.3, 1e-3), LayerHealth(2, 0.0, 1.5, 2e-3))
DEAD = (LayerHealth(1, 0.9, 1e-3, 0.3), LayerHealth(2, 0.2, 0.9, 0.4))
SATURATED = (LayerHealth(1, 0.9, 0.1, 0.3), LayerHealth(2, 0.2, 0.9, 0.4))
VANISHED = (LayerHealth(1, 0.0, 1e-5, 0.2), LayerHealth(2, 0.0, 0.1, 0.2), LayerHealth(3, 0.0, 0.9, 0.3))

# Ten classes; the cost of guessing is about 3.25 for the cross-entropy cost.
CHANCE, BLIND = 0.1, 3.25


def evidence(
    costs: list[float],
    accuracy: float,
    layers: tuple[LayerHealth, ...] = HEALTHY,
    stuck: float = 0.0,
    chance: float = CHANCE,
    blind_cost: float = BLIND,
    **choices: Any,
) -> Evidence:
    """After as many epochs as there are costs, the last with this accuracy, of 50,000 examples."""
    settings = Settings(**{"epochs": 1000, **choices})
    reports = [EpochReport(n, settings.rate(n), cost, accuracy, None) for n, cost in enumerate(costs, 1)]
    return Evidence(settings, reports, layers, stuck, 50_000, chance, blind_cost)


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (evidence([0.5, 0.9], 0.9), "the cost is rising: the learning rate is too high, try 0.17"),
        (evidence([0.9, 0.6, 0.5, 0.6, 0.75], 0.9), "the cost is rising"),
        (evidence([0.5, 0.9], 0.9, learning_rate=1e30), "too high, try 0.5"),
        (evidence([0.5, 0.9], 0.9, learning_rate=0.5, momentum=0.9), "too high, try 0.05"),
        # A sound rate is one in every layer.
        (evidence([0.5, 0.9], 0.9, learning_rate=0.5, layer_rates=(10.0, 1.0)), "too high, try 0.05"),
        (evidence([3.25] * 9, 0.1, VANISHED, layer_rates=(20.0, 1.0)), "too high, try 0.025"),
        (evidence([8.0, 7.0], 0.1, RESTING, learning_rate=0.5, layer_rates=(0.01, 0.01)), "too low, try 50"),
        (evidence([1e3, 1e6, 1e9], 0.6, MOVING, l2=2e4, layer_rates=(10.0, 1.0)), "the L2 regularization"),
        (evidence([60.0] * 4, 0.6, MOVING), "the cost is 18 times that of guessing"),
        (evidence([60.0] * 4, 0.1, MOVING, learning_rate=100.0), "nothing is learned: .* too high, try 0.5"),
        (
            evidence([0.5] * 4, 0.1, MOVING, 1.0, blind_cost=0.45, cost="quadratic", learning_rate=100.0),
            "nothing is learned: .* too high, try 3",
        ),
        (
            evidence([0.5] * 4, 0.3, HEALTHY, 0.5, blind_cost=0.45, cost="quadratic"),
            "for 50% of the examples",
        ),
        (evidence([8.0, 7.0], 0.1, RESTING, learning_rate=1e-4), "too low, try 0.5"),
        (evidence([8.0, 7.0], 0.1, RESTING, learning_rate=1e-4, momentum=0.9), "too low, try 0.05"),
        (evidence([8.0, 7.0], 0.1, RESTING, learning_rate=1e-4, cost="quadratic"), "too low, try 3"),
        (evidence([3.2, 3.1], 0.2, HEALTHY, learning_rate=1e-4), "little is learned: .* too low, try 0.5"),
        (evidence([3.1, 3.1], 0.25, l2=5000.0), "the L2 regularization outweighs the cost: try λ = 5"),
        (evidence([3.25, 3.25], 0.1, DEAD, init="standard"), "try scaled initial weights, or .* 0.17"),
        (evidence([3.25, 3.25], 0.1, DEAD), "pass no error on: try a learning rate of 0.17"),
        (evidence([3.25] * 5, 0.1, VANISHED), "try fewer layers"),
        (evidence([3.25] * 4, 0.1, l2=5000.0), "the L2 regularization outweighs the cost: try λ = 5"),
        (
            evidence([3.25] * 4, 0.1, l1=500.0, l2=0.0),
            "the L1 regularization outweighs the cost: try λ = 0.5",
        ),
        (evidence([1e3, 1e6, 1e9], 0.6, MOVING, l2=2e5), "the L2 regularization outweighs the cost"),
        # The schedule has lowered the rate, but the network does not recover.
        (
            evidence([0.5] * 9, 0.1, stuck=0.5, cost="quadratic", blind_cost=0.45, learning_rate=100.0),
            "nothing is learned: the learning rate is too high, try 3",
        ),
        (evidence([3.25] * 9, 0.1, VANISHED, learning_rate=30.0), "the learning rate is too high, try 0.5"),
    ],
)
def test_a_known_problem_gets_its_remark(found: Evidence, words: str) -> None:
    assert re.search(words, remark(found) or ""), remark(found)


@pytest.mark.parametrize(
    "found",
    [
        evidence([0.5, 0.52], 0.9),
        # It falls, although it is far above the lowest; and it is next to nothing.
        evidence([0.5, 2.0, 1.5], 0.9),
        evidence([0.02, 0.01, 0.1], 1.0),
        evidence([1e300, 0.0, 1e-300, 0.0], 0.9),
        evidence([1e300, 1e-300], 0.9),
        # Warm-up, and rates that a schedule has taken down.
        evidence([8.0, 7.0], 0.1, RESTING, warmup=500, learning_rate=1e-4),
        evidence([0.5, 0.9], 0.5, warmup=2),
        evidence([8.0, 7.0], 0.1, RESTING),
        evidence([2.0] * 999, 0.12, RESTING, learning_rate=0.04),
        # Low rates that are not the reason.
        evidence([8.0, 7.0], 0.1, RESTING, learning_rate=0.01, layer_rates=(10.0, 10.0)),
        evidence([3.25] * 9, 0.1, RESTING, learning_rate=0.2),
        # Two classes: 0.7 is far above chance.
        evidence([1.2] * 9, 0.70, RESTING, chance=0.51, blind_cost=1.39, learning_rate=1e-3),
        # Not a start any more, and deep networks that have not begun yet.
        evidence([3.25] * 4, 0.1, DEAD),
        evidence([3.25] * 2, 0.1, SATURATED),
        evidence([3.25] * 4, 0.1, VANISHED),
        evidence([0.5] * 9, 0.9, VANISHED),
        # Regularization that leaves something to learn.
        evidence([2.0] * 9, 0.5, l2=2500.0),
        evidence([1.0] * 9, 0.6, l2=2e5),
        # Saturated and wrong, but not with this cost.
        evidence([1.0] * 9, 0.5, stuck=0.5),
        # A single class, and figures that are not numbers.
        evidence([0.1, 0.9], 0.99, MOVING, chance=1.0, blind_cost=0.0),
        evidence(
            [1.0, 1.0], 0.1, (LayerHealth(1, 0.5, math.nan, math.nan), LayerHealth(2, 1.0, math.nan, 0.0))
        ),
    ],
)
def test_what_is_no_problem_gets_no_remark(found: Evidence) -> None:
    assert remark(found) is None


@pytest.mark.parametrize("noise", [0.005, 0.02, 0.05, 0.1])
@pytest.mark.parametrize("walk", [True, False])
def test_noise_is_no_rise(noise: float, walk: bool) -> None:
    """Costs that fall and then wander, or scatter about a level: 100 trainings of 100 epochs each."""
    rng = np.random.default_rng(7)
    falls = np.log(0.8 + 2.0 * np.exp(-np.arange(100) / 5.0))
    rises = 0
    for _ in range(100):
        steps = rng.normal(0, noise, 100)
        costs = np.exp(falls + (steps.cumsum() if walk else steps)).tolist()
        rises += sum(is_rising(costs[:epoch]) for epoch in range(1, 101))
    assert rises <= (2 if noise < 0.1 else 100)


def test_a_rise_is_noticed_above_noise() -> None:
    rng = np.random.default_rng(7)
    for _ in range(100):
        costs = np.exp(rng.normal(0, 0.02, 20)).tolist()
        assert is_rising([*costs, 1.5])
        assert is_rising([*costs, 1.2, 1.5])
        assert not is_rising([*costs, 1.5, 1.4])


@pytest.mark.parametrize(
    ("choices", "advice"),
    [
        ({"learning_rate": 0.2}, "try a learning rate of 0.02"),
        ({"learning_rate": 1e30}, "try a learning rate of 0.5"),
        ({"learning_rate": 1e30, "cost": "quadratic", "momentum": 0.9}, "try a learning rate of 0.3"),
        ({"layer_rates": (200.0, 1.0)}, "try a learning rate of 0.0025"),
        (
            {"learning_rate": 0.04, "l2": 3e5, "layer_rates": (10.0, 1.0)},
            "try an L2 regularization of λ = 5",
        ),
        ({"l2": 5e7}, "try an L2 regularization of λ = 5"),
        (
            {"learning_rate": 1e30, "l2": 1e9},
            "try an L2 regularization of λ = 5 and a learning rate of 0.5",
        ),
    ],
)
def test_the_advice_after_a_divergence_names_the_cause(choices: dict[str, Any], advice: str) -> None:
    assert after_divergence(Settings(**choices), 50_000) == advice
