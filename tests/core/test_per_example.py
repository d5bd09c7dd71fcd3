"""The gradients of single examples, their norms, inner products and clipped means, against loops."""

from itertools import pairwise

import numpy as np
import pytest
from support import oracles
from support.problems import SIZES, network_in, problem

import nnbp
from nnbp.backprop import Backpropagation
from nnbp.costs import COSTS
from nnbp.per_example import clipping_factors

ALL = pytest.mark.parametrize(
    ("cost", "sizes", "batch"),
    [(cost, sizes, batch) for cost in COSTS for sizes in SIZES for batch in (1, 2, 11)],
)


def gradients_one_by_one(
    cost: str, network: nnbp.Network, inputs: oracles.Array, targets: oracles.Array
) -> list[oracles.Layers]:
    return [oracles.gradient(cost, network.layers, x, y) for x, y in zip(inputs, targets, strict=True)]


def flat(layers: oracles.Layers) -> oracles.Array:
    """All numbers of a gradient in one row."""
    return np.concatenate([part.ravel() for part in oracles.flatten(layers)])


@ALL
def test_per_example_gradients_are_those_of_a_loop(cost: str, sizes: tuple[int, ...], batch: int) -> None:
    network, inputs, targets = problem(sizes, batch)
    found = nnbp.per_example_gradients(*nnbp.activations_and_deltas(network, inputs, targets, COSTS[cost]))
    assert [(w.shape, b.shape) for w, b in found] == [
        ((batch, n_in, n_out), (batch, n_out)) for n_in, n_out in pairwise(sizes)
    ]
    for row, expected in enumerate(gradients_one_by_one(cost, network, inputs, targets)):
        one = [(weights[row], biases[row]) for weights, biases in found]
        for a, b in zip(oracles.flatten(one), oracles.flatten(expected), strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-10, atol=1e-15)


@pytest.mark.parametrize("cost", COSTS)
@pytest.mark.parametrize("sizes", [(3, 2), (5, 4, 3), (4, 3, 3, 2)])
def test_per_example_gradients_agree_with_central_differences(cost: str, sizes: tuple[int, ...]) -> None:
    network, inputs, targets = problem(sizes, batch=3, seed=1)
    layers = network.layers
    found = nnbp.per_example_gradients(*nnbp.activations_and_deltas(network, inputs, targets, COSTS[cost]))
    for row, (x, y) in enumerate(zip(inputs, targets, strict=True)):
        one = [(weights[row], biases[row]) for weights, biases in found]
        for parameter, derivative in zip(oracles.flatten(layers), oracles.flatten(one), strict=True):
            numerical = oracles.central_differences(
                lambda x=x, y=y: oracles.cost(cost, layers, x, y),  # type: ignore[misc] # mypy infers no defaults
                parameter,
            )
            assert oracles.relative_difference(derivative, numerical) < 1e-7


@ALL
def test_squared_norms_are_those_of_the_formed_gradients(
    cost: str, sizes: tuple[int, ...], batch: int
) -> None:
    network, inputs, targets = problem(sizes, batch)
    both = nnbp.activations_and_deltas(network, inputs, targets, COSTS[cost])
    by_layer, whole = nnbp.squared_gradient_norms_by_layer(*both), nnbp.squared_gradient_norms(*both)
    assert by_layer.shape == (batch, len(sizes) - 1)
    assert whole.shape == (batch,)
    for row, gradient in enumerate(gradients_one_by_one(cost, network, inputs, targets)):
        expected = [np.sum(weights**2) + np.sum(biases**2) for weights, biases in gradient]
        np.testing.assert_allclose(by_layer[row], expected, rtol=1e-10)
        np.testing.assert_allclose(whole[row], np.sum(flat(gradient) ** 2), rtol=1e-10)


@ALL
def test_inner_products_are_those_of_all_pairs_of_formed_gradients(
    cost: str, sizes: tuple[int, ...], batch: int
) -> None:
    network, inputs, targets = problem(sizes, batch + 3)
    xs = gradients_one_by_one(cost, network, inputs[:3], targets[:3])
    ys = gradients_one_by_one(cost, network, inputs[3:], targets[3:])
    expected = [[float(flat(x) @ flat(y)) for y in ys] for x in xs]
    found = nnbp.gradient_inner_products(
        *nnbp.activations_and_deltas(network, inputs[:3], targets[:3], COSTS[cost]),
        *nnbp.activations_and_deltas(network, inputs[3:], targets[3:], COSTS[cost]),
    )
    assert found.shape == (3, batch)
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-14)


@ALL
def test_the_mean_of_clipped_gradients_is_that_of_a_loop(
    cost: str, sizes: tuple[int, ...], batch: int
) -> None:
    network, inputs, targets = problem(sizes, batch)
    each = gradients_one_by_one(cost, network, inputs, targets)
    norms = [float(np.linalg.norm(flat(gradient))) for gradient in each]
    # The middle one, so that some are clipped and some are not; and one that clips none.
    for max_norm in (sorted(norms)[batch // 2] * 0.99, max(norms) * 2):
        expected = np.mean(
            [flat(g) * (max_norm / n if n > max_norm else 1.0) for g, n in zip(each, norms, strict=True)],
            axis=0,
        )
        found = nnbp.mean_clipped_gradients(network, inputs, targets, COSTS[cost], max_norm)
        assert [(w.shape, b.shape) for w, b in found] == [(w.shape, b.shape) for w, b in each[0]]
        np.testing.assert_allclose(flat(found), expected, rtol=1e-10, atol=1e-15)


def test_the_norm_of_a_clipped_gradient_is_the_bound() -> None:
    network, inputs, targets = problem((5, 4, 3), batch=1)
    found = nnbp.mean_clipped_gradients(network, inputs, targets, COSTS["quadratic"], 1e-3)
    assert np.linalg.norm(flat(found)) == pytest.approx(1e-3, rel=1e-12)


def test_a_gradient_of_zero_stays_zero_under_clipping() -> None:
    # σ(800) is 1 and its slope 0: the gradient of the quadratic cost is 0 in every layer.
    network = nnbp.Network((1, 1), [np.array([[800.0]])], [np.zeros(1)])
    with np.errstate(all="raise"):
        found = nnbp.mean_clipped_gradients(network, np.ones((1, 1)), np.zeros((1, 1)), COSTS["quadratic"], 1)
    np.testing.assert_equal(flat(found), [0, 0])


def test_clipping_factors_worked_by_hand() -> None:
    # Norms 0, 1, 2 and 5.
    factors = clipping_factors(np.array([0, 1, 4, 25], np.float32), 2.0)
    np.testing.assert_array_equal(factors, [1, 1, 1, 0.4])
    # A bound that is 0 in float32.
    np.testing.assert_array_equal(clipping_factors(np.array([0, 1], np.float32), 1e-60), [1, 1e-60])


@pytest.mark.parametrize("max_norm", [0.0, -1.0, float("inf"), float("nan")])
def test_a_bound_that_is_not_finite_and_positive_is_refused(max_norm: float) -> None:
    network, inputs, targets = problem((5, 4, 3), batch=2)
    with pytest.raises(ValueError, match="max_norm is"):
        nnbp.mean_clipped_gradients(network, inputs, targets, COSTS["quadratic"], max_norm)


def test_float32_stays_float32_and_is_right_to_its_precision() -> None:
    network, inputs, targets = problem((12, 9, 10), batch=7)
    narrow = network_in(np.float32, network)
    inputs, targets = inputs.astype(np.float32), targets.astype(np.float32)
    both = nnbp.activations_and_deltas(narrow, inputs, targets, COSTS["cross-entropy"])
    each = gradients_one_by_one("cross-entropy", network, inputs, targets)
    whole = nnbp.squared_gradient_norms(*both)
    clipped = nnbp.mean_clipped_gradients(narrow, inputs, targets, COSTS["cross-entropy"], 0.5)
    products = nnbp.gradient_inner_products(*both, *both)
    for array in (*both[0], *both[1], whole, products, *oracles.flatten(clipped)):
        assert array.dtype == np.float32
    np.testing.assert_allclose(whole, [np.sum(flat(gradient) ** 2) for gradient in each], rtol=1e-4)
    np.testing.assert_allclose(np.diag(products), whole, rtol=1e-4)


def test_squares_of_small_deltas_are_above_zero_if_the_deltas_are_float64() -> None:
    activations, deltas = [np.zeros((1, 2), np.float32)], [np.full((1, 1), 1e-30, np.float32)]
    assert nnbp.squared_gradient_norms_by_layer(activations, deltas).item() == 0
    wide = nnbp.squared_gradient_norms_by_layer(activations, [deltas[0].astype(np.float64)])
    assert wide.item() == pytest.approx(1e-60, rel=1e-6, abs=0)


def test_returned_arrays_belong_to_the_caller() -> None:
    network, inputs, targets = problem((5, 4, 3), batch=2)
    activations, deltas = nnbp.activations_and_deltas(network, inputs, targets, COSTS["quadratic"])
    np.testing.assert_array_equal(activations[0], inputs)
    kept = [array.copy() for array in (*activations, *deltas)]
    gradients = nnbp.per_example_gradients(activations, deltas)
    for array in oracles.flatten(gradients):
        array.fill(7)
    nnbp.activations_and_deltas(network, inputs + 1, targets, COSTS["quadratic"])
    np.testing.assert_equal([*activations, *deltas], kept)
    for array in (*activations, *deltas):
        array.fill(7)
    assert inputs.max() <= 1
    assert not any((array == 7).any() for array in oracles.flatten(network.layers))


def test_each_gradient_is_multiplied_by_its_own_factor() -> None:
    network, inputs, targets = problem((5, 4, 3), batch=4)
    backpropagation = Backpropagation(network, 4, COSTS["quadratic"])
    backpropagation.run(inputs, targets, np.empty((4, 3)))
    factors = np.array([0.0, 1.0, 0.25, 3.0])
    found = backpropagation.mean_gradients(times=factors[:, np.newaxis])
    each = gradients_one_by_one("quadratic", network, inputs, targets)
    expected = np.mean([s * flat(g) for s, g in zip(factors, each, strict=True)], axis=0)
    np.testing.assert_allclose(flat(found), expected, rtol=1e-12, atol=1e-17)


def test_per_example_functions_refuse_arrays_that_do_not_match_the_network() -> None:
    network, inputs, targets = problem((5, 4, 3), batch=2)
    with pytest.raises(ValueError, match="do not match the sizes"):
        nnbp.activations_and_deltas(network, inputs[:, 1:], targets, COSTS["quadratic"])
    with pytest.raises(ValueError, match="do not match the sizes"):
        nnbp.mean_clipped_gradients(network, inputs, targets[:1], COSTS["quadratic"], 1.0)
