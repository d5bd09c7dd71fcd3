"""The figures of single examples, against a loop over them."""

import math
import warnings

import numpy as np
import pytest
from support import exact, oracles
from support.problems import byte_examples, network_in

from nnbp import COSTS, Examples, Network, Settings, Training, per_example_diagnostics
from nnbp.per_example_figures import Diagnostics


def collected(network: Network, examples: Examples, cost: str) -> Diagnostics:
    blocks = list(per_example_diagnostics(network, examples, COSTS[cost]))
    return Diagnostics(*map(np.concatenate, zip(*blocks, strict=True)))


@pytest.mark.parametrize("cost", COSTS)
@pytest.mark.parametrize(("count", "pixels"), [(1, 6), (250, 6), (603, 6), (505, 784)])
def test_diagnostics_are_those_of_a_loop_over_the_examples(cost: str, count: int, pixels: int) -> None:
    rng = np.random.default_rng(count)
    network = Network.random((pixels, 5, 4), rng, dtype=np.float64)
    examples = Examples(rng.random((count, pixels)), rng.integers(0, 4, count))
    found = collected(network, examples, cost)
    np.testing.assert_array_equal(found.labels, examples.labels)
    for row, (x, label) in enumerate(zip(examples.images, examples.labels, strict=True)):
        y = oracles.one_hot([label], 4)[0]
        a = oracles.activations(network.layers, x, cost)[-1]
        norms = [
            float(np.sqrt(np.sum(w**2) + np.sum(b**2)))
            for w, b in oracles.gradient(cost, network.layers, x, y)
        ]
        assert found.predictions[row] == np.argmax(a)
        assert found.probabilities[row] == pytest.approx(a[label], rel=1e-10)
        assert found.costs[row] == pytest.approx(oracles.cost(cost, network.layers, x, y), rel=1e-10)
        assert found.layer_norms[row] == pytest.approx(norms, rel=1e-10)
        assert found.gradient_norms[row] == pytest.approx(np.linalg.norm(norms), rel=1e-10)


def assert_nine_digits(network: Network, examples: Examples, cost: str) -> Diagnostics:
    """The figures, after comparing each with that of 400-digit arithmetic."""
    found = collected(network, examples, cost)
    for row, (image, label) in enumerate(zip(examples.images, examples.labels, strict=True)):
        probability, value, norms = exact.figures(cost, network.layers, image / np.float64(255), int(label))
        assert found.probabilities[row] == pytest.approx(probability, rel=1e-9, abs=0)
        assert found.costs[row] == pytest.approx(value, rel=1e-9, abs=0)
        assert found.layer_norms[row] == pytest.approx(norms, rel=1e-9, abs=0)
        assert found.gradient_norms[row] == pytest.approx(math.hypot(*norms), rel=1e-9, abs=0)
    return found


@pytest.mark.parametrize("cost", COSTS)
def test_the_figures_of_a_saturated_network_are_right_to_nine_digits(cost: str) -> None:
    # Almost every neuron of the hidden layers, and every output, is within 1e-9 of 0 or 1; half are wrong.
    network = Network.random((12, 4, 3, 3), np.random.default_rng(2), dtype=np.float64)
    for array in oracles.flatten(network.layers):
        array *= 40
    found = assert_nine_digits(network_in(np.float32, network), byte_examples(25, 12, 3), cost)
    assert found.layer_norms.min() < 1e-24
    assert found.probabilities.min() < 1e-9


@pytest.mark.parametrize("cost", ["cross-entropy", "log-likelihood"])
def test_the_figures_of_well_learned_examples_are_right_to_nine_digits(cost: str) -> None:
    settings = Settings(cost=cost, l2=0.0, momentum=0.9, epochs=800, learning_rate=0.5)
    training, examples = Training.begin((12, 8, 3), settings, seed=1), byte_examples(30, 12, 3, lit=0.8)
    list(training.run(examples, engine="numpy"))
    found = assert_nine_digits(training.network, examples, cost)
    assert found.costs.min() < 1e-6
    assert found.costs.max() < 0.1


@pytest.mark.parametrize("z", [17.0, 100.0, 345.0])
@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("cost", COSTS)
def test_a_cost_and_a_gradient_far_too_small_for_float32_are_right(cost: str, sign: int, z: float) -> None:
    network = Network((1, 2), [np.zeros((1, 2))], [np.array([sign * z, -sign * z]) / 2])
    if cost != "log-likelihood":
        network.biases[0] *= 2
    assert_nine_digits(network, Examples(np.zeros((1, 1), np.uint8), np.array([0])), cost)


def test_a_single_output_of_a_softmax_costs_nothing() -> None:
    found = collected(
        Network((1, 1), [np.ones((1, 1))], [np.ones(1)]),
        Examples(np.ones((1, 1)), np.array([0])),
        "log-likelihood",
    )
    assert (found.costs.item(), found.gradient_norms.item(), found.probabilities.item()) == (0, 0, 1)


def test_a_block_keeps_its_figures_when_the_next_one_comes() -> None:
    rng = np.random.default_rng(0)
    network = Network.random((784, 5, 4), rng)
    examples = Examples(rng.integers(0, 256, (600, 784), np.uint8), rng.integers(0, 4, 600))
    blocks = per_example_diagnostics(network, examples, COSTS["quadratic"])
    first = next(blocks)
    kept = [array.copy() for array in first]
    assert sum(len(block.labels) for block in blocks) == 600 - len(first.labels) > 0
    np.testing.assert_equal(list(first), kept)


def test_a_norm_whose_square_is_too_small_for_float32_is_found() -> None:
    # The lower layer's delta is (a − y) w σ′ = ½ · 1e-25 · ¼, and its norm that times √(1 + x²).
    weights = [np.zeros((1, 1), np.float32), np.array([[1e-25]], np.float32)]
    network = Network((1, 1, 1), weights, [np.zeros(1, np.float32), np.zeros(1, np.float32)])
    found = collected(network, Examples(np.ones((1, 1)), np.array([0])), "cross-entropy")
    assert found.layer_norms[0, 0] == pytest.approx(1e-25 / 8 * np.sqrt(2), rel=1e-6, abs=0)


def test_an_overflow_gives_no_warning() -> None:
    network = Network((2, 2), [np.full((2, 2), 1e308)], [np.full(2, 1e308)])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = collected(network, Examples(np.ones((1, 2)), np.array([0])), "cross-entropy")
    assert not np.isfinite(found.costs).any()


def test_examples_that_do_not_match_the_network_are_refused() -> None:
    network = Network.random((6, 4), np.random.default_rng(0))
    with pytest.raises(ValueError, match=r"\(n, 6\) was expected"):
        collected(network, Examples(np.zeros((2, 5)), np.zeros(2, int)), "quadratic")
