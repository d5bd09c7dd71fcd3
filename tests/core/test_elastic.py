"""The field of elastic distortions, against its formulas and a convolution by Fourier transforms."""

import math
from typing import Any

import numpy as np
import pytest

from nnbp.distortions import PRESETS
from nnbp.elastic import SIDE, elastic_field, smoothing


def convolved(alpha: float, sigma: float, seed: int) -> Any:
    """The field of a generator with this seed, in pixels and float64."""
    noise = np.frombuffer(np.random.default_rng(seed).bytes(SIDE * SIDE), np.uint8).reshape(SIDE, SIDE)
    distances = np.minimum(np.arange(SIDE), SIDE - np.arange(SIDE))
    kernel = np.exp(-(distances**2) / (2 * sigma**2)) * (distances <= 4 * sigma + 1)
    spectrum = np.fft.rfft2(np.outer(kernel, kernel) / kernel.sum() ** 2)
    return alpha * np.fft.irfft2(np.fft.rfft2((2.0 * noise - 255) / 256) * spectrum)


@pytest.mark.parametrize(
    ("alpha", "sigma"), [(37.0, 5.0), (12.3, 5.0), (34.0, 4.0), (2.0, 0.5), (300.0, 20.0)]
)
def test_the_field_is_the_noise_smoothed_by_a_gaussian_times_alpha(alpha: float, sigma: float) -> None:
    exact = convolved(alpha, sigma, 3)
    error = elastic_field(alpha, sigma, np.random.default_rng(3)) / 256 - exact
    # Rounding to 1/256 pixel; and that of the kernel, and of the sums after the first of two passes.
    assert np.sqrt(np.mean(error**2)) < 1 / 256 / math.sqrt(12) + 0.01 * exact.std()


def test_the_fields_variance_and_correlation_are_those_of_the_formulas() -> None:
    alpha, sigma, fields = 37.0, 5.0, 6
    found = [elastic_field(alpha, sigma, np.random.default_rng(seed)) / 256 for seed in range(fields)]
    variance = (alpha / (2 * math.sqrt(3 * math.pi) * sigma)) ** 2
    # The standard error of a mean square of correlated values: √(2 Σρ²/N), where Σρ² = 2πσ².
    standard_error = math.sqrt(2 * 2 * math.pi * sigma**2 / (SIDE**2 * fields))
    squares = np.mean([np.mean(field**2) for field in found])
    assert squares / variance == pytest.approx(1, abs=4 * standard_error)
    for distance in (3, 5, 10, 15):
        for axis in (0, 1):
            products = [np.mean(field * np.roll(field, distance, axis)) for field in found]
            correlation = math.exp(-(distance**2) / (4 * sigma**2))
            assert np.mean(products) / variance == pytest.approx(correlation, abs=4 * standard_error)


def test_the_light_preset_displaces_by_four_tenths_of_a_pixel() -> None:
    field = elastic_field(*PRESETS["light"].elastic, np.random.default_rng(1)) / 256
    assert field.std() == pytest.approx(0.4, rel=0.1)


def test_displacements_of_more_than_127_pixels_are_cut_off() -> None:
    field = elastic_field(1000.0, 0.5, np.random.default_rng(1))
    assert (field.min(), field.max()) == (-32512, 32512)


@pytest.mark.parametrize("sigma", [0.5, 5.0, 20.0])
def test_smoothing_leaves_a_constant_as_it_is(sigma: float) -> None:
    matrix = smoothing(sigma)
    assert np.all(matrix.sum(axis=0) == 2**14)
    assert np.all(matrix.sum(axis=1) == 2**14)
    assert matrix.min() == 0
    assert np.array_equal(matrix, np.rint(matrix))


def test_the_field_depends_on_the_generator_alone() -> None:
    one, other, third = (elastic_field(37.0, 5.0, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert np.array_equal(one, other)
    assert not np.array_equal(one, third)


def test_the_field_of_a_seed_is_the_same_on_every_machine() -> None:
    field = elastic_field(37.0, 5.0, np.random.default_rng(2026))
    assert field[:2, :4].tolist() == [[51, 7, -36, -75], [11, -24, -59, -90]]
