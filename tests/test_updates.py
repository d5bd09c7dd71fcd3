"""Momentum, L1, dropout, schedules: steps worked by hand, closed forms, and loops."""

import math
from dataclasses import replace
from typing import Any

import numpy as np
import oracles
import pytest

from nnbp import Examples, Network, Settings, State, train
from nnbp.dropout import Dropout
from nnbp.network import ForwardPass


def problem(count: int = 17) -> tuple[Network, Examples]:
    rng = np.random.default_rng(8)
    network = Network.random((5, 4, 4, 3), rng, dtype=np.float64)
    return network, Examples(rng.random((count, 5)), rng.integers(0, 3, count))


def begun(network: Network, settings: Settings, seed: int = 3) -> State:
    velocity = [np.zeros_like(layer) for layer in network.parameters] if settings.momentum else []
    return State(network.copy(), np.random.default_rng(seed), velocity)


def slow_steps(network: Network, examples: Examples, settings: Settings) -> list[oracles.Array]:
    """Weights, biases, weights, … after training, each number by the textbook's formulas."""
    layers = [(w.copy(), b.copy()) for w, b in zip(network.weights, network.biases, strict=True)]
    velocity = [(np.zeros_like(w), np.zeros_like(b)) for w, b in layers]
    rng, n, mu = np.random.default_rng(3), len(examples.labels), settings.momentum
    for epoch in range(1, settings.epochs + 1):
        eta, order = settings.rate(epoch), rng.permutation(n)
        for start in range(0, n, settings.batch_size):
            chosen = order[start : start + settings.batch_size]
            ys = oracles.one_hot(examples.labels[chosen], 3)
            # Nesterov's own form: the gradient is taken where the momentum alone would lead.
            here = layers
            if settings.nesterov:
                here = [(w + mu * vw, b + mu * vb) for (w, b), (vw, vb) in zip(layers, velocity, strict=True)]
            gradient = oracles.mean_gradient(settings.cost, here, examples.images[chosen], ys)
            velocity = [
                (
                    mu * vw - eta * (gw + settings.l1 / n * np.sign(w) + settings.l2 / n * w),
                    mu * vb - eta * gb,
                )
                for (vw, vb), (gw, gb), (w, _) in zip(velocity, gradient, here, strict=True)
            ]
            layers = [(w + vw, b + vb) for (w, b), (vw, vb) in zip(layers, velocity, strict=True)]
    if settings.nesterov:
        # What is trained is the point that is looked ahead to.
        layers = [(w + mu * vw, b + mu * vb) for (w, b), (vw, vb) in zip(layers, velocity, strict=True)]
    return list(oracles.flatten(layers))


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
    ],
)
def test_steps_are_those_of_the_textbook(choices: dict[str, Any]) -> None:
    network, examples = problem()
    settings = Settings(**{"epochs": 3, "batch_size": 5, "l2": 0.0, "learning_rate": 0.3, **choices})
    state = begun(network, settings)
    list(train(state, examples, None, settings))
    found = [part for pair in zip(state.network.weights, state.network.biases, strict=True) for part in pair]
    for a, b in zip(found, slow_steps(network, examples, settings), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize(
    ("nesterov", "expected"), [(False, 3 * 1.0 + 2 * 0.5 + 0.25), (True, 1.5 + 1.75 + 1.875)]
)
def test_momentum_on_a_constant_gradient_worked_by_hand(nesterov: bool, expected: float) -> None:
    # One weight w from a constant input 1 to an output, quadratic cost, and a rate so small that the gradient
    # g of the bias stays what it is. In units of −ηg, with μ = 1/2:
    #   momentum:  v = 1, 3/2, 7/4      the parameter moves by their sum, 17/4 = 3·1 + 2·1/2 + 1/4
    #   Nesterov:  μv + 1 = 3/2, 7/4, 15/8
    network = Network((1, 1), [np.array([[0.3], [0.2]])])
    settings = Settings(
        epochs=3, batch_size=1, learning_rate=1e-9, schedule="constant", cost="quadratic", l2=0.0,
        momentum=0.5, nesterov=nesterov,
    )  # fmt: skip
    state = begun(network, settings)
    list(train(state, Examples(np.ones((1, 1)), np.array([0])), None, settings))
    a = 1 / (1 + math.exp(-0.5))
    gradient = (a - 1) * a * (1 - a)
    moved = (state.network.biases[0][0] - 0.2) / (-1e-9 * gradient)
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
        [2 * share for share in expected]
    )


def test_dropout_leaves_out_its_share_and_scales_up_the_rest() -> None:
    network = Network.random((3, 400, 50, 2), np.random.default_rng(0))
    dropout = Dropout(network, 100, 0.3, np.random.default_rng(1))
    before: list[oracles.Array] = []
    for _ in range(2):
        dropout.draw()
        for mask in dropout.masks:
            np.testing.assert_allclose(np.unique(mask), [0, 1 / 0.7], rtol=1e-6)
            assert (mask == 0).mean() == pytest.approx(0.3, abs=0.02)
        assert not before or not np.array_equal(before[0], dropout.masks[0])
        before = [mask.copy() for mask in dropout.masks]


def test_a_pass_under_dropout_is_that_of_the_network_without_the_neurons_left_out() -> None:
    rng = np.random.default_rng(2)
    network = Network.random((5, 6, 4, 3), rng, dtype=np.float64)
    inputs = np.hstack([rng.random((7, 5)), np.ones((7, 1))])
    dropout = Dropout(network, 9, 0.4, rng)
    dropout.draw()
    z = np.empty((7, 3))
    ForwardPass(network, inputs, network.hidden_buffers(9), z, dropout.masks).run()
    for row in range(7):
        a = inputs[row, :-1]
        for layer in (0, 1):
            a = oracles.sigmoid(a @ network.weights[layer] + network.biases[layer])
            a = np.where(dropout.masks[layer][row, :-1] > 0, a / 0.6, 0)
        np.testing.assert_allclose(z[row], a @ network.weights[2] + network.biases[2], rtol=1e-12)


@pytest.mark.parametrize("cost", ["quadratic", "cross-entropy", "log-likelihood"])
def test_the_gradient_under_dropout_is_the_derivative_under_the_same_masks(cost: str) -> None:
    network, examples = problem(1)
    settings = Settings(epochs=1, batch_size=1, learning_rate=1.0, l2=0.0, dropout=0.5, cost=cost)
    before, target = network.copy(), oracles.one_hot(examples.labels, 3)[0]
    state = begun(network, settings)
    list(train(state, examples, None, settings))
    rng = np.random.default_rng(3)
    rng.permutation(1)
    dropout = Dropout(before, 1, 0.5, rng)
    dropout.draw()

    def value() -> float:
        a = examples.images[0]
        for layer in (0, 1):
            a = (
                oracles.sigmoid(a @ before.weights[layer] + before.biases[layer])
                * dropout.masks[layer][0, :-1]
            )
        a = oracles.outputs(cost, a @ before.weights[2] + before.biases[2])
        if cost == "quadratic":
            return float(0.5 * np.sum((a - target) ** 2))
        if cost == "log-likelihood":
            return float(-np.log(np.sum(target * a)))
        return float(-np.sum(target * np.log(a) + (1 - target) * np.log(1 - a)))

    for parameters, after in zip(before.parameters, state.network.parameters, strict=True):
        step = after - parameters
        numerical = oracles.central_differences(value, parameters)
        np.testing.assert_allclose(step, -numerical, rtol=1e-6, atol=1e-9)


def test_without_dropout_the_whole_network_is_evaluated() -> None:
    network, examples = problem(40)
    settings = Settings(epochs=1, dropout=0.5)
    state = begun(network, settings)
    (report,) = train(state, examples, examples, settings)
    layers = list(zip(state.network.weights, state.network.biases, strict=True))
    answers = [np.argmax(oracles.activations(layers, x)[-1]) for x in examples.images]
    assert report.validation_accuracy == np.mean(answers == examples.labels)


def accuracies_of(settings: Settings) -> tuple[State, list[float], list[Network]]:
    rng = np.random.default_rng(0)
    shown = Examples(rng.random((60, 5)), rng.integers(0, 3, 60))
    unseen = Examples(rng.random((50, 5)), rng.integers(0, 3, 50))
    state, networks = State.begin((5, 8, 3), settings, seed=2), []
    for _ in train(state, shown, unseen, settings):
        networks.append(state.network.copy())
    return state, [report.validation_accuracy or 0.0 for report in state.reports], networks


def test_training_stops_after_as_many_epochs_without_a_better_one_as_patience_says() -> None:
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


def test_the_network_of_the_best_epoch_is_kept_where_that_is_asked_for() -> None:
    settings = Settings(epochs=12, learning_rate=3.0, l2=0.0)
    last, accuracies, networks = accuracies_of(settings)
    best, _, _ = accuracies_of(replace(settings, keep="best"))
    first_of_the_best = accuracies.index(max(accuracies))
    assert first_of_the_best < 11
    np.testing.assert_equal(last.result.parameters, networks[-1].parameters)
    np.testing.assert_equal(best.result.parameters, networks[first_of_the_best].parameters)
    np.testing.assert_equal(best.network.parameters, networks[-1].parameters)


@pytest.mark.parametrize("choices", [{"patience": 1}, {"keep": "best"}])
def test_what_goes_by_validation_examples_is_refused_without_them(choices: dict[str, Any]) -> None:
    network, examples = problem()
    settings = Settings(**choices)
    with pytest.raises(ValueError, match="need validation examples"):
        next(train(begun(network, settings), examples, None, settings))
