"""Momentum, L1, dropout, schedules: steps worked by hand, closed forms, and loops."""

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from support import oracles
from support.problems import training_problem

from nnbp import Examples, Network, Settings, Training, evaluate
from nnbp.dropout import Dropout
from nnbp.network import ForwardPass


def problem(count: int = 17) -> tuple[Network, Examples]:
    return training_problem((5, 4, 4, 3), count, seed=8)


def training_of(network: Network, settings: Settings, seed: int = 3) -> Training:
    """The training of a copy of the network."""
    return Training(network.copy(), settings, np.random.default_rng(seed))


@pytest.mark.parametrize(
    "choices",
    [
        {"l1": 0.9},
        {"l2": 1.3},
        {"l2": 30.0, "cost": "log-likelihood"},  # the weights are nearly halved at each step
        {"l2": 17 / 0.3, "schedule": "constant"},  # nothing is left of them
        {"l2": 80.0, "schedule": "constant"},  # they change their sign
        {"l1": 0.9, "l2": 1.3},
        {"momentum": 0.9},
        {"momentum": 0.9, "nesterov": True},
        {"momentum": 0.5, "l1": 0.4, "l2": 1.3},
        {"momentum": 0.7, "l1": 0.4, "l2": 1.3, "nesterov": True},
        {"momentum": 0.9, "cost": "log-likelihood"},
        {"momentum": 0.9, "schedule": "cosine", "warmup": 1, "batch_size": 1},
        {"dropout": 0.5},
        {"dropout": 0.2, "cost": "quadratic", "momentum": 0.9, "nesterov": True, "l1": 0.2, "l2": 1.0},
    ],
)
def test_training_takes_the_steps_of_the_oracle(choices: dict[str, Any]) -> None:
    network, examples = problem()
    settings = Settings(**{"epochs": 3, "batch_size": 5, "l2": 0.0, "learning_rate": 0.3, **choices})
    training = training_of(network, settings)
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
    # g of the bias stays what it is. In units of −ηg, with μ = 1/2:
    #   momentum:  v = 1, 3/2, 7/4      the parameter moves by their sum, 17/4 = 3·1 + 2·1/2 + 1/4
    #   Nesterov:  μv + 1 = 3/2, 7/4, 15/8
    network = Network((1, 1), [np.array([[0.3]])], [np.array([0.2])])
    settings = Settings(
        epochs=3, batch_size=1, learning_rate=1e-9, schedule="constant", cost="quadratic", l2=0.0,
        momentum=0.5, nesterov=nesterov,
    )  # fmt: skip
    training = training_of(network, settings)
    list(training.run(Examples(np.ones((1, 1)), np.array([0]))))
    a = 1 / (1 + math.exp(-0.5))
    gradient = (a - 1) * a * (1 - a)
    moved = (training.network.biases[0][0] - 0.2) / (-1e-9 * gradient)
    assert moved == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize(
    ("choices", "expected"),
    [
        ({"schedule": "constant"}, [1, 1, 1, 1]),
        ({"schedule": "linear"}, [1, 0.75, 0.5, 0.25]),
        ({"schedule": "cosine"}, [1, (1 + math.sqrt(0.5)) / 2, 0.5, (1 - math.sqrt(0.5)) / 2]),
        ({"schedule": "step", "step_every": 1, "step_factor": 0.5}, [1, 0.5, 0.25, 0.125]),
        ({"schedule": "step", "step_every": 3}, [1, 1, 1, 0.1]),
        ({"schedule": "constant", "warmup": 3}, [0.25, 0.5, 0.75, 1]),
        ({"schedule": "linear", "warmup": 1}, [0.5, 0.75, 0.5, 0.25]),
    ],
)
def test_rates_follow_their_schedule(choices: dict[str, Any], expected: list[float]) -> None:
    settings = Settings(**{"epochs": 4, "learning_rate": 2.0, **choices})
    assert [settings.rate(epoch) for epoch in (1, 2, 3, 4)] == pytest.approx(
        [2 * fraction for fraction in expected]
    )


def test_dropout_drops_its_fraction_of_the_neurons_and_scales_up_the_others() -> None:
    dropout = Dropout((3, 400, 50, 2), 100, 0.3, np.random.default_rng(1))
    before: list[oracles.Array] = []
    for _ in range(2):
        dropout.draw()
        for mask in dropout.masks:
            np.testing.assert_allclose(np.unique(mask), [0, 1 / 0.7], rtol=1e-6)
            assert (mask == 0).mean() == pytest.approx(0.3, abs=0.02)
        assert not before or not np.array_equal(before[0], dropout.masks[0])
        before = [mask.copy() for mask in dropout.masks]


def test_a_pass_under_dropout_is_that_of_the_network_without_the_dropped_neurons() -> None:
    rng = np.random.default_rng(2)
    network = Network.random((5, 6, 4, 3), rng, dtype=np.float64)
    inputs = rng.random((7, 5))
    dropout = Dropout(network.sizes, 7, 0.4, rng, np.float64)
    dropout.draw()
    z = np.empty((7, 3))
    ForwardPass(network, 7, dropout).run(inputs, z)
    for row, x in enumerate(inputs):
        masks = [np.where(mask[row] > 0, 1 / 0.6, 0) for mask in dropout.masks]
        expected = oracles.activations(network.layers, x, masks=masks)[-1]
        np.testing.assert_allclose(oracles.sigmoid(z[row]), expected, rtol=1e-12)


@pytest.mark.parametrize("cost", ["quadratic", "cross-entropy", "log-likelihood"])
def test_the_gradient_under_dropout_is_the_derivative_under_the_same_masks(cost: str) -> None:
    network, examples = problem(1)
    settings = Settings(epochs=1, batch_size=1, learning_rate=1.0, l2=0.0, dropout=0.5, cost=cost)
    before, target = network.copy(), oracles.one_hot(examples.labels, 3)[0]
    training = training_of(network, settings)
    list(training.run(examples))
    rng = np.random.default_rng(3)
    rng.permutation(1)
    dropout = Dropout(before.sizes, 1, 0.5, rng, np.float64)
    dropout.draw()

    masks = [mask[0] for mask in dropout.masks]

    def value() -> float:
        return oracles.cost(cost, before.layers, examples.images[0], target, masks)

    for parameters, after in zip(
        oracles.flatten(before.layers), oracles.flatten(training.network.layers), strict=True
    ):
        step = after - parameters
        numerical = oracles.central_differences(value, parameters)
        np.testing.assert_allclose(step, -numerical, rtol=1e-6, atol=1e-9)


def test_without_dropout_the_whole_network_is_evaluated() -> None:
    network, examples = problem(40)
    settings = Settings(epochs=1, dropout=0.5)
    training = training_of(network, settings)
    (report,) = training.run(examples, examples)
    layers = training.network.layers
    answers = [np.argmax(oracles.activations(layers, x)[-1]) for x in examples.images]
    assert report.validation_accuracy == np.mean(answers == examples.labels)


def accuracies_of(settings: Settings) -> tuple[Training, list[float], list[Network]]:
    """A training, and the validation accuracy and the network after each of its epochs."""
    rng = np.random.default_rng(0)
    shown = Examples(rng.random((60, 5)), rng.integers(0, 3, 60))
    unseen = Examples(rng.random((50, 5)), rng.integers(0, 3, 50))
    training, networks = Training.begin((5, 8, 3), settings, seed=2), []
    for _ in training.run(shown, unseen):
        networks.append(training.network.copy())
    return training, [report.validation_accuracy or 0.0 for report in training.reports], networks


def test_training_stops_after_patience_epochs_without_a_better_one() -> None:
    settings = Settings(epochs=60, learning_rate=3.0, l2=0.0)
    _, all_of_them, _ = accuracies_of(settings)
    for patience in (1, 2, 5):
        _, found, _ = accuracies_of(replace(settings, patience=patience))
        best, since, expected = -1.0, 0, 0
        for accuracy in all_of_them:
            expected += 1
            best, since = (accuracy, 0) if accuracy > best else (best, since + 1)
            if since == patience:
                break
        assert len(found) == expected
        assert found == all_of_them[:expected]


def test_the_network_of_the_best_epoch_is_kept_on_request() -> None:
    settings = Settings(epochs=12, learning_rate=3.0, l2=0.0)
    last, accuracies, networks = accuracies_of(settings)
    best, _, _ = accuracies_of(replace(settings, keep="best"))
    first_of_the_best = accuracies.index(max(accuracies))
    assert first_of_the_best < 11
    np.testing.assert_equal(last.result.layers, networks[-1].layers)
    np.testing.assert_equal(best.result.layers, networks[first_of_the_best].layers)
    np.testing.assert_equal(best.network.layers, networks[-1].layers)
    unseen = training_problem((5, 3), 50, seed=1)[1]
    for training, network in ((last, networks[-1]), (best, networks[first_of_the_best])):
        expected = evaluate(network, unseen, "cross-entropy")
        assert training.evaluate(unseen).cost == expected.cost


@pytest.mark.parametrize("choices", [{"patience": 1}, {"keep": "best"}])
def test_settings_that_need_validation_examples_are_refused_without_them(choices: dict[str, Any]) -> None:
    network, examples = problem()
    settings = Settings(**choices)
    with pytest.raises(ValueError, match="need validation examples"):
        training_of(network, settings).run(examples)


def test_a_velocity_without_momentum_is_refused() -> None:
    network, _ = problem()
    with pytest.raises(ValueError, match="velocity without momentum"):
        Training(network, Settings(momentum=0.0), np.random.default_rng(0), velocity=network.copy().layers)
