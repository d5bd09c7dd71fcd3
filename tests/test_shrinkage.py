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


def test_a_small_decay_does_not_pass_over_the_weights() -> None:
    parameters, before = layers(), layers()
    Shrinkage(parameters).shrink(0.999)
    for stored, layer in zip(parameters, before, strict=True):
        np.testing.assert_equal(stored[:-1], layer[:-1])


def test_what_is_settled_is_left_alone() -> None:
    parameters, before = layers(), layers()
    Shrinkage(parameters).settle()
    np.testing.assert_equal(parameters, before)
