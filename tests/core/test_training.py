"""Mini-batch SGD against a loop over the examples, its seed, and its reports."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from support import oracles
from support.problems import byte_examples, training_problem

from nnbp import Examples, Model, Network, Settings, Training, data, minibatches
from nnbp.native import epochs


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
    network, examples = training_problem()
    settings = replace(Settings(epochs=3, batch_size=10, l2=0.7), **change)
    rng = np.random.default_rng(5)
    layers, figures = oracles.train(network.layers, *examples, settings, rng, "f8")
    reports = list(Training(network, settings, np.random.default_rng(5)).run(examples))
    for (w, b), weights, biases in zip(layers, network.weights, network.biases, strict=True):
        np.testing.assert_allclose(weights, w, rtol=1e-10)
        np.testing.assert_allclose(biases, b, rtol=1e-10)
    for report, (cost, accuracy) in zip(reports, figures, strict=True):
        assert report.cost == pytest.approx(cost, rel=1e-10)
        assert report.train_accuracy == accuracy


def test_reports_number_the_epochs_and_give_the_rate_in_force() -> None:
    network, examples = training_problem()
    settings = Settings(epochs=4, learning_rate=0.8)
    reports = list(Training(network, settings, np.random.default_rng(0)).run(examples))
    assert [report.epoch for report in reports] == [1, 2, 3, 4]
    assert [report.learning_rate for report in reports] == pytest.approx([0.8, 0.6, 0.4, 0.2])
    constant = replace(settings, schedule="constant")
    assert [constant.rate(epoch) for epoch in (1, 4)] == [0.8, 0.8]


def test_the_validation_accuracy_is_that_of_the_network_after_the_epoch() -> None:
    network, examples = training_problem(count=60)
    held_out = Examples(examples.images[40:], examples.labels[40:])
    shown = Examples(examples.images[:40], examples.labels[:40])
    for report in Training(network, Settings(epochs=3), np.random.default_rng(0)).run(shown, held_out):
        answers = [np.argmax(oracles.activations(network.layers, x)[-1]) for x in held_out.images]
        assert report.validation_accuracy == np.mean(answers == held_out.labels)


def test_without_validation_examples_there_is_no_validation_accuracy() -> None:
    network, examples = training_problem()
    (report,) = Training(network, Settings(epochs=1), np.random.default_rng(0)).run(examples)
    assert report.validation_accuracy is None


def test_the_same_generator_state_trains_the_same_network() -> None:
    networks = []
    for _ in range(2):
        network, examples = training_problem()
        list(Training(network, Settings(epochs=2), np.random.default_rng(3)).run(examples))
        networks.append(network)
    np.testing.assert_equal(networks[0].layers, networks[1].layers)


def test_training_changes_neither_the_examples_nor_the_global_random_state() -> None:
    network, examples = training_problem()
    before, global_state = (examples.images.copy(), examples.labels.copy()), str(np.random.get_state())
    list(Training(network, Settings(epochs=2), np.random.default_rng(3)).run(examples))
    np.testing.assert_equal(tuple(examples), before)
    assert str(np.random.get_state()) == global_state


def test_validation_examples_that_do_not_match_are_refused_before_training() -> None:
    network, examples = training_problem()
    before = network.copy().layers
    wrong = Examples(np.zeros((2, 6)), np.zeros(2, int))
    with pytest.raises(ValueError, match="images have shape"):
        Training(network, Settings(), np.random.default_rng(0)).run(examples, wrong)
    np.testing.assert_equal(network.layers, before)


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
    drawn = {Training.begin((2, 2)).seed or 0 for _ in range(30)}
    assert len(drawn) >= 29
    assert 2**25 < max(drawn) < 2**32
    again = Training.begin((4, 3), seed=first.seed)
    np.testing.assert_equal(again.network.layers, first.network.layers)


@pytest.mark.parametrize("wrong", [7, np.zeros(3), (np.zeros((2, 4)),), data.load("sample")])
def test_examples_that_are_no_pair_are_refused(wrong: Any) -> None:
    training = Training.begin((4, 3), seed=1)
    with pytest.raises(ValueError, match="a pair of images and labels was expected"):
        training.run(wrong)
    with pytest.raises(ValueError, match="a pair of images and labels was expected"):
        training.evaluate(wrong)


def test_lists_are_examples_as_arrays_are() -> None:
    training = Training.begin((2, 2), Settings(epochs=1), seed=1)
    assert len(list(training.run(([[0.0, 1.0], [1.0, 0.0]], [1, 0])))) == 1  # type: ignore[arg-type] # lists, not arrays


def test_the_representations_are_short() -> None:
    training = Training.begin((784, 10), Settings(epochs=2), seed=1)
    digits = data.load("sample")
    next(training.run(digits.training))
    assert repr(training) == "<Training of 784,10: 1 of 2 epochs>"
    assert repr(training.network) == "<Network 784,10 in float32>"
    assert repr(Model.of(training, digits)) == "<Model on sample: <Training of 784,10: 1 of 2 epochs>>"
    assert repr(digits) == "<Dataset sample: 10,000 training and 2,000 test images of 28×28 pixels>"
    found = training.evaluate(digits.test)
    counts = f"accuracy {found.accuracy:.4f} ({found.correct:,} of 2,000), cost {found.cost:.4f}"
    assert repr(found) == f"<Evaluation: {counts}>"


@pytest.mark.parametrize("validation", [None, 5])
def test_images_and_labels_of_different_lengths_are_refused(validation: int | None) -> None:
    images, labels = byte_examples(50, 4, 3)
    with pytest.raises(ValueError, match=r"labels have shape \(40,\); \(50,\) was expected"):
        Training.begin((4, 3), seed=1).run((images, labels[:40]), validation)


def test_a_run_that_is_refused_changes_nothing() -> None:
    training, examples = Training.begin((4, 3), seed=1), byte_examples(20, 4, 3)
    with pytest.raises(ValueError, match="'steam'"):
        training.run(examples, 5, engine="steam")
    assert (training.held_out, training.engine) == (0, None)
    training.run(examples, np.int64(5))  # type: ignore[arg-type] # an integer of NumPy's
    assert (training.held_out, type(training.held_out)) == (5, int)


@pytest.mark.parametrize("seed", [-1, 2**64])
def test_a_seed_out_of_range_is_refused(seed: int) -> None:
    with pytest.raises(ValueError, match=rf"^seed is {seed}; it has to be from 0 to 2\*\*64 - 1$"):
        Training.begin((4, 3), seed=seed)


def test_the_largest_seed_is_below_2_to_the_64() -> None:
    assert Training.begin((2, 2), seed=2**64 - 1).seed == 2**64 - 1


def test_patience_and_the_best_network_need_validation_examples() -> None:
    for settings in (Settings(patience=1), Settings(keep="best")):
        training = Training.begin((4, 3), settings, seed=1)
        with pytest.raises(ValueError, match=r"^patience and keep='best' need validation examples$"):
            training.run(byte_examples(20, 4, 3))


def test_a_training_is_over_after_its_epochs_and_not_before(engine: str) -> None:
    training = Training.begin((4, 3), Settings(epochs=2), seed=1)
    over = [training.is_over for _ in training.run(byte_examples(20, 4, 3), engine=engine)]
    assert over == [False, True]
    assert list(training.run(byte_examples(20, 4, 3), engine=engine)) == []
