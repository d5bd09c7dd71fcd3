"""Mini-batch SGD against a loop over the examples; its reports; trainings that are saved and continued."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support import oracles
from support.problems import byte_examples, network_in, training_problem
from support.program import events, run

from nnbp import (
    DivergenceError,
    EpochReport,
    Examples,
    Network,
    Settings,
    Training,
    data,
    load,
    minibatches,
    regularization,
)
from nnbp.arrays import Layers
from nnbp.native import epochs
from nnbp.training import best_epoch
from nnbp.updates import GradientDescent


def problem(count: int = 23) -> tuple[Network, Examples]:
    return training_problem((5, 4, 3), count)


def train(
    network: Network,
    examples: Examples,
    validation: Examples | None,
    settings: Settings,
    rng: np.random.Generator,
) -> Iterator[EpochReport]:
    """Train a network that has not been trained yet."""
    return Training(network, settings, rng).run(examples, validation)


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"l2": 0.0},
        {"schedule": "constant"},
        {"cost": "quadratic", "learning_rate": 3.0},
        {"batch_size": 1},
        {"batch_size": 23},
        {"batch_size": 1000},
        {"batch_size": 22},
    ],
)
def test_training_takes_the_steps_of_a_loop_over_the_examples(change: dict[str, Any]) -> None:
    network, examples = problem()
    settings = replace(Settings(epochs=3, batch_size=10, l2=0.7), **change)
    rng = np.random.default_rng(5)
    layers, figures = oracles.train(network.layers, *examples, settings, rng, "f8")
    reports = list(train(network, examples, None, settings, np.random.default_rng(5)))
    for (w, b), weights, biases in zip(layers, network.weights, network.biases, strict=True):
        np.testing.assert_allclose(weights, w, rtol=1e-10)
        np.testing.assert_allclose(biases, b, rtol=1e-10)
    for report, (cost, accuracy) in zip(reports, figures, strict=True):
        assert report.cost == pytest.approx(cost, rel=1e-10)
        assert report.train_accuracy == accuracy


def test_reports_number_the_epochs_and_give_the_rate_in_force() -> None:
    network, examples = problem()
    settings = Settings(epochs=4, learning_rate=0.8)
    reports = list(train(network, examples, None, settings, np.random.default_rng(0)))
    assert [report.epoch for report in reports] == [1, 2, 3, 4]
    assert [report.learning_rate for report in reports] == pytest.approx([0.8, 0.6, 0.4, 0.2])
    constant = replace(settings, schedule="constant")
    assert [constant.rate(epoch) for epoch in (1, 4)] == [0.8, 0.8]


def test_the_validation_accuracy_is_that_of_the_network_after_the_epoch() -> None:
    network, examples = problem(60)
    held_out = Examples(examples.images[40:], examples.labels[40:])
    shown = Examples(examples.images[:40], examples.labels[:40])
    for report in train(network, shown, held_out, Settings(epochs=3), np.random.default_rng(0)):
        answers = [np.argmax(oracles.activations(network.layers, x)[-1]) for x in held_out.images]
        assert report.validation_accuracy == np.mean(answers == held_out.labels)


def test_without_validation_examples_there_is_no_validation_accuracy() -> None:
    network, examples = problem()
    (report,) = train(network, examples, None, Settings(epochs=1), np.random.default_rng(0))
    assert report.validation_accuracy is None


def test_the_same_generator_state_trains_the_same_network() -> None:
    networks = []
    for _ in range(2):
        network, examples = problem()
        list(train(network, examples, None, Settings(epochs=2), np.random.default_rng(3)))
        networks.append(network)
    np.testing.assert_equal(networks[0].layers, networks[1].layers)


def test_training_changes_neither_the_examples_nor_the_global_random_state() -> None:
    network, examples = problem()
    before, global_state = (examples.images.copy(), examples.labels.copy()), str(np.random.get_state())
    list(train(network, examples, None, Settings(epochs=2), np.random.default_rng(3)))
    np.testing.assert_equal(tuple(examples), before)
    assert str(np.random.get_state()) == global_state


def test_divergence_in_the_very_last_step_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    network, examples = problem(25)
    steps = []

    def spoil(self: GradientDescent, gradients: Layers, rate: float) -> None:
        steps.append(rate)
        if len(steps) == 3:
            network.weights[1][0, 0] = np.inf

    monkeypatch.setattr(GradientDescent, "step", spoil)
    with pytest.raises(DivergenceError, match=r"^epoch 1, mini-batch 3: "):
        list(train(network, examples, None, Settings(epochs=2), np.random.default_rng(0)))


@pytest.mark.parametrize("block_bytes", [1, 10**6])
def test_divergence_names_the_epoch_and_the_mini_batch_whose_cost_is_not_finite(
    block_bytes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(minibatches, "BLOCK_BYTES", block_bytes)
    network, examples = problem(40)
    network = network_in(np.float32, network)
    images = examples.images.astype(np.float32)
    images[17] = np.nan
    settings = Settings(epochs=2, batch_size=10, learning_rate=0.2)
    order = np.random.default_rng(4).permutation(40).tolist()
    with pytest.raises(DivergenceError) as caught:
        list(train(network, Examples(images, examples.labels), None, settings, np.random.default_rng(4)))
    assert str(caught.value).startswith(f"epoch 1, mini-batch {order.index(17) // 10 + 1}: ")
    assert "try a learning rate of 0.02" in str(caught.value)


def test_an_enormous_rate_diverges_without_a_warning_from_numpy() -> None:
    network, examples = problem()
    network = network_in(np.float32, network)
    settings = Settings(epochs=5, learning_rate=1e38, l2=1e9)
    with np.errstate(all="warn"), pytest.raises(DivergenceError):
        list(train(network, examples, None, settings, np.random.default_rng(0)))


@pytest.mark.parametrize(
    "wrong",
    [
        {"epochs": 0},
        {"epochs": 100_001},
        {"batch_size": 0},
        {"learning_rate": 0.0},
        {"learning_rate": float("inf")},
        {"learning_rate": float("nan")},
        {"l2": -1.0},
        {"l2": float("nan")},
        {"schedule": "cyclic"},
        {"cost": "hinge"},
        {"init": "zero"},
    ],
)
def test_settings_out_of_range_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=str(next(iter(wrong.values())))):
        replace(Settings(), **wrong)


def test_validation_examples_that_do_not_match_are_refused_before_training() -> None:
    network, examples = problem()
    before = network.copy().layers
    wrong = Examples(np.zeros((2, 6)), np.zeros(2, int))
    with pytest.raises(ValueError, match="images have shape"):
        train(network, examples, wrong, Settings(), np.random.default_rng(0))
    np.testing.assert_equal(network.layers, before)


@pytest.mark.parametrize(
    ("accuracies", "expected"),
    [
        ([], None),
        ([None, None], None),
        ([0.5], 1),
        ([0.1, 0.9, 0.9, 0.2], 2),
        ([0.0, 0.0], 1),
        ([None, 0.5, 0.9], 3),
    ],
)
def test_the_best_epoch_is_the_first_of_the_highest_validation_accuracy(
    accuracies: list[float | None], expected: int | None
) -> None:
    reports = [EpochReport(i, 0.5, 1.0, 0.5, accuracy) for i, accuracy in enumerate(accuracies, 1)]
    assert best_epoch(reports) == expected


def test_progress_counts_the_examples_of_each_epoch(engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(minibatches, "BLOCK_BYTES", 1)
    monkeypatch.setattr(epochs, "CALL", 1)
    rng = np.random.default_rng(0)
    training = Training.begin((4, 3), Settings(epochs=2, batch_size=10), seed=1)
    seen: list[int] = []
    images = rng.integers(0, 256, (25, 4), np.uint8)
    list(training.run((images, rng.integers(0, 3, 25)), engine=engine, progress=seen.append))
    assert seen == [10, 20, 25, 10, 20, 25]


def test_held_out_examples_are_the_last_ones(engine: str) -> None:
    by_number, by_hand = (Training.begin((4, 3), Settings(epochs=3), seed=1) for _ in range(2))
    images, labels = byte_examples(24, 4, 3)
    first = list(by_number.run((images, labels), validation=6, engine=engine))
    second = list(by_hand.run((images[:18], labels[:18]), (images[18:], labels[18:]), engine=engine))
    assert first == second
    assert (by_number.held_out, by_hand.held_out) == (6, 0)
    by_number.run((images[:18], labels[:18]), (images[18:], labels[18:]), engine=engine)
    assert by_number.held_out == 0
    with pytest.raises(ValueError, match="24 of 24 examples cannot be held out"):
        by_number.run((images, labels), validation=24)


def test_a_saved_training_continues_as_if_it_had_not_stopped(tmp_path: Path, engine: str) -> None:
    whole, broken = (Training.begin((4, 3), Settings(epochs=4, momentum=0.5), seed=1) for _ in range(2))
    examples = byte_examples(24, 4, 3)
    expected = list(whole.run(examples, validation=6, engine=engine))
    for report in broken.run(examples, validation=6, engine=engine):
        if report.epoch == 2:
            broken.save(str(tmp_path / "model.npz"))
            break
    model = load(str(tmp_path / "model.npz"))
    assert (model.dataset, model.dataset_sha256, model.training.engine) == ("unnamed", "", engine)
    list(model.training.run(examples))
    assert model.training.reports == expected
    np.testing.assert_equal(model.network.layers, whole.network.layers)


def test_a_training_saved_with_its_data_set_can_be_evaluated_from_the_shell(tmp_path: Path) -> None:
    digits = data.load("sample")
    training = Training.begin((784, 10), Settings(epochs=1), seed=1)
    list(training.run(digits.training))
    training.save(tmp_path / "model.npz", digits)
    (found,) = events(run("evaluate", "model.npz", "--json", cwd=tmp_path).stdout)
    assert found["accuracy"] == training.evaluate(digits.test).accuracy > 0.8


def test_a_training_in_float64_is_not_saved_in_float32(tmp_path: Path) -> None:
    training = Training.begin((4, 3), seed=1, dtype=np.float64)
    with pytest.raises(ValueError, match="float64; a model file holds float32"):
        training.save(tmp_path / "model.npz")
    assert not (tmp_path / "model.npz").exists()


def test_a_training_begins_with_the_random_network_of_its_seed_and_settings() -> None:
    for seed in (0, 1):
        training = Training.begin([4, 3], Settings(init="standard"), seed)
        rng = np.random.Generator(np.random.PCG64(seed))
        np.testing.assert_equal(training.network.layers, Network.random((4, 3), rng, init="standard").layers)
        assert training.rng.bit_generator.state == rng.bit_generator.state
        assert (training.seed, training.network.sizes) == (seed, (4, 3))


def test_without_a_seed_one_is_drawn_and_kept() -> None:
    first, second = Training.begin((4, 3)), Training.begin((4, 3))
    assert first.seed != second.seed
    again = Training.begin((4, 3), seed=first.seed)
    np.testing.assert_equal(again.network.layers, first.network.layers)


def test_the_engine_of_a_saved_training_is_kept_by_auto() -> None:
    training = Training.begin((4, 3), Settings(epochs=2), seed=1)
    next(training.run(byte_examples(24, 4, 3), engine="numpy"))
    training.run(byte_examples(24, 4, 3))
    assert training.engine == "numpy"


def test_the_l1_and_l2_terms_worked_by_hand() -> None:
    network = Network((2, 1), [np.array([[3.0], [-4.0]])], [np.array([100.0])])
    assert regularization(network, Settings(l1=2.0, l2=10.0), examples=5) == 2 / 5 * 7 + 10 / 10 * 25
