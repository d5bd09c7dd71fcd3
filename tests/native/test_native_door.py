"""The door of the compiled library: arguments that do not fit are refused before anything is computed."""

import threading
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from support.compiled import FUSED, images_of
from support.problems import byte_examples

from nnbp.native.library import library

COUNT, SIZES = 12, (6, 5, 3)
NEURONS = 5
REFUSED = r"^((images|labels|confusion|order|draws): |threads: at least 1$|a setting is out of range)"


def network(**changes: Any) -> Any:
    options = {
        "sizes": SIZES,
        "batch_size": 4,
        "cost": "quadratic",
        "velocity": False,
        "dropout": False,
        "instructions": FUSED[0],
    }
    return library().Network(**{**options, **changes})


def images(pixels: int = 6, count: int = COUNT, most_bytes: int = 1 << 20) -> Any:
    return images_of(byte_examples(count, pixels, 3).images, most_bytes)


def training(**changes: Any) -> dict[str, Any]:
    """The arguments of `train`, with changes."""
    return {
        "images": images(),
        "dense": False,
        "labels": byte_examples(COUNT, 6, 3).labels,
        "order": np.arange(COUNT),
        "draws": None,
        "learning_rate": 0.1,
        "l1": 0.0,
        "l2": 0.0,
        "momentum": 0.0,
        "nesterov": False,
        "dropout": 0.0,
        "threads": 2,
        "confusion": np.zeros((3, 3), np.int64),
        "cost_sum": 0.0,
        **changes,
    }


def evaluation(**changes: Any) -> dict[str, Any]:
    """The arguments of `evaluate`, with changes."""
    taken = training()
    return {name: taken[name] for name in ("images", "dense", "labels", "threads", "confusion")} | changes


def read_only(array: Any) -> Any:
    array.flags.writeable = False
    return array


WRONG_LABELS = [
    np.zeros(COUNT, np.int64),
    np.zeros(COUNT, np.uint32),
    np.zeros(COUNT, np.float32),
    np.zeros(COUNT, ">i4"),
    np.zeros(COUNT - 1, np.int32),
    np.zeros(COUNT + 1, np.int32),
    np.zeros((COUNT, 1), np.int32),
    np.zeros(2 * COUNT, np.int32)[::2],
    np.array([0] * (COUNT - 1) + [3], np.int32),
    np.array([-1] + [0] * (COUNT - 1), np.int32),
    np.full(COUNT, 2**31 - 1, np.int32),
    np.zeros((), np.int32),
    [0] * COUNT,
    b"0" * 4 * COUNT,
    None,
]
WRONG_CONFUSIONS = [
    np.zeros((3, 3)),
    np.zeros((3, 3), np.int32),
    np.zeros((3, 2), np.int64),
    np.zeros((4, 4), np.int64),
    np.zeros(9, np.int64),
    np.zeros((3, 6), np.int64)[:, ::2],
    np.zeros((3, 3), np.int64, order="F")[::-1],
    read_only(np.zeros((3, 3), np.int64)),
    bytearray(72),
    None,
]
WRONG_ORDERS = [
    np.arange(COUNT, dtype=np.int32),
    np.arange(COUNT, dtype=np.uint64),
    np.arange(COUNT) + 1,
    np.arange(COUNT) - 1,
    np.array([2**62]),
    np.array([-(2**63)]),
    np.zeros(2 * COUNT, np.int64)[::2],
    np.arange(COUNT).reshape(3, 4),
    np.array(3),
    list(range(COUNT)),
    None,
]


@pytest.mark.parametrize(
    "changes",
    [
        *({"labels": labels} for labels in WRONG_LABELS),
        *({"confusion": confusion} for confusion in WRONG_CONFUSIONS),
        *({"order": order} for order in WRONG_ORDERS),
        *({"threads": threads} for threads in (0, -1, -(2**40))),
        *({"images": other} for other in (np.zeros((COUNT, 6), np.uint8), None, object())),
        {"draws": np.zeros(COUNT * NEURONS, np.float32)},
        {"learning_rate": np.nan},
        {"learning_rate": np.inf},
        {"l1": np.nan},
        {"l2": -np.inf},
        {"momentum": 1.0},
        {"momentum": -0.1},
        {"momentum": np.nan},
        {"dropout": 1.0},
        {"dropout": -0.1},
        {"dropout": np.nan},
        {"dropout": 0.5},
        {"momentum": 0.5},
    ],
    ids=lambda changes: "-".join(changes),
)
def test_arguments_that_do_not_fit_a_training_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=REFUSED):
        network().train(**training(**changes))


@pytest.mark.parametrize(
    "changes",
    [
        *({"labels": labels} for labels in WRONG_LABELS),
        *({"confusion": confusion} for confusion in WRONG_CONFUSIONS),
        {"threads": 0},
        {"images": None},
    ],
    ids=lambda changes: "-".join(changes),
)
def test_arguments_that_do_not_fit_an_evaluation_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=REFUSED):
        network().evaluate(**evaluation(**changes))


def test_images_of_another_size_are_refused() -> None:
    for pixels in (5, 7, 600):
        with pytest.raises(ValueError, match="pixels"):
            network().train(**training(images=images(pixels)))
        with pytest.raises(ValueError, match="pixels"):
            network().evaluate(**evaluation(images=images(pixels)))


@pytest.mark.parametrize(
    "draws",
    [
        None,
        np.zeros(COUNT * NEURONS),
        np.zeros(COUNT * NEURONS - 1, np.float32),
        np.zeros(COUNT * NEURONS + 1, np.float32),
        np.zeros((COUNT, NEURONS), np.float32),
        np.zeros(2 * COUNT * NEURONS, np.float32)[::2],
        [0.0] * COUNT * NEURONS,
    ],
)
def test_dropout_needs_a_number_for_each_neuron_of_each_example(draws: Any) -> None:
    with pytest.raises(ValueError, match="draws"):
        network(dropout=True).train(**training(draws=draws, dropout=0.5))


@pytest.mark.parametrize(
    "array",
    [
        np.zeros((3, 6)),
        np.zeros((3, 6), np.int8),
        np.zeros((3, 6), np.bool_),
        np.zeros(18, np.uint8),
        np.zeros((3, 2, 3), np.uint8),
        np.zeros((6, 3), np.uint8).T,
        np.zeros((3, 12), np.uint8)[:, ::2],
        np.zeros((6, 6), np.uint8)[::2],
        np.zeros((3, 0), np.uint8),
        np.broadcast_to(np.zeros(6, np.uint8), (3, 6)),
        [[0]],
        "images",
        None,
    ],
)
def test_images_are_bytes_in_c_order(array: Any) -> None:
    with pytest.raises(ValueError, match="images"):
        images_of(array, 1000)


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


@pytest.mark.parametrize(
    "changes",
    [
        {"cost": "cubic"},
        {"cost": ""},
        {"instructions": "v5"},
        {"instructions": ""},
        {"batch_size": 0},
        {"batch_size": -1},
        {"batch_size": 2**62},
        {"sizes": ()},
        {"sizes": (6,)},
        {"sizes": (6, 0)},
        {"sizes": (0, 6)},
        {"sizes": (6, -1)},
        {"sizes": [6, 5, 3]},
        {"sizes": (1,) * 1001},
        {"sizes": (2**40, 1)},
        {"sizes": ((1 << 23) + 1, 1)},
        {"sizes": (1, 2**62)},
    ],
    ids=str,
)
def test_a_network_that_cannot_be_built_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"no such (cost|instruction set)|sizes is a tuple"):
        network(**changes)


def test_a_network_larger_than_any_memory_is_a_memory_error() -> None:
    with pytest.raises(MemoryError):
        network(sizes=(2**20, 2**20))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("sizes", (2**70, 1)),
        ("sizes", (6, "5", 3)),
        ("sizes", (6, 5.0, 3)),
        ("batch_size", 2**70),
        ("batch_size", "4"),
        ("cost", 3),
        ("cost", "quad\0ratic"),
        ("instructions", None),
    ],
)
def test_arguments_of_another_type_are_refused(name: str, value: Any) -> None:
    with pytest.raises((TypeError, OverflowError, ValueError)):
        network(**{name: value})


def test_a_network_as_deep_as_can_be_stored_trains() -> None:
    deep = network(sizes=(6, *[2] * 997, 3))
    assert deep.train(**training())[1] == -1


def layer(number: int = 0, velocity: bool = False) -> list[Any]:
    n_in, n_out = SIZES[number], SIZES[number + 1]
    arrays = [np.zeros((n_in, n_out), np.float32), np.zeros(n_out, np.float32)]
    return [number, *arrays, *(arrays if velocity else (None, None))]


WRONG_LAYERS: list[tuple[int, Callable[[], Any]]] = [
    (0, lambda: -1),
    (0, lambda: 2),
    (0, lambda: 2**40),
    (1, lambda: None),
    (1, lambda: np.zeros((6, 5))),
    (1, lambda: np.zeros((6, 5), np.int32)),
    (1, lambda: np.zeros((5, 6), np.float32).T),
    (1, lambda: np.zeros((5, 6), np.float32)),
    (1, lambda: np.zeros((6, 10), np.float32)[:, ::2]),
    (1, lambda: np.zeros(30, np.float32)),
    (1, lambda: [[0.0] * 5] * 6),
    (2, lambda: np.zeros(6, np.float32)),
    (2, lambda: np.zeros((1, 5), np.float32)),
    (2, lambda: np.zeros(10, np.float32)[::2]),
    (2, lambda: np.float32(0)),
    (3, lambda: np.zeros((6, 5), np.float32)),
    (4, lambda: np.zeros(5, np.float32)),
]


@pytest.mark.parametrize(("place", "wrong"), WRONG_LAYERS)
@pytest.mark.parametrize("velocity", [False, True])
@pytest.mark.parametrize("method", ["set_layer", "get_layer"])
def test_a_layer_of_another_kind_is_refused(
    method: str, velocity: bool, place: int, wrong: Callable[[], Any]
) -> None:
    arguments = layer(velocity=velocity)
    arguments[place] = wrong()
    if velocity and place >= 3:
        arguments[place] = None if place == 3 else np.zeros(6, np.float32)
    if not velocity and place == 4:
        arguments[3] = arguments[1]
    with pytest.raises(ValueError, match=r"^no such layer|: expected "):
        getattr(network(velocity=velocity), method)(*arguments)


def test_parameters_are_not_written_into_arrays_that_are_read_only() -> None:
    for place in (1, 2, 3, 4):
        arguments = layer(velocity=True)
        arguments[place] = read_only(arguments[place].copy())
        network(velocity=True).set_layer(*arguments)
        with pytest.raises(ValueError, match="writable"):
            network(velocity=True).get_layer(*arguments)


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


def test_two_threads_of_python_cannot_use_a_network_at_once() -> None:
    held = library().Network(
        sizes=(784, 800, 10), batch_size=100, cost="quadratic", velocity=False, dropout=False,
        instructions=FUSED[0],
    )  # fmt: skip
    shown = byte_examples(3000, 784, 10)
    arguments = training(
        images=images_of(shown.images, 1 << 26),
        labels=shown.labels,
        order=np.tile(np.arange(3000), 3),
        confusion=np.zeros((10, 10), np.int64),
    )
    thread = threading.Thread(target=held.train, kwargs=arguments)
    thread.start()
    refused, layer = 0, (1, np.zeros((800, 10), np.float32), np.zeros(10, np.float32), None, None)
    attempts: list[Callable[[], object]] = [
        lambda: held.train(**arguments),
        lambda: held.evaluate(**{name: arguments[name] for name in evaluation()}),
        lambda: held.get_layer(*layer),
        lambda: held.set_layer(*layer),
    ]
    while thread.is_alive():
        for attempt in attempts:
            try:
                attempt()
            except RuntimeError as error:
                assert "in use" in str(error)  # noqa: PT017 - whether it comes is a matter of time
                refused += 1
        time.sleep(0.001)
    thread.join()
    assert refused > 0
    held.get_layer(*layer)


def test_two_threads_of_python_can_use_the_same_images_at_once() -> None:
    shown, order = images(), np.tile(np.arange(COUNT), 1000)
    results: list[Any] = []

    def work() -> None:
        confusion = np.zeros((3, 3), np.int64)
        results.append(network().train(**training(images=shown, order=order, confusion=confusion)))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 4
    assert len(set(results)) == 1


def test_images_outlive_the_array_that_they_hold() -> None:
    confusions = []
    for most_bytes in (0, 1 << 20):
        shown = images_of(byte_examples(COUNT, 6, 3).images.copy(), most_bytes)
        confusions.append(np.zeros((3, 3), np.int64))
        network().evaluate(**evaluation(images=shown, confusion=confusions[-1]))
    assert confusions[0].tolist() == confusions[1].tolist()
