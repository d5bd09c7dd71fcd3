"""The outputs of both engines are those of float64, however large the weights are that cancel."""

import numpy as np
import pytest
from support import oracles
from support.problems import byte_examples

from nnbp import COSTS, Network, Predictor
from nnbp.arrays import Array

SIZES = [(61, 1), (61, 17), (61, 15, 16), (61, 16, 17, 1), (61, 33, 15, 33), (61, 100, 10)]

# Rounding to float32 alone takes 3e-8.
WITHIN = 1e-7


def cancelling(sizes: tuple[int, ...]) -> Network:
    """A network whose weights, up to ±30, cancel but for ±3 each if inputs 2i and 2i + 1 are equal."""
    rng = np.random.default_rng(1)
    network = Network.random(sizes, rng)
    for number, (weights, biases) in enumerate(network.layers):
        pairs = weights[: len(weights) // 2 * 2]
        large = rng.uniform(10, 30, (len(pairs) // 2, pairs.shape[1]))
        pairs[:] = rng.uniform(-3, 3, pairs.shape)
        pairs[0::2] += large
        pairs[1::2] -= large
        if number < len(sizes) - 2:
            last = weights.shape[1] // 2 * 2
            weights[:, 1:last:2], biases[1:last:2] = weights[:, 0:last:2], biases[0:last:2]
    return network


def in_pairs(lit: float) -> Array:
    """Images (200, 61), of which this fraction of the pixels is not black."""
    shown = byte_examples(200, 61, 2, lit).images
    shown[:, 1:60:2] = shown[:, 0:60:2]
    return shown


@pytest.mark.parametrize("cost", COSTS)
@pytest.mark.parametrize("sizes", SIZES, ids=str)
def test_outputs_are_those_of_the_loop_in_float64(sizes: tuple[int, ...], cost: str, engine: str) -> None:
    network = cancelling(sizes)
    layers = [(weights.astype(float), biases.astype(float)) for weights, biases in network.layers]
    for lit in (0.2, 1.0):
        shown = in_pairs(lit)
        exact = np.array([oracles.activations(layers, x, cost)[-1] for x in shown / 255])
        labels, found = Predictor(network, cost, engine).answers(shown)
        assert found.dtype == np.float32
        assert np.abs(found - exact).max() <= WITHIN
        # With several neurons some outputs are near each bound, and some between.
        assert len(exact[0]) == 1 or (exact.min() < 0.01 and exact.max() > 0.6)
        assert (exact[np.arange(len(shown)), labels] >= exact.max(axis=1) - 1e-12).all()


def test_differences_of_large_weighted_inputs_are_exact(engine: str) -> None:
    """In float32 the numbers around 40 are 4e-6 apart."""
    rng = np.random.default_rng(2)
    weights = rng.uniform(0, 4, (60, 2)).astype(np.float32)
    weights[:, 1] = np.roll(weights[:, 0], 7)
    network = Network((60, 2), [weights], [np.zeros(2, np.float32)])
    shown = byte_examples(500, 60, 2, 0.5).images
    z = (shown / 255) @ weights.astype(float)
    assert z.max() > 40
    exact = 1 / (1 + np.exp(z[:, ::-1] - z))
    assert np.abs(Predictor(network, "log-likelihood", engine).run(shown) - exact).max() <= WITHIN


def test_a_label_is_that_of_the_larger_of_two_weighted_inputs_that_float32_does_not_distinguish(
    engine: str,
) -> None:
    weights = np.array([[1e-7, 2e-7, 0]], np.float32)
    network = Network((1, 3), [weights], [np.array([40, 40, 0], np.float32)])
    assert Predictor(network, "quadratic", engine).answers(np.full((1, 1), 255, np.uint8))[0].tolist() == [1]


def test_weighted_inputs_of_every_size_have_outputs(engine: str) -> None:
    z = np.array([-3e38, -1000, -800, -400, -90, -20, -1, 0, 1, 20, 90, 400, 800, 1000, 3e38], np.float32)
    network = Network((1, len(z)), [np.zeros((1, len(z)), np.float32)], [z])
    black = np.zeros((1, 1), np.uint8)
    exact = 1 / (1 + np.exp(-np.clip(z.astype(float), -700, 700)))
    for cost, expected in (("quadratic", exact), ("log-likelihood", [*[0] * 14, 1])):
        assert np.abs(Predictor(network, cost, engine).run(black) - expected).max() <= WITHIN


def test_weights_whose_sums_are_beyond_float32_have_outputs(engine: str) -> None:
    weights = np.full((3, 3), 3e38, np.float32) * np.array([1, 1, -1], np.float32)
    network = Network((3, 3), [weights], [weights[0].copy()])
    white = np.full((1, 3), 255, np.uint8)
    for cost, expected in (("log-likelihood", [0.5, 0.5, 0]), ("quadratic", [1, 1, 0])):
        labels, found = Predictor(network, cost, engine).answers(white)
        assert labels.tolist() == [0]
        assert found[0] == pytest.approx(expected, abs=1e-7)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_parameters_that_are_no_numbers_give_none(bad: float, engine: str) -> None:
    network = Network((2, 2), [np.ones((2, 2), np.float32)], [np.array([0, bad], np.float32)])
    found = Predictor(network, "log-likelihood", engine).run(np.full((1, 2), 9, np.uint8))
    assert np.isnan(found[0, 1])


def test_a_network_in_float64_has_outputs_in_float64() -> None:
    wide = Network.random((4, 3), np.random.default_rng(0), dtype=np.float64)
    shown = byte_examples(5, 4, 3).images
    found = Predictor(wide, "quadratic").run(shown)
    assert found.dtype == np.float64
    assert found == pytest.approx(wide.outputs(shown, "quadratic"), rel=1e-14)


def test_numbers_in_float64_are_not_rounded_first() -> None:
    network = Network((1, 1), [np.array([[1e8]], np.float32)], [np.array([-1e8], np.float32)])
    found = Predictor(network, "quadratic").run(np.array([[1 - 1e-9]]))
    assert found[0, 0] == pytest.approx(1 / (1 + np.exp(0.1)), abs=1e-6)
