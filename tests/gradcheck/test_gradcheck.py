"""The gradient check, checked: it accepts right gradients and catches wrong ones, however small the error."""

import math
from dataclasses import replace

import numpy as np
import pytest
from support import oracles
from support.problems import Problem, network_in, problem

from nnbp import COSTS, check_gradients, mean_gradients, textbook
from nnbp.gradcheck import (
    CENTRAL_TOLERANCE,
    COMPLEX_TOLERANCE,
    FEW_PARAMETERS,
    SAMPLES,
    Difference,
    LayerCheck,
    samples_for,
)
from nnbp.gradcheck.faults import FAULTS, RIGHT, plant
from nnbp.sizes import count_parameters

Gradients = list[tuple[oracles.Array, oracles.Array]]


def check(posed: Problem, cost: str, gradients: Gradients | None = None) -> list[LayerCheck]:
    return list(check_gradients(*posed, COSTS[cost], gradients))


@pytest.mark.parametrize("cost", COSTS)
@pytest.mark.parametrize("sizes", [(3, 2), (5, 4, 3), (1, 1, 1), (7, 6, 5, 4, 3), (4,) * 12])
def test_backpropagation_agrees_with_every_cost_and_depth(cost: str, sizes: tuple[int, ...]) -> None:
    layers = check(problem(sizes), cost)
    assert [layer.layer for layer in layers] == list(range(1, len(sizes)))
    assert all(layer.agrees for layer in layers)
    for layer, n_in, n_out in zip(layers, sizes, sizes[1:], strict=False):
        assert (layer.weights.checked, layer.weights.total) == (n_in * n_out, n_in * n_out)
        assert (layer.biases.checked, layer.biases.total) == (n_out, n_out)
        assert 0 < layer.weights.central < 1e-7
        assert layer.weights.complex_step < 1e-14


def test_no_seed_gives_a_false_alarm() -> None:
    for seed in range(200):
        rng = np.random.default_rng(seed)
        sizes = tuple(int(n) for n in rng.integers(1, 13, rng.integers(2, 7)))
        posed = problem(sizes, int(rng.integers(1, 12)), seed, factor=(1.0, 30.0, 0.01)[seed % 3])
        cost = list(COSTS)[seed // 3 % 3]
        layers = list(check_gradients(*posed, COSTS[cost], samples=2, rng=rng))
        assert all(layer.agrees for layer in layers), (seed, sizes, cost, layers)


@pytest.mark.parametrize("cost", COSTS)
@pytest.mark.parametrize("push", [-60.0, 20.0, 40.0, 300.0])
def test_saturation_gives_no_false_alarm_and_hides_no_fault(cost: str, push: float) -> None:
    network, inputs, targets = problem((4, 3, 3))
    network.biases[0][1] = push
    network.biases[1][:] = [push, 0.0, -push]
    posed = network, inputs, targets
    assert all(layer.agrees for layer in check(posed, cost))
    wrong = [(weights * 1.0005, biases) for weights, biases in mean_gradients(*posed, COSTS[cost])]
    assert not any(layer.weights.agrees for layer in check(posed, cost, wrong))


def test_parameters_of_tens_give_no_false_alarm() -> None:
    # With steps of a fraction of each parameter, the third derivative of this network's cost showed.
    posed = problem((8, 7, 12, 6, 3), 9, seed=600331207, factor=30.0)
    assert all(layer.agrees for layer in check(posed, "quadratic"))


@pytest.mark.parametrize("weight", [1e6, 1e10, 1e14])
def test_a_weight_so_large_that_a_step_could_be_lost_in_it_gives_no_false_alarm(weight: float) -> None:
    network, inputs, targets = problem((4, 3, 3))
    network.weights[0][1, 1] = weight
    inputs[:, 1] = 1e-20
    assert all(layer.agrees for layer in check((network, inputs, targets), "quadratic"))


@pytest.mark.parametrize("cost", COSTS)
def test_gradients_that_vanish_or_underflow_in_depth_give_no_false_alarm(cost: str) -> None:
    for factor in (1.0, 1e-3, 1e-9):
        posed = problem((3,) * 40, factor=factor)
        assert all(layer.agrees for layer in check_gradients(*posed, COSTS[cost], samples=1))
    assert 0 < np.abs(mean_gradients(*problem((3,) * 40, factor=1e-3), COSTS[cost])[0][1]).max() < 1e-100
    assert not mean_gradients(*posed, COSTS[cost])[0][1].any()


@pytest.mark.parametrize("cost", COSTS)
@pytest.mark.parametrize("layer", [0, 1, 2])
def test_one_derivative_wrong_by_a_twentieth_of_a_percent_is_noticed_in_its_layer(
    cost: str, layer: int
) -> None:
    posed = problem((5, 4, 4, 3))
    for part, name in enumerate(("weights", "biases")):
        gradients = mean_gradients(*posed, COSTS[cost])
        gradients[layer][part].flat[-1] *= 1.0005
        wrong = check(posed, cost, gradients)
        assert [report.layer for report in wrong if not report.agrees] == [layer + 1]
        other = "biases" if name == "weights" else "weights"
        assert not getattr(wrong[layer], name).agrees
        assert getattr(wrong[layer], other).agrees
        assert getattr(wrong[layer], name).complex_step > 1e-7


@pytest.mark.parametrize("cost", COSTS)
@pytest.mark.parametrize("fault", FAULTS)
def test_every_planted_fault_is_noticed_in_its_layers(fault: str, cost: str) -> None:
    layers = {
        "bp1-without-sigma-prime": [1, 2, 3],
        "missing-transpose": [1, 2],
        "bp2-without-sigma-prime": [1, 2],
        "biases-not-summed": [1, 2, 3],
        "averaged-twice": [1, 2, 3],
    }
    for sizes in ((5, 4, 6, 3), (4, 4, 4, 4)):
        posed = problem(sizes)
        if fault == "bp1-without-sigma-prime" and cost != "quadratic":
            with pytest.raises(ValueError, match="has no effect"):
                plant(fault, *posed, COSTS[cost])
            continue
        found = check(posed, cost, plant(fault, *posed, COSTS[cost]))
        assert [layer.layer for layer in found if not layer.agrees] == layers[fault]
        for layer in found:
            assert layer.weights.agrees == (layer.layer not in layers[fault] or fault == "biases-not-summed")
            for part in (layer.weights, layer.biases):
                if not part.agrees:
                    assert part.central == pytest.approx(part.complex_step, rel=0.2, abs=1e-4)


@pytest.mark.parametrize("cost", COSTS)
def test_faulty_backpropagation_is_right_without_its_fault(cost: str) -> None:
    network, inputs, targets = problem((5, 4, 6, 3))
    expected = mean_gradients(network, inputs, targets, COSTS[cost])
    for a, b in zip(
        oracles.flatten(RIGHT.mean_gradients(cost, network.weights, network.biases, inputs, targets)),
        oracles.flatten(expected),
        strict=True,
    ):
        np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-17)


def test_a_missing_transpose_leaves_a_square_matrix_as_it_is() -> None:
    delta, weights = np.arange(6.0).reshape(2, 3), np.arange(9.0).reshape(3, 3)
    half = np.full((2, 3), 0.5)
    found = FAULTS["missing-transpose"].bp2(delta, weights, half)
    np.testing.assert_array_equal(found, delta @ weights / 4)
    assert not np.array_equal(found, RIGHT.bp2(delta, weights, half))


def test_faults_have_the_values_worked_by_hand() -> None:
    delta, a = np.array([[1.0], [3.0]]), np.array([[0.5], [1.0]])
    assert RIGHT.bp3(delta) == 2.0
    assert RIGHT.bp4(a, delta) == 1.75
    assert FAULTS["biases-not-summed"].bp3(delta) == 1.5
    assert FAULTS["biases-not-summed"].bp4(a, delta) == 1.75
    assert FAULTS["averaged-twice"].bp3(delta) == 1.0
    assert FAULTS["averaged-twice"].bp4(a, delta) == 0.875
    assert FAULTS["bp1-without-sigma-prime"].bp1(np.array(0.75), np.array(1.0), np.array(0.1875)) == -0.25
    assert FAULTS["bp2-without-sigma-prime"].bp2(delta[:1], np.array([[2.0]]), a) == 2.0


@pytest.mark.parametrize(
    ("fault", "sizes", "batch"),
    [
        ("missing-transpose", (5, 4, 1), 5),
        ("missing-transpose", (5, 3), 5),
        ("bp2-without-sigma-prime", (5, 3), 5),
        ("biases-not-summed", (5, 4, 3), 1),
        ("averaged-twice", (5, 4, 3), 1),
    ],
)
def test_a_fault_without_effect_is_refused(fault: str, sizes: tuple[int, ...], batch: int) -> None:
    with pytest.raises(ValueError, match=f"{fault} has no effect in a .* mini-batch of {batch}"):
        plant(fault, *problem(sizes, batch), COSTS["quadratic"])


def test_a_gradient_that_is_not_a_number_is_wrong() -> None:
    posed = problem((3, 2))
    gradients = mean_gradients(*posed, COSTS["quadratic"])
    gradients[0][0][1, 1] = math.nan
    (layer,) = check(posed, "quadratic", gradients)
    assert math.isnan(layer.weights.complex_step)
    assert not layer.weights.agrees
    assert not layer.agrees
    assert layer.biases.agrees


def test_a_difference_agrees_up_to_its_tolerances_and_not_beyond() -> None:
    at = Difference(1, 1, CENTRAL_TOLERANCE, COMPLEX_TOLERANCE)
    above = Difference(1, 1, 0.0, COMPLEX_TOLERANCE * 1.01)
    assert at.agrees
    assert not above.agrees
    assert not replace(at, central=CENTRAL_TOLERANCE * 1.01).agrees
    assert not LayerCheck(1, at, above, 0.0).agrees
    assert not LayerCheck(1, above, at, 0.0).agrees


def test_a_sample_has_that_many_different_weights_and_biases() -> None:
    posed = problem((6, 5, 2))
    gradients = mean_gradients(*posed, COSTS["quadratic"])
    layers = list(check_gradients(*posed, COSTS["quadratic"], samples=3, rng=np.random.default_rng(1)))
    assert [(layer.weights.checked, layer.biases.checked) for layer in layers] == [(3, 3), (3, 2)]
    gradients[0][0][2, 3] += 1.0
    noticed = 0
    for seed in range(100):
        rng = np.random.default_rng(seed)
        first = next(check_gradients(*posed, COSTS["quadratic"], gradients, samples=24, rng=rng))
        noticed += not first.agrees
    # 24 of 30 weights: 80 of the seeds meet the wrong one, give or take three deviations of 4.
    assert 68 <= noticed <= 92
    assert samples_for((30, 20, 15, 10)) is None
    assert samples_for((784, 30, 10)) == SAMPLES
    assert count_parameters((FEW_PARAMETERS - 1, 1)) == FEW_PARAMETERS
    assert samples_for((FEW_PARAMETERS - 1, 1)) is None
    assert samples_for((FEW_PARAMETERS, 1)) == SAMPLES


def test_a_check_leaves_a_network_in_single_precision_unchanged() -> None:
    network, inputs, targets = problem((3, 3, 2))
    single = network_in(np.float32, network)
    before = single.copy().layers
    posed = single, inputs.astype(np.float32), targets.astype(np.float32)
    assert all(layer.agrees for layer in check(posed, "cross-entropy"))
    np.testing.assert_equal(single.layers, before)


def test_weighted_inputs_beyond_the_textbook_are_refused() -> None:
    with pytest.raises(ValueError, match="textbook formulas allow at most 700"):
        check(problem((3, 3, 2), factor=1000), "quadratic")


@pytest.mark.parametrize("cost", COSTS)
def test_the_textbook_agrees_with_the_oracles_and_its_complex_step_with_their_gradient(cost: str) -> None:
    network, inputs, targets = problem((5, 4, 3))
    layers, biases = network.layers, network.biases
    expected = np.mean([oracles.cost(cost, layers, x, y) for x, y in zip(inputs, targets, strict=True)])
    found = textbook.mean_cost(cost, network.weights, biases, inputs, targets)
    assert found == pytest.approx(expected, rel=1e-14)
    moved = [w.astype(complex) for w in network.weights]
    moved[0][2, 1] += 1e-20j
    slope = textbook.mean_cost(cost, moved, biases, inputs, targets).imag / 1e-20
    weights, _ = oracles.mean_gradient(cost, layers, inputs, targets)[0]
    assert slope == pytest.approx(weights[2, 1], rel=1e-13)


def test_what_cannot_be_checked_is_refused_when_the_check_is_called() -> None:
    network, inputs, targets = problem((3, 2))
    with pytest.raises(ValueError, match="do not match the sizes"):
        check_gradients(network, inputs[:, :2], targets, "quadratic")
    assert all(layer.agrees for layer in check_gradients(network, inputs, targets, "quadratic"))
