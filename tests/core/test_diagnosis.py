"""Each remark follows a planted failure, and a healthy training gets none."""

import math
import re
import warnings
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from support import oracles

from nnbp import EpochReport, Examples, Network, Settings, Training, data
from nnbp.diagnosis import Checkup, Health, blind_cost
from nnbp.settings import COST_NAMES


@pytest.fixture(scope="module")
def digits_of_the_sample() -> Examples:
    sample = data.load("sample")
    return Examples(sample.train_images[:3000], sample.train_labels[:3000])


def healths(shown: Examples, sizes: tuple[int, ...], **choices: Any) -> list[Health]:
    settings = Settings(**{"epochs": 3, "l2": 0.5, **choices})
    training = Training.begin(sizes, settings, seed=1)
    checkup = Checkup(training.network, shown, settings)
    return [checkup.after(report) for report in training.run(shown)]


@pytest.mark.parametrize(
    ("sizes", "choices", "remark"),
    [
        (
            (784, 30, 10),
            {"cost": "quadratic", "learning_rate": 100.0},
            "the learning rate is too high, try 3",
        ),
        ((784, 30, 30, 30, 30, 30, 10), {"epochs": 6}, "deltas vanish towards the input"),
        (
            (784, 10),
            {"learning_rate": 0.5, "schedule": "constant", "momentum": 0.99},
            "the learning rate is too high",
        ),
        ((784, 30, 10), {"learning_rate": 50.0}, "the learning rate is too high, try 0.5"),
        ((784, 30, 10), {"learning_rate": 1e-6}, "the learning rate is too low, try 0.5"),
        ((784, 30, 10), {"learning_rate": 1e-4}, "the learning rate is too low, try 0.5"),
        ((784, 30, 10), {"l2": 3000.0}, "the L2 regularization outweighs the cost: try λ = 0.3"),
        ((784, 30, 10), {"l1": 100.0, "l2": 0.0}, "the L1 regularization outweighs the cost: try λ = 0.03"),
    ],
)
def test_a_planted_failure_gets_a_remark(
    sizes: tuple[int, ...], choices: dict[str, Any], remark: str, digits_of_the_sample: Examples
) -> None:
    remarks = [health.remark or "" for health in healths(digits_of_the_sample, sizes, **choices)]
    assert any(remark in found for found in remarks), remarks


@pytest.mark.parametrize(
    ("choices", "remark"),
    [
        ({"init": "standard"}, "a dead start: .* try scaled initial weights, or a learning rate of 0.17$"),
        ({}, "a dead start: .* try a learning rate of 0.17$"),
    ],
)
def test_hidden_neurons_that_are_saturated_for_every_digit_get_a_remark(
    choices: dict[str, Any], remark: str, digits_of_the_sample: Examples
) -> None:
    training = Training.begin((784, 30, 10), Settings(epochs=1, **choices), seed=1)
    training.network.biases[0] += 1e4
    checkup = Checkup(training.network, digits_of_the_sample, training.settings)
    (found,) = [checkup.after(report).remark for report in training.run(digits_of_the_sample)]
    assert re.search(remark, found or ""), found


def test_outputs_stuck_at_wrong_answers_of_the_quadratic_cost_get_a_remark(
    digits_of_the_sample: Examples,
) -> None:
    training = Training.begin((784, 30, 10), Settings(epochs=1, cost="quadratic", learning_rate=0.1), seed=1)
    training.network.weights[1] *= 500
    checkup = Checkup(training.network, digits_of_the_sample, training.settings)
    (found,) = [checkup.after(report).remark for report in training.run(digits_of_the_sample)]
    assert "try the cross-entropy cost" in (found or "")


@pytest.mark.parametrize(
    ("sizes", "choices"),
    [
        ((784, 30, 10), {}),
        (
            (784, 30, 10),
            {"cost": "quadratic", "learning_rate": 3.0, "init": "standard", "l2": 0.0, "epochs": 6},
        ),
        ((784, 30, 10), {"cost": "log-likelihood"}),
        ((784, 30, 20, 10), {}),
        ((784, 30, 30, 30, 30, 30, 10), {"init": "standard", "epochs": 6}),
        ((784, 10), {}),
        ((784, 30, 10), {"learning_rate": 0.1, "momentum": 0.8}),
        ((784, 30, 10), {"dropout": 0.3, "warmup": 2}),
    ],
)
def test_a_healthy_training_gets_no_remark(
    sizes: tuple[int, ...], choices: dict[str, Any], digits_of_the_sample: Examples
) -> None:
    assert [health.remark for health in healths(digits_of_the_sample, sizes, **choices)] == [
        None
    ] * choices.get("epochs", 3)


def test_the_figures_of_the_layers_are_those_of_a_loop_over_the_examples() -> None:
    rng = np.random.default_rng(0)
    settings = Settings(epochs=1, l2=0.0)
    before = Network.random((6, 9, 5, 4), rng, "standard", dtype=np.float64)
    shown = Examples(rng.random((40, 6)), rng.integers(0, 4, 40))
    training = Training(before.copy(), settings, rng)
    checkup = Checkup(training.network, shown, settings)
    (report,) = training.run(shown)
    found = checkup.after(report).layers
    layers = training.network.layers
    targets = oracles.one_hot(shown.labels, 4)
    activations = [oracles.activations(layers, x)[1:] for x in shown.images]
    deltas = [
        oracles.gradient("cross-entropy", layers, x, y) for x, y in zip(shown.images, targets, strict=True)
    ]
    for number, layer in enumerate(found):
        extreme = [a < 0.05 or a > 0.95 for each in activations for a in each[number]]
        assert layer.layer == number + 1
        assert layer.saturated == pytest.approx(np.mean(extreme))
        assert layer.delta_norm == pytest.approx(np.mean([np.linalg.norm(d[number][1]) for d in deltas]))
        change = training.network.weights[number] - before.weights[number]
        assert layer.update == pytest.approx(np.linalg.norm(change) / np.linalg.norm(before.weights[number]))


def test_four_hidden_layers_have_two_epochs_to_begin_to_learn() -> None:
    sample = Examples(*data.load("sample").training)
    found = healths(sample.hold_out(1666)[0], (784, 30, 30, 30, 30, 10), epochs=5, l2=5.0)
    # At first it is like a network with too many layers.
    assert found[0].layers[0].delta_norm < 0.005 * found[0].layers[-1].delta_norm
    assert [health.remark for health in found] == [None] * 5


def two_noisy_classes(count: int) -> Examples:
    """25 pixels, two classes told apart by one half, and 30 % of the labels flipped."""
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 2, count)
    images = rng.integers(0, 120, (count, 25))
    images[:, :12] += 100 * labels[:, np.newaxis]
    flipped = np.where(rng.random(count) < 0.3, 1 - labels, labels)
    return Examples(images.astype(np.uint8), flipped.astype(np.int32))


def test_a_network_that_is_as_good_as_noisy_labels_allow_gets_no_remark() -> None:
    shown = two_noisy_classes(3000)
    settings = Settings(epochs=12)
    training = Training.begin((25, 10, 2), settings, seed=1)
    checkup = Checkup(training.network, shown, settings)
    found = [(report.train_accuracy, checkup.after(report).remark) for report in training.run(shown)]
    assert 0.65 < found[-1][0] < 0.75
    assert [remark for _, remark in found] == [None] * 12


@pytest.mark.parametrize("name", COST_NAMES)
def test_the_cost_of_guessing_is_the_lowest_of_all_constant_answers(name: str) -> None:
    frequencies = np.array([0.5, 0.3, 0.2])
    targets = oracles.one_hot([0] * 5 + [1] * 3 + [2] * 2, 3)

    def constant(answer: np.ndarray) -> float:
        return float(np.mean([oracles.cost_of_outputs(name, answer, y) for y in targets]))

    assert blind_cost(name, frequencies) == pytest.approx(constant(frequencies))
    for other in (np.array([0.4, 0.4, 0.2]), np.array([0.55, 0.3, 0.15])):
        assert constant(other) > blind_cost(name, frequencies)


@pytest.mark.parametrize(
    "choices", [{"learning_rate": 0.1, "dropout": 0.2}, {"learning_rate": 5.0, "l2": 3e3}]
)
def test_a_resumed_training_gets_the_figures_and_remarks_of_an_uninterrupted_one(
    choices: dict[str, Any], digits_of_the_sample: Examples
) -> None:
    choices = {"epochs": 6, "batch_size": 300, "l2": 0.5, **choices}
    settings, whole = Settings(**choices), healths(digits_of_the_sample, (784, 10, 10), **choices)
    resumed = Training.begin((784, 10, 10), settings, seed=1)
    for done in range(6):
        checkup = Checkup(resumed.network, digits_of_the_sample, settings, resumed.reports)
        assert checkup.after(next(resumed.run(digits_of_the_sample))) == whole[done]


def test_the_first_epoch_after_a_resumption_is_compared_with_the_one_before(
    digits_of_the_sample: Examples,
) -> None:
    network, settings = Training.begin((784, 10), Settings(), seed=1).network, Settings()
    before, after = (EpochReport(epoch, 0.5, cost, 0.8, None) for epoch, cost in ((1, 1.0), (2, 2.0)))
    resumed = Checkup(network, digits_of_the_sample, settings, [before])
    assert "the cost is rising" in (resumed.after(after).remark or "")
    assert Checkup(network, digits_of_the_sample, settings).after(after).remark is None


def test_weights_whose_squares_overflow_are_measured_without_a_warning() -> None:
    rng = np.random.default_rng(0)
    shown = Examples(rng.random((20, 4), np.float32), rng.integers(0, 3, 20))
    training = Training.begin((4, 5, 3), Settings(epochs=1, learning_rate=1e-35, l2=0.0), seed=1)
    # The hidden neurons are not saturated, so that their errors are as large as the weights above them.
    training.network.weights[0] *= 1e-3
    training.network.weights[1] *= 1e25
    checkup = Checkup(training.network, shown, training.settings)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        (report,) = training.run(shown)
        for weights in training.network.weights:
            weights *= 3
        health = checkup.after(report)
    assert [layer.update for layer in health.layers] == pytest.approx([2, 2], rel=1e-5)
    assert 1e23 < health.layers[0].delta_norm < math.inf


def test_a_checkup_does_not_change_the_training(digits_of_the_sample: Examples) -> None:
    settings = replace(Settings(), epochs=2, dropout=0.2)
    states = [Training.begin((784, 10, 10), settings, seed=1) for _ in range(2)]
    checkup = Checkup(states[0].network, digits_of_the_sample, settings)
    for report in states[0].run(digits_of_the_sample):
        checkup.after(report)
    list(states[1].run(digits_of_the_sample))
    np.testing.assert_equal(states[0].network.layers, states[1].network.layers)
