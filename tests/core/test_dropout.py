"""Dropout: its masks, a pass under them, and the gradient of that pass."""

import numpy as np
import pytest
from support import oracles
from support.problems import training_problem

from nnbp import Network, Settings, Training
from nnbp.dropout import Dropout
from nnbp.network import ForwardPass


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


@pytest.mark.parametrize("probability", [0.0, 0.5])
def test_dropout_of_inputs_drops_its_fraction_of_the_pixels_and_leaves_the_given_ones(
    probability: float,
) -> None:
    dropout = Dropout((400, 3, 2), 100, probability, np.random.default_rng(1), np.float64, 0.2)
    inputs = np.full((100, 400), 0.5)
    found = []
    for _ in range(2):
        dropout.draw()
        seen = dropout.of_inputs(inputs)
        found.append(seen.copy())
        np.testing.assert_allclose(np.unique(seen), [0, 0.5 / 0.8])
        assert (seen == 0).mean() == pytest.approx(0.2, abs=0.01)
    assert not np.array_equal(found[0], found[1])
    assert len(dropout.masks) == (1 if probability else 0)
    assert (inputs == 0.5).all()


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
    network, examples = training_problem((5, 4, 4, 3), 1)
    settings = Settings(epochs=1, batch_size=1, learning_rate=1.0, l2=0.0, dropout=0.5, cost=cost)
    before, target = network.copy(), oracles.one_hot(examples.labels, 3)[0]
    training = Training(network.copy(), settings, np.random.default_rng(3))
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
    network, examples = training_problem((5, 4, 4, 3), 40)
    settings = Settings(epochs=1, dropout=0.5, input_dropout=0.5)
    training = Training(network.copy(), settings, np.random.default_rng(3))
    (report,) = training.run(examples, examples)
    layers = training.network.layers
    answers = [np.argmax(oracles.activations(layers, x)[-1]) for x in examples.images]
    assert report.validation_accuracy == np.mean(answers == examples.labels)
