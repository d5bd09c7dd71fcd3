"""The verdict of a gradient check, from layers worked by hand."""

import math

import numpy as np
import pytest

from nnbp import COSTS, GradientCheck, Network, check_gradients
from nnbp.gradcheck import Difference, LayerCheck, count_derivatives


def layer(number: int, weights: tuple[float, float], biases: tuple[float, float]) -> LayerCheck:
    """A layer of 12 weights and 3 biases, of which 4 and 3 were checked in 2 s; (central, complex step)."""
    return LayerCheck(number, Difference(4, 12, *weights), Difference(3, 3, *biases), 2.0)


GOOD, BAD = (1e-8, 1e-15), (0.5, 0.25)


def test_a_network_agrees_if_all_its_layers_do() -> None:
    check = GradientCheck([layer(1, GOOD, GOOD), layer(2, GOOD, (1e-7, 1e-14))])
    assert check.agrees
    assert (check.wrong_layers, check.wrong_parts) == ([], [])
    assert (check.central, check.complex_step) == (1e-7, 1e-14)
    assert (check.checked, check.total) == (14, 30)


def test_wrong_layers_and_their_parts_are_named() -> None:
    check = GradientCheck([layer(1, GOOD, BAD), layer(2, GOOD, GOOD), layer(3, BAD, BAD)])
    assert not check.agrees
    assert check.wrong_layers == [1, 3]
    assert check.wrong_parts == ["layer 1 biases", "layer 3 weights", "layer 3 biases"]
    assert (check.central, check.complex_step) == BAD


@pytest.mark.parametrize("first", [True, False])
def test_a_difference_that_is_not_a_number_is_the_largest(first: bool) -> None:
    parts = (GOOD, (math.nan, math.nan))
    check = GradientCheck([layer(1, *(parts if first else parts[::-1])), layer(2, BAD, BAD)])
    assert math.isnan(check.central)
    assert math.isnan(check.complex_step)
    assert check.wrong_layers == [1, 2]


def test_the_time_of_central_differences_is_extrapolated_layer_by_layer() -> None:
    whole = LayerCheck(2, Difference(6, 6, *GOOD), Difference(2, 2, *GOOD), 1.0)
    assert GradientCheck([layer(1, GOOD, GOOD), whole]).central_seconds == pytest.approx(2 * 15 / 7 + 1)


@pytest.mark.parametrize(("samples", "expected"), [(None, 2 * (30 + 5 + 10 + 2)), (4, 2 * (4 + 4 + 4 + 2))])
def test_progress_is_reported_after_each_derivative(samples: int | None, expected: int) -> None:
    rng = np.random.default_rng(0)
    network = Network.random((6, 5, 2), rng, dtype=np.float64)
    inputs, targets = rng.random((3, 6)), np.eye(2)[[0, 1, 1]]
    done: list[int] = []
    layers = check_gradients(
        network, inputs, targets, COSTS["quadratic"], samples=samples, rng=rng, progress=done.append
    )
    assert next(layers).checked == (35 if samples is None else 8)
    assert 0 < sum(done) < expected
    assert GradientCheck(list(layers)).agrees
    assert sum(done) == expected == count_derivatives((6, 5, 2), samples)
