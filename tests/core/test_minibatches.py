"""Examples split into mini-batches: their order, scale and checks."""

import numpy as np
import pytest

from nnbp import Examples, Network, minibatches
from nnbp.minibatches import MiniBatches


def network(pixels: int = 4, classes: int = 3) -> Network:
    return Network.random((pixels, classes), np.random.default_rng(0))


def deep(classes: int) -> Network:
    """A network whose hidden layer is smaller and larger than its output."""
    return Network.random((4, 2, 7, classes), np.random.default_rng(0))


def batches(shown: Examples, batch_size: int) -> MiniBatches:
    return MiniBatches(shown, network(), batch_size)


def examples(count: int) -> Examples:
    """Images of bytes, no two alike."""
    return Examples(np.arange(count * 4, dtype=np.uint8).reshape(count, 4), np.arange(count) % 3)


@pytest.mark.parametrize("count", [1, 9, 10, 11, 47])
@pytest.mark.parametrize("batch", [1, 3, 10])
@pytest.mark.parametrize("block_bytes", [1, 100, 10_000])
@pytest.mark.parametrize("shuffled", [False, True])
def test_every_example_comes_once_and_in_order(
    count: int, batch: int, block_bytes: int, shuffled: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(minibatches, "BLOCK_BYTES", block_bytes)
    shown = examples(count)
    order = np.random.default_rng(1).permutation(count) if shuffled else np.arange(count)
    inputs, targets, labels, lengths = [], [], [], []
    for block in batches(shown, batch).blocks(order if shuffled else None):
        labels += block.labels.tolist()
        for minibatch in block.minibatches:
            lengths.append(len(minibatch.inputs))
            inputs += minibatch.inputs.tolist()
            targets += minibatch.targets.tolist()
    assert labels == shown.labels[order].tolist()
    assert lengths == [batch] * (count // batch) + ([count % batch] if count % batch else [])
    np.testing.assert_allclose(inputs, shown.images[order] / 255, rtol=1e-6)
    np.testing.assert_array_equal(targets, np.eye(3)[shown.labels[order]])


def test_the_weighted_inputs_of_a_block_are_those_of_its_mini_batches() -> None:
    block = next(batches(examples(7), 3).blocks())
    for number, minibatch in enumerate(block.minibatches):
        minibatch.z[:] = number
    assert block.z[:, 0].tolist() == [0, 0, 0, 1, 1, 1, 2]


def test_images_of_numbers_from_0_to_1_are_not_scaled() -> None:
    images = np.random.default_rng(0).random((5, 4))
    block = next(batches(Examples(images, np.zeros(5, int)), 5).blocks())
    np.testing.assert_allclose(block.minibatches[0].inputs, images, rtol=1e-7)


@pytest.mark.parametrize(
    ("images", "labels", "reason"),
    [
        ((2, 5), [0, 1], "images have shape"),
        ((2, 2, 2), [0, 1], "images have shape"),
        ((2, 4, 1), [0, 1], "images have shape"),
        ((2, 4), [0], "labels have shape"),
        ((0, 4), [], "no examples"),
        ((2, 4), [0, 3], "labels are 0 to 3; 0 to 2 was expected"),
        ((2, 4), [-1, 0], "labels are -1 to 0"),
    ],
)
def test_examples_that_do_not_match_the_network_are_refused(
    images: tuple[int, ...], labels: list[int], reason: str
) -> None:
    with pytest.raises(ValueError, match=reason):
        batches(Examples(np.zeros(images), np.array(labels, int)), 2)


@pytest.mark.parametrize(
    ("count", "batch_size", "sizes"), [(25, 10, {10, 5}), (20, 10, {10}), (7, 10, {7}), (1, 1, {1})]
)
def test_the_batch_sizes_are_known_beforehand(count: int, batch_size: int, sizes: set[int]) -> None:
    cut = batches(examples(count), batch_size)
    assert cut.sizes == sizes
    assert {len(minibatch.inputs) for block in cut.blocks() for minibatch in block.minibatches} == sizes


def test_the_views_of_the_buffers_are_made_once() -> None:
    cut = batches(examples(25), 10)
    first, second = ([id(m.inputs) for block in cut.blocks() for m in block.minibatches] for _ in range(2))
    assert first == second


@pytest.mark.parametrize(
    ("image_type", "label_type", "reason"),
    [
        ("i8", "i8", "images are int64; bytes or floating-point"),
        ("c16", "i8", "images are complex128"),
        ("u1", "f8", "labels are float64; integers"),
    ],
)
def test_examples_of_types_that_would_be_misread_are_refused(
    image_type: str, label_type: str, reason: str
) -> None:
    wrong = Examples(np.zeros((2, 4), image_type), np.zeros(2, label_type))
    with pytest.raises(ValueError, match=reason):
        batches(wrong, 2)


def test_the_last_examples_are_held_out() -> None:
    training, held_out = examples(10).hold_out(3)
    assert training.images.tolist() == examples(10).images[:7].tolist()
    assert held_out.images.tolist() == examples(10).images[7:].tolist()
    assert [*training.labels, *held_out.labels] == examples(10).labels.tolist()
    assert len(examples(10).hold_out(0)[1].labels) == 0


@pytest.mark.parametrize("count", [-1, 10, 11])
def test_some_examples_have_to_be_left_to_train_on(count: int) -> None:
    with pytest.raises(ValueError, match="cannot be held out"):
        examples(10).hold_out(count)


def test_labels_may_be_any_class_of_the_output_layer_and_no_other() -> None:
    images = np.zeros((2, 4))
    for classes in (3, 5):
        MiniBatches(Examples(images, np.array([0, classes - 1])), deep(classes), 2)
        with pytest.raises(ValueError, match=f"^labels are 0 to {classes}; 0 to {classes - 1} was expected$"):
            MiniBatches(Examples(images, np.array([0, classes])), deep(classes), 2)


def test_examples_are_counted_where_none_can_be_left() -> None:
    with pytest.raises(ValueError, match=r"^1,500 of 10 examples cannot be held out$"):
        examples(10).hold_out(1500)
    with pytest.raises(ValueError, match=r"^there are no examples$"):
        batches(examples(0), 1)
    with pytest.raises(
        ValueError, match=r"^a pair of images and labels was expected, as digits.training is, not int$"
    ):
        Examples.of(7)  # type: ignore[arg-type] # that is what is refused
