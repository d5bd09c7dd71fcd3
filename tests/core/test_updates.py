"""The update rules: steps with L1, L2 and momentum against a loop, and worked by hand."""

import math
from typing import Any

import numpy as np
import pytest
from support import oracles
from support.problems import byte_examples, training_problem

from nnbp import Examples, Network, Settings, Training, regularization


@pytest.mark.parametrize(
    "choices",
    [
        {"l1": 0.9},
        {"l2": 1.3},
        {"l2": 30.0, "cost": "log-likelihood"},  # the weights are nearly halved at each step
        {"l2": 17 / 0.3, "schedule": "constant"},  # they become 0
        {"l2": 80.0, "schedule": "constant"},  # they change sign
        {"l1": 5.0, "l2": 80.0, "schedule": "constant"},  # L1 has the signs that they had before
        {"l1": 0.9, "l2": 1.3},
        {"momentum": 0.9},
        {"momentum": 0.9, "nesterov": True},
        {"momentum": 0.5, "l1": 0.4, "l2": 1.3},
        {"momentum": 0.7, "l1": 0.4, "l2": 1.3, "nesterov": True},
        {"momentum": 0.9, "cost": "log-likelihood"},
        {"momentum": 0.9, "schedule": "cosine", "warmup": 1, "batch_size": 1},
        {"layer_rates": (8.0, 3.0, 0.5)},
        {"layer_rates": (0.5, 1.0, 4.0), "l1": 0.4, "l2": 1.3},
        {"layer_rates": (4.0, 2.0, 1.0), "l2": 30.0, "momentum": 0.7, "l1": 0.4},
        {"layer_rates": (1.0, 3.0, 0.5), "l2": 1.3, "momentum": 0.7, "nesterov": True, "dropout": 0.2},
        {"dropout": 0.5},
        {"input_dropout": 0.4},
        {"max_norm": 0.9},
        {"max_norm": 0.9, "l2": 30.0, "layer_rates": (3.0, 2.0, 1.0), "dropout": 0.3},
        {"max_norm": 0.9, "momentum": 0.7, "l1": 0.4, "l2": 1.3},
        {"max_norm": 0.9, "momentum": 0.7, "l2": 1.3, "nesterov": True},
        {"input_dropout": 0.4, "dropout": 0.3, "layer_rates": (3.0, 2.0, 1.0), "momentum": 0.5, "l2": 1.3},
        {"dropout": 0.2, "cost": "quadratic", "momentum": 0.9, "nesterov": True, "l1": 0.2, "l2": 1.0},
    ],
)
def test_training_takes_the_steps_of_the_oracle(choices: dict[str, Any]) -> None:
    network, examples = training_problem((5, 4, 4, 3), 17, seed=8)
    settings = Settings(**{"epochs": 3, "batch_size": 5, "l2": 0.0, "learning_rate": 0.3, **choices})
    training = Training(network.copy(), settings, np.random.default_rng(3))
    rng = np.random.default_rng(3)
    expected, _ = oracles.train(network.layers, *examples, settings, rng, "f8")
    list(training.run(examples))
    for a, b in zip(oracles.flatten(training.network.layers), oracles.flatten(expected), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize(
    ("nesterov", "expected"), [(False, 3 * 1.0 + 2 * 0.5 + 0.25), (True, 1.5 + 1.75 + 1.875)]
)
def test_momentum_on_a_constant_gradient_worked_by_hand(nesterov: bool, expected: float) -> None:
    # One weight w from a constant input 1 to an output, quadratic cost, and a rate so small that the gradient
    # g of the bias hardly changes. In units of −ηg, with μ = 1/2:
    #   momentum:  v = 1, 3/2, 7/4      the parameter moves by their sum, 17/4 = 3·1 + 2·1/2 + 1/4
    #   Nesterov:  μv + 1 = 3/2, 7/4, 15/8
    network = Network((1, 1), [np.array([[0.3]])], [np.array([0.2])])
    settings = Settings(
        epochs=3, batch_size=1, learning_rate=1e-9, schedule="constant", cost="quadratic", l2=0.0,
        momentum=0.5, nesterov=nesterov,
    )  # fmt: skip
    training = Training(network.copy(), settings, np.random.default_rng(3))
    list(training.run(Examples(np.ones((1, 1)), np.array([0]))))
    a = 1 / (1 + math.exp(-0.5))
    gradient = (a - 1) * a * (1 - a)
    moved = (training.network.biases[0][0] - 0.2) / (-1e-9 * gradient)
    assert moved == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("factors", [(1.0,), (1.0, 2.0, 3.0, 4.0)])
@pytest.mark.parametrize("engine", ["numpy", "auto"])
def test_rates_for_another_number_of_layers_are_refused(engine: str, factors: tuple[float, ...]) -> None:
    settings, examples = Settings(layer_rates=factors), byte_examples(5, 4, 2)
    training = Training.begin((4, 3, 3, 2), settings, seed=0)
    with pytest.raises(ValueError, match=rf"layer_rates has {len(factors)} factors; .* need 3"):
        list(training.run(examples, engine=engine))


@pytest.mark.parametrize("choices", [{}, {"momentum": 0.5}, {"momentum": 0.5, "nesterov": True}], ids=str)
def test_l1_leaves_a_weight_of_zero_at_zero(choices: dict[str, float]) -> None:
    # The weight's input is always 0, so that its gradient is 0, too.
    network = Network((2, 1), [np.array([[0.0], [0.5]])], [np.array([0.1])])
    training = Training(network, Settings(epochs=2, l1=1.0, l2=1.0, **choices), np.random.default_rng(0))  # type: ignore[arg-type] # a fraction
    list(training.run(Examples(np.array([[0.0, 1.0], [0.0, 0.5]]), np.array([0, 0]))))
    assert network.weights[0][0, 0] == 0
    assert network.weights[0][1, 0] != 0.5


def test_a_velocity_without_momentum_is_refused() -> None:
    network, _ = training_problem()
    with pytest.raises(ValueError, match="velocity without momentum"):
        Training(network, Settings(momentum=0.0), np.random.default_rng(0), velocity=network.copy().layers)


def test_the_l1_and_l2_terms_worked_by_hand() -> None:
    network = Network((2, 1), [np.array([[3.0], [-4.0]])], [np.array([100.0])])
    assert regularization(network, Settings(l1=2.0, l2=10.0), examples=5) == 2 / 5 * 7 + 10 / 10 * 25


def test_the_terms_of_many_weights_in_single_precision_are_summed_in_double_precision() -> None:
    weights = np.random.default_rng(0).standard_normal((300, 200)).astype(np.float32)
    exact = [float(weight) for weight in weights.ravel()]
    absolute, squared = math.fsum(map(abs, exact)), math.fsum(weight * weight for weight in exact)
    network = Network((300, 200), [weights], [np.zeros(200, np.float32)])
    for settings, expected in ((Settings(l1=1.0, l2=0.0), absolute), (Settings(l2=2.0), squared)):
        assert regularization(network, settings, examples=1) == pytest.approx(expected, rel=1e-12)
