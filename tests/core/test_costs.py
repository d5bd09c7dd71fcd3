"""The costs and the sigmoid: textbook values wherever these do not overflow, and finite values everywhere."""

import numpy as np
import numpy.typing as npt
import pytest
from support import oracles

from nnbp.costs import COSTS
from nnbp.settings import COST_NAMES
from nnbp.sigmoid import precise_sigmoid, precise_sigmoid_prime, sigmoid, sigmoid_prime, softplus

EXTREMES = [-1e4, -800.0, -100.0, -40.0, -1.0, 0.0, 1.0, 40.0, 100.0, 800.0, 1e4]


def test_the_settings_know_the_names_of_all_costs() -> None:
    assert tuple(COSTS) == COST_NAMES


@pytest.mark.parametrize("name", COSTS)
def test_a_cost_has_the_value_of_its_textbook_form(name: str) -> None:
    z = np.random.default_rng(0).normal(0, 3, (20, 4))
    y = oracles.one_hot([i % 4 for i in range(20)], 4)
    expected = [
        oracles.cost_of_outputs(name, oracles.outputs(name, row), target)
        for row, target in zip(z, y, strict=True)
    ]
    np.testing.assert_allclose(COSTS[name].values(z, y), expected, rtol=1e-12)


@pytest.mark.parametrize("name", COSTS)
def test_the_output_error_is_the_derivative_of_the_cost(name: str) -> None:
    z = np.random.default_rng(1).normal(0, 2, (3, 4))
    y = oracles.one_hot([0, 3, 1], 4)
    error = np.empty_like(z)
    COSTS[name].output_error(z, y, slope=np.empty_like(z), out=error)
    numerical = oracles.central_differences(lambda: float(COSTS[name].values(z, y).sum()), z)
    np.testing.assert_allclose(error, numerical, rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize("name", COSTS)
def test_both_forms_of_the_output_error_agree(name: str) -> None:
    z = np.random.default_rng(1).normal(0, 5, (30, 4))
    y = oracles.one_hot([i % 4 for i in range(30)], 4)
    error = np.empty_like(z)
    COSTS[name].output_error(z, y, slope=np.empty_like(z), out=error)
    np.testing.assert_allclose(COSTS[name].precise_output_error(z, y), error, rtol=1e-9, atol=1e-15)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", COSTS)
def test_no_weighted_input_overflows_or_gives_log_0(name: str, dtype: npt.DTypeLike) -> None:
    z = np.array([EXTREMES, EXTREMES], dtype)
    y = np.array([[0] * len(EXTREMES), [1] * len(EXTREMES)], dtype)
    error = np.empty_like(z)
    with np.errstate(all="raise"):
        values = COSTS[name].values(z, y)
        COSTS[name].output_error(z, y, slope=np.empty_like(z), out=error)
        precise = COSTS[name].precise_output_error(z, y)
        activations = COSTS[name].activations(z)
    assert {array.dtype for array in (values, precise, activations)} == {np.dtype(dtype)}
    assert np.isfinite(precise).all()
    assert np.isfinite(values).all()
    assert np.isfinite(error).all()
    assert (np.abs(error) <= 1).all()


def test_the_outputs_are_those_of_a_textbook_and_those_of_a_softmax_sum_to_one() -> None:
    z = np.random.default_rng(0).normal(0, 3, (20, 4))
    for name, cost in COSTS.items():
        np.testing.assert_allclose(cost.activations(z), [oracles.outputs(name, row) for row in z], rtol=1e-13)
    np.testing.assert_allclose(COSTS["log-likelihood"].activations(z).sum(axis=1), 1, rtol=1e-14)


def test_the_log_likelihood_of_a_confident_mistake_is_the_distance_of_the_weighted_inputs() -> None:
    z, y = np.array([[1e4, 0.0, -1e4]]), np.array([[0.0, 0.0, 1.0]])
    np.testing.assert_array_equal(COSTS["log-likelihood"].values(z, y), [2e4])


def test_the_cross_entropy_of_a_confident_mistake_is_its_weighted_input() -> None:
    z, y = np.array([[1e4], [-1e4]]), np.array([[0.0], [1.0]])
    np.testing.assert_array_equal(COSTS["cross-entropy"].values(z, y), [1e4, 1e4])


@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float32, 2e-7), (np.float64, 4e-16)])
def test_the_sigmoid_and_its_derivative_have_their_textbook_values(
    dtype: npt.DTypeLike, tolerance: float
) -> None:
    z = np.linspace(-30, 30, 601)
    a, slope = np.empty(601, dtype), np.empty(601, dtype)
    sigmoid(z.astype(dtype), out=a)
    sigmoid_prime(a, out=slope)
    np.testing.assert_allclose(a, 1 / (1 + np.exp(-z)), rtol=0, atol=tolerance)
    np.testing.assert_allclose(slope, np.exp(-z) / (1 + np.exp(-z)) ** 2, rtol=0, atol=tolerance)


def test_the_precise_forms_have_all_digits_of_the_smallest_values() -> None:
    z = np.linspace(-350, 350, 701)
    np.testing.assert_allclose(precise_sigmoid(z), np.exp(z) / (1 + np.exp(z)), rtol=1e-13)
    np.testing.assert_allclose(
        precise_sigmoid_prime(z), np.exp(-abs(z)) / (1 + np.exp(-abs(z))) ** 2, rtol=1e-13
    )
    np.testing.assert_allclose(softplus(z), np.log1p(np.exp(z)), rtol=1e-13)


def test_the_sigmoid_may_overwrite_its_input() -> None:
    z = np.array([-1.0, 0.0, 2.0])
    expected = 1 / (1 + np.exp(-z))
    sigmoid(z, out=z)
    np.testing.assert_allclose(z, expected, rtol=1e-15)


def test_softplus_is_the_logarithm_of_one_plus_the_exponential() -> None:
    z = np.linspace(-30, 30, 601)
    np.testing.assert_allclose(softplus(z), np.log1p(np.exp(z)), rtol=1e-13)
