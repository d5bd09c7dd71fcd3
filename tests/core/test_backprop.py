"""The vectorized gradients against a loop over the examples, central differences, and arithmetic by hand."""

import math

import numpy as np
import numpy.typing as npt
import pytest
from support import oracles
from support.problems import SIZES, network_in, problem

from nnbp import Network, mean_gradients
from nnbp.backprop import Backpropagation, backpropagate
from nnbp.costs import COSTS


@pytest.mark.parametrize("cost", COSTS)
@pytest.mark.parametrize("sizes", SIZES)
@pytest.mark.parametrize("batch", [1, 2, 11])
def test_mean_gradients_are_those_of_a_loop_over_the_examples(
    cost: str, sizes: tuple[int, ...], batch: int
) -> None:
    network, inputs, targets = problem(sizes, batch)
    expected = oracles.mean_gradient(cost, network.layers, inputs, targets)
    found = mean_gradients(network, inputs, targets, COSTS[cost])
    for a, b in zip(oracles.flatten(found), oracles.flatten(expected), strict=True):
        assert a.shape == b.shape
        assert oracles.relative_difference(a, b) < 1e-12


@pytest.mark.parametrize("cost", COSTS)
@pytest.mark.parametrize("sizes", SIZES)
def test_mean_gradients_agree_with_central_differences(cost: str, sizes: tuple[int, ...]) -> None:
    network, inputs, targets = problem(sizes, batch=4, seed=1)
    layers = network.layers

    def mean_cost() -> float:
        costs = [oracles.cost(cost, layers, x, y) for x, y in zip(inputs, targets, strict=True)]
        return float(np.mean(costs))

    found = mean_gradients(network, inputs, targets, COSTS[cost])
    for parameter, derivative in zip(oracles.flatten(layers), oracles.flatten(found), strict=True):
        numerical = oracles.central_differences(mean_cost, parameter)
        assert oracles.relative_difference(derivative, numerical) < 1e-7


def test_a_network_of_two_two_and_one_neurons_worked_by_hand() -> None:
    # x = (1, 0), y = (1); a hidden layer of two neurons and one output.
    #
    #   weights 1 = [[0, ln 3], [5, 5]], biases 1 = (0, 0)    z1 = (0, ln 3)
    #   σ(0) = 1/2, σ(ln 3) = 1/(1 + 1/3) = 3/4               a1 = (1/2, 3/4)
    #   weights 2 = [[2 ln 3], [0]], biases 2 = (0)           z2 = ln 3,  a2 = 3/4
    #
    # Cross-entropy:  δ2 = a2 − y = −1/4                                        (BP1)
    #   δ1 = δ2 (2 ln 3, 0) ⊙ a1 (1 − a1) = (−1/4 · 2 ln 3 · 1/4, 0)
    #      = (−(ln 3)/8, 0)                                                     (BP2)
    #   ∂C/∂biases are δ1 and δ2 themselves                                     (BP3)
    #   ∂C/∂weights 2 = a1ᵀδ2 = (−1/8, −3/16)ᵀ                                  (BP4)
    #   ∂C/∂weights 1 = xᵀδ1: the row of x = 1 is δ1, the row of x = 0 is 0
    # Quadratic:      δ2 = (a2 − y) a2 (1 − a2) = −1/4 · 3/16 = −3/64, and everything else times 3/16.
    ln3 = math.log(3)
    weights = [np.array([[0.0, ln3], [5.0, 5.0]]), np.array([[2 * ln3], [0.0]])]
    network = Network((2, 2, 1), weights, [np.zeros(2), np.zeros(1)])
    x, y = np.array([[1.0, 0.0]]), np.array([[1.0]])
    for cost, slope in (("cross-entropy", 1.0), ("quadratic", 3 / 16)):
        (weights_1, biases_1), (weights_2, biases_2) = mean_gradients(network, x, y, COSTS[cost])
        np.testing.assert_allclose(biases_2, [-slope / 4], rtol=1e-14)
        np.testing.assert_allclose(weights_2, [[-slope / 8], [-3 * slope / 16]], rtol=1e-14)
        np.testing.assert_allclose(biases_1, [-slope * ln3 / 8, 0], rtol=1e-14)
        np.testing.assert_allclose(weights_1, [[-slope * ln3 / 8, 0.0], [0.0, 0.0]], rtol=1e-14)


def test_deltas_are_those_of_the_single_examples_and_never_averaged() -> None:
    network, inputs, targets = problem((5, 4, 3), batch=6)
    backpropagation = Backpropagation(network, 6, COSTS["quadratic"])
    for _ in range(2):  # the buffers of one pass serve the next
        backpropagation.run(inputs, targets, np.empty((6, 3)))
    for row, (x, y) in enumerate(zip(inputs, targets, strict=True)):
        expected = oracles.gradient("quadratic", network.layers, x, y)
        for deltas, (_, biases) in zip(backpropagation.deltas, expected, strict=True):
            assert len(deltas) == 6
            np.testing.assert_allclose(deltas[row], biases, rtol=1e-12)


def test_mean_gradients_are_multiplied_by_a_factor() -> None:
    network, inputs, targets = problem((5, 4, 3), batch=6)
    backpropagation = Backpropagation(network, 6, COSTS["quadratic"])
    backpropagation.run(inputs, targets, np.empty((6, 3)))
    expected = oracles.mean_gradient("quadratic", network.layers, inputs, targets)
    for factor in (1.0, -0.25):  # the deltas are not changed
        found = backpropagation.mean_gradients(times=factor)
        for a, b in zip(oracles.flatten(found), oracles.flatten(expected), strict=True):
            np.testing.assert_allclose(a, factor * b, rtol=1e-12)


def test_mean_gradients_change_neither_the_network_nor_the_inputs() -> None:
    network, inputs, targets = problem((5, 4, 3), batch=2)
    before = network.copy().layers, inputs.copy()
    mean_gradients(network, inputs, targets, COSTS["quadratic"])
    np.testing.assert_equal(network.layers, before[0])
    np.testing.assert_equal(inputs, before[1])


@pytest.mark.parametrize("cost", COSTS)
def test_a_network_in_single_precision_is_computed_in_single_precision_throughout(cost: str) -> None:
    network, inputs, targets = problem((5, 4, 3), batch=6)
    network, inputs, targets = network_in("f4", network), inputs.astype("f4"), targets.astype("f4")
    passes = backpropagate(network, inputs, targets, cost)
    # A layer and its sigmoid, each rounded to float32 after each operation.
    hidden = np.tanh((inputs @ network.weights[0] + network.biases[0]) * np.float32(0.5)) * np.float32(0.5)
    z = (hidden + np.float32(0.5)) @ network.weights[1] + network.biases[1]
    assert z.dtype == np.float32
    expected = np.empty_like(z)
    COSTS[cost].output_error(z, targets, slope=np.empty_like(z), out=expected)
    np.testing.assert_array_equal(passes.deltas[-1], expected)
    assert {delta.dtype for delta in passes.deltas} == {np.dtype("f4")}
    assert {array.dtype for layer in passes.mean_gradients() for array in layer} == {np.dtype("f4")}


@pytest.mark.parametrize(
    ("inputs", "targets"), [((2, 4), (2, 3)), ((2, 5), (2, 2)), ((2, 5), (1, 3)), ((0, 5), (0, 3))]
)
def test_mean_gradients_refuse_arrays_that_do_not_match_the_network(
    inputs: tuple[int, int], targets: tuple[int, int]
) -> None:
    network, _, _ = problem((5, 4, 3), batch=1)
    with pytest.raises(ValueError, match="do not match the sizes"):
        mean_gradients(network, np.zeros(inputs), np.zeros(targets), COSTS["quadratic"])


@pytest.mark.parametrize("dtype", [np.uint8, np.float64])
def test_inputs_in_another_precision_than_the_network_are_refused(dtype: npt.DTypeLike) -> None:
    network = Network.random((4, 3), np.random.default_rng(0))
    inputs, targets = np.ones((5, 4), dtype), np.zeros((5, 3), np.float32)
    with pytest.raises(ValueError, match="float32 was expected for both, with pixels 0–1"):
        mean_gradients(network, inputs, targets, "cross-entropy")
    with pytest.raises(ValueError, match="float32 was expected for both"):
        mean_gradients(network, inputs.astype(np.float32), targets.astype(np.float64), "cross-entropy")
