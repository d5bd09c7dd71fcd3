"""The compiled library, called through its door: its images, orders, counts and parameters."""

import numpy as np
import pytest
from support.compiled import images_of
from support.door import COUNT, evaluation, images, layer, network, prediction, training


def test_lists_of_lit_pixels_are_kept_only_up_to_a_size() -> None:
    array = np.full((4, 6), 7, np.uint8)
    assert images_of(array, 4 * 6 * 4).kept
    assert not images_of(array, 4 * 6 * 4 - 1).kept
    assert images_of(array, 0).density == 1.0
    assert not images_of(np.zeros((4, 6), np.uint8), 0).kept
    with pytest.raises(ValueError, match="most_bytes"):
        images_of(array, -1)
    with pytest.raises(ValueError, match="pixels"):
        images_of(np.zeros((0, (1 << 23) + 1), np.uint8), 0)
    with pytest.raises(ValueError, match="instruction set"):
        images_of(array, 0, "v5")


@pytest.mark.parametrize("count", [1, 999, 1000, 1001, 2500])
def test_the_density_is_that_of_all_images_or_of_an_even_sample(count: int) -> None:
    array = np.zeros((count, 4), np.uint8)
    array[count // 2 :, 0] = 1
    expected = np.count_nonzero(array) / array.size
    assert images_of(array, 0).density == pytest.approx(expected, abs=1e-3)


def test_a_network_as_deep_as_can_be_stored_trains() -> None:
    deep = network(sizes=(6, *[2] * 997, 3))
    assert deep.train(**training(layer_rates=(1.0,) * 998))[1] == -1


def test_parameters_come_back_unchanged() -> None:
    held = network(velocity=True)
    rng = np.random.default_rng(0)
    for number in (0, 1):
        given = [rng.random(a.shape, np.float32) for a in layer(number, velocity=True)[1:]]
        held.set_layer(number, *given)
        back = [np.empty_like(array) for array in given]
        held.get_layer(number, *back)
        assert all(np.array_equal(found, array) for found, array in zip(back, given, strict=True))


def test_an_empty_order_changes_nothing() -> None:
    confusion = np.zeros((3, 3), np.int64)
    nothing = {"order": np.zeros(0, np.int64), "confusion": confusion, "cost_sum": 1.5}
    assert network().train(**training(**nothing)) == (1.5, -1)
    none = {"images": images(count=0), "labels": np.zeros(0, np.int32), "confusion": confusion}
    assert images(count=0).density == 0.0
    assert network().evaluate(**evaluation(**none)) == (0.0, -1)
    assert network().train(**training(**nothing | none)) == (1.5, -1)
    assert not confusion.any()


def test_there_may_be_more_threads_than_work() -> None:
    for threads in (13, 64, 65, 100_000):
        assert network().train(**training(threads=threads))[1] == -1
        assert network().evaluate(**evaluation(threads=threads))[1] == -1


def test_an_order_may_repeat_an_example_and_leave_out_others() -> None:
    confusion = np.zeros((3, 3), np.int64)
    network().train(**training(order=np.full(5, 7), confusion=confusion))
    assert confusion[training()["labels"][7]].sum() == confusion.sum() == 5


def test_counts_and_costs_are_added_to_those_before() -> None:
    confusion = np.full((3, 3), 100, np.int64)
    cost, _ = network().train(**training(confusion=confusion, cost_sum=1000.0))
    assert confusion.sum() == 900 + COUNT
    assert 1000.0 < cost < 1000.0 + COUNT * 1.5


def test_the_first_example_without_a_finite_cost_is_returned() -> None:
    held = network(cost="cross-entropy")
    weights = np.zeros((6, 5), np.float32)
    weights[0, 0] = np.nan
    held.set_layer(0, weights, np.zeros(5, np.float32), None, None)
    pixels = np.zeros((COUNT, 6), np.uint8)
    pixels[5:, 0] = 1
    shown = images_of(pixels, 1000)
    assert held.train(**training(images=shown, learning_rate=0.0))[1] == 5


@pytest.mark.parametrize("dense", [False, True])
def test_a_number_equal_to_the_fraction_keeps_a_pixel(dense: bool) -> None:
    costs = []
    for number in (0.5, 0.75, 0.25):
        draws = np.full(COUNT * 6, number, np.float32)
        costs.append(network().train(**training(draws=draws, input_dropout=0.5, dense=dense, threads=1))[0])
    assert costs[0] == costs[1] != costs[2]


def test_a_trained_network_answers_with_the_parameters_that_it_returns() -> None:
    # Each layer's weights have a scale of their own until they are taken.
    held, anew = network(), network()
    rng = np.random.default_rng(0)
    for number in (0, 1):
        held.set_layer(
            number, *(rng.standard_normal(a.shape, np.float32) for a in layer(number)[1:3]), None, None
        )
    held.train(**training(l2=1.0, layer_rates=(1.0, 4.0), order=np.arange(4)))
    asked = [prediction(threads=1), prediction(threads=1)]
    held.predict(**asked[0])
    cost = held.evaluate(**evaluation())[0]
    for number in (0, 1):
        taken = layer(number)
        held.get_layer(*taken)
        anew.set_layer(*taken)
    anew.predict(**asked[1])
    np.testing.assert_allclose(asked[0]["outputs"], asked[1]["outputs"], rtol=1e-5)
    assert cost == pytest.approx(anew.evaluate(**evaluation())[0], rel=1e-5)
