"""The compiled engine against the NumPy engine, on an epoch of the bundled sample and its test images."""

from typing import Any

import numpy as np
import pytest
from support.compiled import parameters

from nnbp import COSTS, Examples, Network, Settings, Training, data, evaluation, native, sgd
from nnbp.settings import COST_NAMES

CHOICES: list[dict[str, Any]] = [
    {},
    {"cost": "quadratic", "l2": 0.0, "learning_rate": 3.0},
    {"cost": "log-likelihood"},
    {"l1": 2.0},
    {"l1": 2.0, "l2": 0.0, "batch_size": 32},
    {"momentum": 0.9, "learning_rate": 0.1},
    {"momentum": 0.9, "nesterov": True, "l1": 1.0, "learning_rate": 0.1},
    {"dropout": 0.3},
    {"dropout": 0.3, "momentum": 0.8, "nesterov": True, "learning_rate": 0.1, "cost": "log-likelihood"},
    {"batch_size": 7, "schedule": "cosine"},
    {"batch_size": 64, "schedule": "step", "warmup": 1},
    {"init": "standard"},
]


@pytest.fixture(scope="module")
def sample() -> tuple[Examples, Examples]:
    """Training and test examples."""
    digits = data.load("sample")
    return Examples(digits.train_images, digits.train_labels), Examples(
        digits.test_images, digits.test_labels
    )


@pytest.mark.parametrize("choices", CHOICES, ids=str)
def test_after_an_epoch_both_engines_have_the_same_network_and_figures(
    choices: dict[str, Any], sample: tuple[Examples, Examples]
) -> None:
    settings = Settings(**choices)
    textbook, compiled = (Training.begin((784, 30, 10), settings, seed=1) for _ in range(2))
    expected = sgd.Epochs(textbook.network, textbook.velocity, sample[0], settings, textbook.rng).run(1)
    epochs = native.Epochs(compiled.network, compiled.velocity, sample[0], settings, compiled.rng, threads=2)
    found = epochs.run(1)
    # Where L1 moves a weight back and forth across 0, the velocity depends on its sign.
    for layers, exact, within in (
        (compiled.network.layers, textbook.network.layers, 1e-4),
        (compiled.velocity, textbook.velocity, 1e-2),
    ):
        if exact:
            norm = np.linalg.norm(parameters(exact))
            assert np.linalg.norm(parameters(layers) - parameters(exact)) < within * norm
    assert found.cost == pytest.approx(expected.cost, rel=1e-5)
    assert found.total == expected.total == 10_000
    # An example with two nearly equal outputs may get either answer.
    assert np.abs(found.confusion - expected.confusion).sum() <= 10
    assert compiled.rng.bit_generator.state == textbook.rng.bit_generator.state


@pytest.mark.parametrize("sizes", [(784, 30, 10), (784, 10), (784, 40, 50, 60, 10)])
@pytest.mark.parametrize("cost", COST_NAMES)
def test_both_engines_give_the_same_answers(
    cost: str, sizes: tuple[int, ...], sample: tuple[Examples, Examples]
) -> None:
    network = Training.begin(sizes, Settings(), seed=2).network
    expected = evaluation.Evaluator(network, sample[1], COSTS[cost]).run()
    for threads in (1, 2, 3):
        found = native.Evaluator(network, sample[1], COSTS[cost], threads).run()
        assert found.confusion.tolist() == expected.confusion.tolist()
        assert found.cost == pytest.approx(expected.cost, rel=1e-6)


def test_an_evaluator_shows_the_network_as_it_is_now(sample: tuple[Examples, Examples]) -> None:
    network = Training.begin((784, 30, 10), Settings(), seed=2).network
    both = [kind(network, sample[1], COSTS["quadratic"]) for kind in (evaluation.Evaluator, native.Evaluator)]
    counts = []
    for _ in range(2):
        expected, found = (evaluator.run() for evaluator in both)
        assert found.correct == expected.correct
        counts.append(found.correct)
        network.biases[-1][3] += 5.0
    assert counts[0] != counts[1]


def test_a_single_example_is_answered(sample: tuple[Examples, Examples]) -> None:
    network = Training.begin((784, 30, 10), Settings(), seed=2).network
    one = Examples(sample[1].images[:1], sample[1].labels[:1])
    expected = evaluation.Evaluator(network, one, COSTS["cross-entropy"]).run()
    found = native.Evaluator(network, one, COSTS["cross-entropy"]).run()
    assert found.confusion.tolist() == expected.confusion.tolist()
    assert found.cost == pytest.approx(expected.cost, rel=1e-5)


def test_examples_that_do_not_match_the_network_are_refused(sample: tuple[Examples, Examples]) -> None:
    training = Training.begin((783, 30, 10), Settings(), seed=2)
    with pytest.raises(ValueError, match="shape"):
        native.Epochs(training.network, [], sample[0], Settings(), training.rng)
    with pytest.raises(ValueError, match="shape"):
        native.Evaluator(training.network, sample[0], COSTS["quadratic"])


def test_the_small_terms_of_a_large_mini_batch_are_not_lost(sample: tuple[Examples, Examples]) -> None:
    """2,000 terms added to the weights one by one would lose digits, since every sum is rounded."""
    training, first, then = sample[0], Settings(), Settings(batch_size=2_000, l2=0.0)
    trained = Training.begin((784, 30, 10), first, seed=1)
    sgd.Epochs(trained.network, [], training, first, trained.rng).run(1)
    exact = Network(
        trained.network.sizes,
        [weights.astype(np.float64) for weights in trained.network.weights],
        [biases.astype(np.float64) for biases in trained.network.biases],
    )
    before, compiled = parameters(exact.layers), trained.network.copy()
    sgd.Epochs(exact, [], training, then, np.random.default_rng(0)).run(1)
    native.Epochs(compiled, [], training, then, np.random.default_rng(0)).run(1)
    after = parameters(exact.layers)
    assert np.linalg.norm(parameters(compiled.layers) - after) < 2e-4 * np.linalg.norm(after - before)
