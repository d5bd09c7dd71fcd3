"""Sizes, initial weights, and the forward pass."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from support import oracles

from nnbp import Network
from nnbp.network import ForwardPass
from nnbp.sizes import check_sizes, count_parameters


def test_parameters_are_the_weights_and_biases_of_all_layers() -> None:
    assert count_parameters((784, 30, 10)) == 784 * 30 + 30 + 30 * 10 + 10


@pytest.mark.parametrize(
    ("sizes", "reason"),
    [
        ((784,), "^a network has at least two layers, an input and an output$"),
        ((), "at least two layers"),
        ((784, 0, 10), "^every layer has at least one neuron$"),
        ((784, -3, 10), "at least one neuron"),
        (
            (784, 1_000_000, 10),
            r"795,000,010 parameters \(3,180,000,040 bytes\); at most 32,000,000 \(128,000,000 bytes\) are",
        ),
        ((1,) * 1001, "1,001 layers; at most 1,000"),
    ],
)
def test_sizes_that_cannot_be_built_are_refused_with_the_reason(sizes: tuple[int, ...], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        check_sizes(sizes)
    with pytest.raises(ValueError, match=reason):
        Network.random(sizes, np.random.default_rng(0))


def test_the_deepest_network_has_1000_layers() -> None:
    check_sizes((1,) * 1000)


def test_the_largest_network_is_one_of_32_million_parameters() -> None:
    check_sizes((999, 32_000))
    with pytest.raises(ValueError, match="32,032,000 parameters"):
        check_sizes((1000, 32_000))


@pytest.mark.parametrize(
    ("sizes", "gains"),
    [((400, 300), [1.0]), ((400, 300, 200), [2.0, 1.0]), ((400, 300, 200, 100), [3.0, 3.0, 1.5])],
)
def test_a_centred_network_has_weights_of_the_stated_deviations_and_biases_that_cancel_a_half(
    sizes: tuple[int, ...], gains: list[float]
) -> None:
    network = Network.random(sizes, np.random.default_rng(3), "centred", np.float64)
    for weights, gain in zip(network.weights, gains, strict=True):
        assert weights.std() == pytest.approx(gain / np.sqrt(len(weights)), rel=0.02)
        assert abs(weights.mean()) < 0.02 * weights.std()
    assert not network.biases[0].any()
    for weights, biases in zip(network.weights[1:], network.biases[1:], strict=True):
        np.testing.assert_allclose(np.full(len(weights), 0.5) @ weights + biases, 0.0, atol=1e-13)


def test_the_sigmoids_of_a_centred_network_start_around_the_middle_and_those_of_others_do_not() -> None:
    inputs = np.random.default_rng(0).random((50, 30)) * (np.random.default_rng(1).random((50, 30)) < 0.2)
    means = {}
    for init in ("centred", "standard"):
        network = Network.random((30, 200, 150, 10), np.random.default_rng(2), init, np.float64)
        means[init] = network.outputs(inputs, "cross-entropy").mean(axis=0)
    assert np.abs(means["centred"] - 0.5).max() < 0.3
    assert np.abs(means["standard"] - 0.5).max() > 0.45


@pytest.mark.parametrize(("init", "deviation"), [("scaled", 1 / np.sqrt(784)), ("standard", 1.0)])
def test_initial_weights_have_the_standard_deviation_of_their_initialization(
    init: str, deviation: float
) -> None:
    network = Network.random((784, 200, 10), np.random.default_rng(3), init)
    # The standard error of a standard deviation from 156,800 draws is 0.2 %.
    assert network.weights[0].std() == pytest.approx(deviation, rel=0.01)
    assert abs(network.weights[0].mean()) < 0.01 * deviation
    assert network.biases[0].std() == pytest.approx(1.0, rel=0.15)


def test_the_default_initialization_is_scaled() -> None:
    scaled, default = (Network.random((9, 3), np.random.default_rng(3), *init) for init in (["scaled"], []))
    np.testing.assert_equal(default.layers, scaled.layers)


def test_an_unknown_initialization_is_refused() -> None:
    with pytest.raises(ValueError, match="not one of scaled, standard"):
        Network.random((2, 2), np.random.default_rng(0), "xavier")


def test_the_same_generator_state_draws_the_same_network() -> None:
    a, b = (Network.random((5, 4, 3), np.random.default_rng(9)) for _ in range(2))
    np.testing.assert_equal(a.layers, b.layers)
    assert a.dtype == np.float32


def test_a_layer_draws_its_weights_row_by_row_and_then_its_biases() -> None:
    rng = np.random.default_rng(5)
    for weights, biases in Network.random((3, 4, 2), np.random.default_rng(5), "standard", np.float64).layers:
        np.testing.assert_array_equal(
            np.vstack([weights, biases]), rng.standard_normal((len(weights) + 1, len(biases)))
        )
        assert weights.flags.c_contiguous


def test_a_copy_shares_nothing_with_its_original() -> None:
    network = Network.random((3, 2), np.random.default_rng(0))
    copied = network.copy()
    network.weights[0][0, 0] = network.biases[0][1] = 7
    assert 7 not in copied.weights[0]
    assert 7 not in copied.biases[0]


@pytest.mark.parametrize("sizes", [(4, 3), (4, 5, 3), (4, 6, 5, 3)])
def test_the_forward_pass_is_that_of_single_examples(sizes: tuple[int, ...]) -> None:
    rng = np.random.default_rng(2)
    network = Network.random(sizes, rng, dtype=np.float64)
    inputs = rng.random((7, 4))
    z = np.empty((7, 3))
    forward = ForwardPass(network, 7)
    for _ in range(2):  # the buffers of one pass serve the next
        forward.run(inputs, z)
    for row, x in enumerate(inputs):
        expected = oracles.activations(network.layers, x)
        for buffer, activations in zip(forward.activations, expected[1:-1], strict=True):
            np.testing.assert_allclose(buffer[row], activations, rtol=1e-12)
        np.testing.assert_allclose(oracles.sigmoid(z[row]), expected[-1], rtol=1e-12)


@pytest.mark.parametrize("dtype", [np.float16, np.int64, np.complex128])
def test_a_network_computes_in_single_or_double_precision(dtype: npt.DTypeLike) -> None:
    with pytest.raises(ValueError, match="float32 or float64"):
        Network.random((2, 2), np.random.default_rng(0), dtype=dtype)


@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float32, 1e-4), (np.float64, 1e-12)])
def test_a_network_predicts_the_label_of_its_largest_output(dtype: npt.DTypeLike, tolerance: float) -> None:
    rng = np.random.default_rng(4)
    network = Network.random((6, 5, 3), rng, dtype=dtype)
    images = rng.integers(0, 256, (601, 6), np.uint8)  # more than two passes
    layers = [(w.astype(float), b.astype(float)) for w, b in network.layers]
    for name in ("quadratic", "cross-entropy", "log-likelihood"):
        expected = [oracles.activations(layers, image / 255, name)[-1] for image in images]
        np.testing.assert_allclose(network.outputs(images, name), expected, rtol=tolerance)
        assert network.predict(images).tolist() == np.argmax(expected, axis=1).tolist()
    assert (
        network.predict(images.astype(dtype) / np.dtype(dtype).type(255)).tolist()
        == network.predict(images).tolist()
    )
    rows: Any = (images / 255).tolist()
    assert network.predict(rows).tolist() == network.predict(images).tolist()
    assert network.predict(images[:0]).shape == (0,)


@pytest.mark.parametrize(
    "images", [np.zeros((2, 5), np.uint8), np.zeros(6, np.uint8), np.zeros((2, 6), np.int64)]
)
def test_images_that_do_not_match_are_refused(images: npt.NDArray[np.integer]) -> None:
    network = Network.random((6, 3), np.random.default_rng(0))
    with pytest.raises(ValueError, match="images"):
        network.predict(images)


def test_an_unknown_cost_is_refused() -> None:
    with pytest.raises(ValueError, match="'hinge' is not one of quadratic, cross-entropy, log-likelihood"):
        Network.random((6, 3), np.random.default_rng(0)).outputs(np.zeros((1, 6)), "hinge")


def test_sizes_that_are_no_whole_numbers_are_refused() -> None:
    for sizes in ("784,30,10", (784, 30.0, 10)):
        with pytest.raises(ValueError, match="whole numbers were expected"):
            check_sizes(sizes)  # type: ignore[arg-type] # that is what is refused
    check_sizes(np.array([4, 3]).tolist())
    check_sizes(tuple(np.array([4, 3])))


def test_floating_point_images_beyond_0_and_1_are_refused() -> None:
    network = Network.random((2, 2), np.random.default_rng(0))
    for wrong in (-0.01, 1.01, 255.0):
        with pytest.raises(ValueError, match="0 to 1 were expected, or bytes"):
            network.predict(np.array([[0.5, wrong]]))
    assert network.predict(np.array([[0.0, 1.0]])).shape == (1,)
