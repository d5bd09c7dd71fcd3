"""Costs and answers of evaluations against float64, however saturated the neurons are."""

import math

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import settings as limits
from hypothesis import strategies as st
from support.compiled import AVAILABLE, engine_for, images_of

from nnbp import Network, Settings
from nnbp.arrays import Array
from nnbp.settings import COST_NAMES


def softplus(z: float) -> float:
    return max(z, 0.0) + math.log1p(math.exp(-abs(z)))


def sigmoid(z: float) -> float:
    return 1.0 / (1.0 + math.exp(-z)) if z >= 0 else math.exp(z) / (1.0 + math.exp(z))


def exact_cost(name: str, z: list[float], label: int) -> float:
    """The cost of one example from its weighted inputs, in forms that neither overflow nor cancel."""
    if name == "log-likelihood":
        rest = [math.exp(other - max(z)) for other in z]
        return math.log(math.fsum(rest)) + (max(z) - z[label])
    if name == "cross-entropy":
        # The label's own term is softplus(z) - z, which cancels.
        return math.fsum(softplus(-x if j == label else x) for j, x in enumerate(z))
    return 0.5 * math.fsum(sigmoid(-x if j == label else x) ** 2 for j, x in enumerate(z))


def rounding(name: str, z: list[float]) -> float:
    """The error allowed for a float32 cost: a few times 2⁻²⁴ = 6e-8 of a term; for a softmax, of its sum."""
    if name == "cross-entropy":
        terms = sum(softplus(x) for x in z)
        # Their sum and the label's z are added in float64, which rounds each time.
        return 2e-7 * terms + 2**-52 * len(z) * (terms + max(map(abs, z)))
    return 2e-7 * len(z) if name == "quadratic" else 1e-6 + 1e-7 * (max(z) - min(z))


def evaluate(
    name: str, weights: list[Array], biases: list[Array], label: int, instructions: str
) -> tuple[float, int]:
    """Cost and answer of one white image of one pixel."""
    sizes = (1, *(len(each) for each in biases))
    network = Network(sizes, weights, biases)
    engine = engine_for(network, 1, Settings(cost=name), instructions)
    for number, layer in enumerate(network.layers):
        engine.set_layer(number, *layer, None, None)
    confusion = np.zeros((sizes[-1], sizes[-1]), np.int64)
    images = images_of(np.full((1, 1), 255, np.uint8), 0, instructions)
    labels = np.array([label], np.int32)
    cost, _ = engine.evaluate(images=images, dense=False, labels=labels, threads=1, confusion=confusion)
    assert confusion.sum() == 1
    return cost, int(confusion[label].argmax())


def evaluate_outputs(name: str, z: list[float], label: int, instructions: str) -> tuple[float, int]:
    """Cost and answer of an example with these weighted inputs of the output layer."""
    biases = np.array(z, np.float32)
    return evaluate(name, [np.zeros((1, len(z)), np.float32)], [biases], label, instructions)


Z = st.one_of(st.floats(-1e4, 1e4, width=32), st.floats(-20, 20, width=32), st.floats(-1, 1, width=32))


@limits(max_examples=150, deadline=None)
@example(z=[-18.215559005737305], label=0, name="cross-entropy")
@given(z=st.lists(Z, min_size=1, max_size=40), label=st.integers(0, 39), name=st.sampled_from(COST_NAMES))
@pytest.mark.parametrize("instructions", AVAILABLE)
def test_the_cost_is_that_of_the_textbook(instructions: str, z: list[float], label: int, name: str) -> None:
    cost, answer = evaluate_outputs(name, z, label % len(z), instructions)
    assert math.isfinite(cost)
    assert abs(cost - exact_cost(name, z, label % len(z))) <= rounding(name, z)
    assert answer == int(np.argmax(z))


@pytest.mark.parametrize("instructions", AVAILABLE)
@pytest.mark.parametrize("name", COST_NAMES)
def test_costs_are_finite_at_the_ends_of_the_sigmoid(name: str, instructions: str) -> None:
    for z in (1e4, 1000.0, 104.0, 89.0, 88.0, 87.0, 86.0, 17.0, 16.0, 1e-3, 1e-30, 0.0):
        for sign in (1.0, -1.0):
            for label in (0, 1):
                outputs = [float(np.float32(sign * z)), 0.25]
                cost, _ = evaluate_outputs(name, outputs, label, instructions)
                assert abs(cost - exact_cost(name, outputs, label)) <= rounding(name, outputs)


@pytest.mark.parametrize("instructions", AVAILABLE)
def test_the_sigmoid_is_that_of_the_textbook_relative_to_itself(instructions: str) -> None:
    for z in np.linspace(-85.0, 30.0, 2000, dtype=np.float32):
        # The label's own output adds nothing to the cost.
        cost, _ = evaluate_outputs("quadratic", [float(z), 1e4], 1, instructions)
        assert cost == pytest.approx(0.5 * sigmoid(float(z)) ** 2, rel=5e-7, abs=1e-38)


@pytest.mark.parametrize("instructions", AVAILABLE)
def test_the_activation_of_a_hidden_neuron_is_that_of_the_textbook(instructions: str) -> None:
    weights = [np.zeros((1, 1), np.float32), np.array([[2.0, 0.0]], np.float32)]
    for z in (*np.linspace(-10.0, 10.0, 400, dtype=np.float32), np.float32(1e4), np.float32(-1e4)):
        # The softmax's cost of the outputs 2σ(z) and 0 shows the activation.
        biases = [np.array([z], np.float32), np.zeros(2, np.float32)]
        cost, _ = evaluate("log-likelihood", weights, biases, 1, instructions)
        assert cost == pytest.approx(softplus(2.0 * sigmoid(float(z))), rel=2e-7)


@pytest.mark.parametrize("instructions", AVAILABLE)
@pytest.mark.parametrize("name", COST_NAMES)
@pytest.mark.parametrize("place", [0, 1, 2, 16])
def test_a_weighted_input_that_is_nan_shows_in_the_cost(place: int, name: str, instructions: str) -> None:
    z = [0.5] * 17
    z[place] = math.nan
    assert not math.isfinite(evaluate_outputs(name, z, 1, instructions)[0])


@pytest.mark.parametrize("instructions", AVAILABLE)
@pytest.mark.parametrize("name", COST_NAMES)
def test_the_first_of_equal_outputs_is_the_answer(name: str, instructions: str) -> None:
    assert evaluate_outputs(name, [0.0, 2.0, 1.0, 2.0, 2.0], 0, instructions)[1] == 1
