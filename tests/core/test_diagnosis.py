"""Each remark follows a planted failure, and a healthy training gets none."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from support import oracles

from nnbp import Examples, Network, Settings, Training, data
from nnbp.diagnosis import Checkup, Health


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
        ((784, 30, 10), {"cost": "quadratic", "learning_rate": 100.0}, "try the cross-entropy cost"),
        ((784, 30, 30, 30, 30, 30, 10), {}, "deltas vanish towards the input"),
        (
            (784, 10),
            {"learning_rate": 0.5, "schedule": "constant", "momentum": 0.99},
            "the learning rate is too high",
        ),
        ((784, 30, 10), {"learning_rate": 50.0}, "a dead start"),
        ((784, 30, 10), {"learning_rate": 1e-6}, "the learning rate is too low"),
    ],
)
def test_a_planted_failure_gets_a_remark(
    sizes: tuple[int, ...], choices: dict[str, Any], remark: str, digits_of_the_sample: Examples
) -> None:
    remarks = [health.remark or "" for health in healths(digits_of_the_sample, sizes, **choices)]
    assert any(remark in found for found in remarks), remarks


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


def test_a_checkup_does_not_change_the_training(digits_of_the_sample: Examples) -> None:
    settings = replace(Settings(), epochs=2, dropout=0.2)
    states = [Training.begin((784, 10, 10), settings, seed=1) for _ in range(2)]
    checkup = Checkup(states[0].network, digits_of_the_sample, settings)
    for report in states[0].run(digits_of_the_sample):
        checkup.after(report)
    list(states[1].run(digits_of_the_sample))
    np.testing.assert_equal(states[0].network.layers, states[1].network.layers)
