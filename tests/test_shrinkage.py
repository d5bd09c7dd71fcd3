"""A scale beside the parameters stands for a multiplication of the weights."""

import numpy as np
import pytest

from nnbp.shrinkage import SMALLEST, Shrinkage


def layers() -> list[np.ndarray]:
    rng = np.random.default_rng(1)
    return [rng.standard_normal((4, 3)), rng.standard_normal((4, 2))]


@pytest.mark.parametrize(
    "decays",
    [[0.9], [0.99] * 200, [0.6, 0.9, 0.6], [0.0], [-0.5], [0.9, 0.0, 0.9], [0.9, -1.5, 0.8], [1e-30, 0.9]],
)
def test_weights_shrink_and_biases_stay(decays: list[float]) -> None:
    parameters, expected = layers(), layers()
    shrinkage = Shrinkage(parameters)
    for decay in decays:
        shrinkage.shrink(decay)
        assert SMALLEST <= shrinkage.value <= 1
        assert shrinkage.scale == shrinkage.value == 2 * shrinkage.half
        for layer in expected:
            layer[:-1] *= decay
        for stored, layer in zip(parameters, expected, strict=True):
            np.testing.assert_allclose(stored * shrinkage.value, layer, rtol=1e-12, atol=1e-300)
    shrinkage.settle()
    assert shrinkage.value == 1
    for stored, layer in zip(parameters, expected, strict=True):
        np.testing.assert_allclose(stored, layer, rtol=1e-12, atol=1e-300)


@pytest.mark.parametrize("decay", [1 - 1e-5, 1 - 3e-5, 1 - 1e-4, 1 - 1e-3])
def test_in_float32_the_biases_do_not_drift(decay: float) -> None:
    # A decay rounded to float32, divided by again and again, would take them a ten-thousandth off. They are
    # many, since what one of them loses by rounding another one gains.
    layer = np.ones((2, 500), np.float32)
    layer[1] = biases = np.linspace(0.5, 2, 500)
    shrinkage = Shrinkage([layer])
    assert shrinkage.scale.dtype == shrinkage.half.dtype == np.float32
    for _ in range(10_000):
        shrinkage.shrink(decay)
    shrinkage.settle()
    np.testing.assert_allclose(layer[0], decay**10_000, rtol=2e-6)
    assert abs((layer[1] / biases).mean() - 1) < 2e-5


def test_a_small_decay_does_not_pass_over_the_weights() -> None:
    parameters, before = layers(), layers()
    Shrinkage(parameters).shrink(0.999)
    for stored, layer in zip(parameters, before, strict=True):
        np.testing.assert_equal(stored[:-1], layer[:-1])


def test_what_is_settled_is_left_alone() -> None:
    parameters, before = layers(), layers()
    Shrinkage(parameters).settle()
    np.testing.assert_equal(parameters, before)
