"""Arguments that the compiled library refuses before anything is computed."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from support.compiled import images_of
from support.door import COUNT, NEURONS, evaluation, images, layer, network, read_only, training

REFUSED = (
    r"^((images|labels|confusion|order|draws): |threads: at least 1$|layer_rates: |a setting is out of range)"
)


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


WRONG_RATES = [
    (),
    (1.0,),
    (1.0, 1.0, 1.0),
    [1.0, 1.0],
    None,
    1.0,
    (0.0, 1.0),
    (1.0, -1.0),
    (np.inf, 1.0),
    (1.0, np.nan),
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
        *({"layer_rates": wrong} for wrong in WRONG_RATES),
        {"l1": np.nan},
        {"l2": -np.inf},
        {"momentum": 1.0},
        {"momentum": -0.1},
        {"momentum": np.nan},
        {"dropout": 1.0},
        {"dropout": -0.1},
        {"dropout": np.nan},
        {"dropout": 0.5},
        {"input_dropout": 1.0, "draws": np.zeros(COUNT * 6, np.float32)},
        {"input_dropout": -0.1},
        {"max_norm": -0.1},
        {"max_norm": np.inf},
        {"max_norm": np.nan},
        {"input_dropout": np.nan, "draws": np.zeros(COUNT * 6, np.float32)},
        {"input_dropout": 0.5},
        {"input_dropout": 0.5, "draws": np.zeros(COUNT * NEURONS, np.float32)},
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


def test_a_rate_that_is_no_number_is_refused() -> None:
    with pytest.raises(TypeError):
        network().train(**training(layer_rates=(1.0, "1")))


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


def test_no_images_have_no_labels_and_no_hidden_neurons_have_no_draws() -> None:
    none = images(count=0)
    labels = np.zeros(0, np.int32)
    assert network().evaluate(**evaluation(images=none, labels=labels)) == (0.0, -1)
    with pytest.raises(ValueError, match=r"^labels: "):
        network().evaluate(**evaluation(images=none))
    flat = network(sizes=(6, 3), dropout=True)
    draws = np.zeros(0, np.float32)
    assert flat.train(**training(dropout=0.5, draws=draws, layer_rates=(1.0,)))[1] == -1
    with pytest.raises(ValueError, match=r"^draws: "):
        flat.train(**training(dropout=0.5, draws=np.zeros(1, np.float32), layer_rates=(1.0,)))


@pytest.mark.parametrize("place", [0, 5, COUNT - 1])
@pytest.mark.parametrize("index", [-1, COUNT, 2**40])
def test_every_index_of_an_order_is_checked(place: int, index: int) -> None:
    order = np.arange(COUNT)
    order[place] = index
    with pytest.raises(ValueError, match=r"^order: an index is out of range$"):
        network().train(**training(order=order))


@pytest.mark.parametrize("place", [0, 5, COUNT - 1])
@pytest.mark.parametrize("label", [-1, 3])
def test_every_label_is_checked(place: int, label: int) -> None:
    labels = np.zeros(COUNT, np.int32)
    labels[place] = label
    for call, arguments in ((network().train, training), (network().evaluate, evaluation)):
        with pytest.raises(ValueError, match=r"^labels: one is out of range$"):
            call(**arguments(labels=labels))


def test_the_largest_images_have_2_to_the_23_pixels() -> None:
    most = 1 << 23
    network(sizes=(most, 1), batch_size=1)
    images_of(np.zeros((1, most), np.uint8), 0)
    with pytest.raises(ValueError, match="sizes"):
        network(sizes=(most + 1, 1), batch_size=1)
