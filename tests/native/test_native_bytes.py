"""The same bytes for any number of threads, instruction set, path through a layer, and length of call."""

import hashlib
from typing import Any, cast

import numpy as np
import pytest
from support.compiled import FUSED, Way, bytes_of, each_way, train
from support.problems import byte_examples

from nnbp import Examples, Settings, Training, native

THREADS = (1, 2, 3, 5)
PLAIN = {"l2": 2.0}
CHOICES: list[dict[str, Any]] = [
    {"l2": 0.0, "cost": "quadratic"},
    {"momentum": 0.9, "nesterov": True, "l1": 0.5, "l2": 1.0},
    {"l1": 0.5, "l2": 1.0, "cost": "log-likelihood"},
    {"dropout": 0.3, "momentum": 0.5},
]


def outcome(sizes: tuple[int, ...], shown: Examples, way: Way, **choices: Any) -> str:
    """A hash of the parameters, their velocity, the costs and the answers after two epochs."""
    settings = Settings(**{"epochs": 2, "learning_rate": 0.2, **choices})
    training = Training.begin(sizes, settings, seed=6)
    figures = train(training, shown, way)
    seen = b"".join(np.float64(each.cost).tobytes() + each.confusion.tobytes() for each in figures)
    return hashlib.sha256(bytes_of(training) + seen).hexdigest()


def same_bytes(sizes: tuple[int, ...], shown: Examples, **choices: Any) -> bool:
    """Whether all numbers of threads, instruction sets and paths through the first layer agree."""
    ways = [
        way
        for threads in THREADS
        for instructions in FUSED
        for way in each_way(threads=threads, instructions=instructions)
    ]
    return len({outcome(sizes, shown, way, **choices) for way in ways}) == 1


@pytest.mark.parametrize("batch_size", [1, 7, 10, 24, 32, 128, 130, 300])
def test_mini_batches_of_every_size_give_the_same_bytes(batch_size: int) -> None:
    shown = byte_examples(max(50, 2 * batch_size + 3), 60, 10)
    assert same_bytes((60, 100, 33, 10), shown, batch_size=batch_size, **PLAIN)


@pytest.mark.parametrize("sizes", [(50, 5), (50, 300), (50, 30, 10), (50, 130, 20), (50, 17, 40, 90, 30, 7)])
def test_networks_of_every_shape_give_the_same_bytes(sizes: tuple[int, ...]) -> None:
    for batch_size in (10, 40):
        assert same_bytes(sizes, byte_examples(95, sizes[0], sizes[-1]), batch_size=batch_size, **PLAIN)


@pytest.mark.parametrize("choices", CHOICES, ids=str)
@pytest.mark.parametrize("batch_size", [10, 40])
def test_settings_of_every_kind_give_the_same_bytes(choices: dict[str, Any], batch_size: int) -> None:
    assert same_bytes((40, 50, 35, 4), byte_examples(95, 40, 4), batch_size=batch_size, **choices)


@pytest.mark.parametrize("choices", [PLAIN, *CHOICES], ids=str)
def test_calls_of_every_length_give_the_same_bytes(choices: dict[str, Any]) -> None:
    shown = byte_examples(95, 40, 4)
    ways = [Way(threads=threads, per_call=call) for threads in (1, 2) for call in (1, 2, 3, 7, None)]
    assert len({outcome((40, 50, 35, 4), shown, way, batch_size=10, **choices) for way in ways}) == 1


@pytest.mark.parametrize("lit", [0.0, 0.01, 0.6, 1.0])
def test_images_of_every_density_give_the_same_bytes(lit: float) -> None:
    assert same_bytes((70, 40, 4), byte_examples(95, 70, 4, lit), batch_size=30, **PLAIN)


def test_a_velocity_that_fades_to_nothing_gives_the_same_bytes() -> None:
    # Halved 400 times, the velocity of a pixel that is lit once is too small for float32.
    images = np.zeros((400, 20), np.uint8)
    images[:, 0] = 200
    images[np.arange(10), np.arange(10) + 1] = 255
    shown = Examples(images, np.arange(400, dtype=np.int32) % 3)
    assert same_bytes((20, 18, 3), shown, batch_size=1, momentum=0.5, l2=0.0)


def test_weights_that_decay_to_nothing_give_the_same_bytes() -> None:
    # The weights of pixels that are always black, halved until the negative ones are -0.
    images = np.zeros((400, 20), np.uint8)
    images[:, 0] = 200
    shown = Examples(images, np.arange(400, dtype=np.int32) % 3)
    assert same_bytes((20, 18, 3), shown, batch_size=1, learning_rate=0.5, l2=400.0)


class Counted:
    """A generator that counts the uniform numbers drawn from it."""

    def __init__(self) -> None:
        self.rng = np.random.default_rng(0)
        self.drawn: list[int] = []

    def permutation(self, count: int) -> Any:
        return self.rng.permutation(count)

    def random(self, count: int, dtype: Any) -> Any:
        self.drawn.append(count)
        return self.rng.random(count, dtype)


@pytest.mark.parametrize(
    ("sizes", "choices", "each"),
    [
        ((4, 2000, 3), {"dropout": 0.5}, 2000),
        ((2000, 3), {"input_dropout": 0.5}, 2000),
        ((1200, 20, 3), {"input_dropout": 0.5}, 1200),
        ((1200, 20, 3), {"input_dropout": 0.5, "dropout": 0.5}, 1220),
        ((1200, 20, 3), {"dropout": 0.5}, 20),
    ],
)
def test_the_numbers_drawn_for_dropout_take_little_memory_at_a_time(
    sizes: tuple[int, ...], choices: dict[str, float], each: int
) -> None:
    # A network with few weights for its neurons: many of its mini-batches fit into a call.
    shown, settings = byte_examples(4000, sizes[0], 3), Settings(**choices)  # type: ignore[arg-type] # a fraction
    network, rng = Training.begin(sizes, settings, seed=1).network, Counted()
    native.Epochs(network, [], shown, settings, cast("np.random.Generator", rng)).run(1)
    assert sum(rng.drawn) == 4000 * each
    assert max(rng.drawn) * 4 <= 16 * 1024 * 1024


def test_another_network_other_images_or_another_setting_gives_other_bytes() -> None:
    shown = byte_examples(95, 40, 4)
    different = [
        outcome((40, 20, 4), shown, Way(), batch_size=10, **PLAIN),
        outcome((40, 20, 4), shown, Way(), batch_size=11, **PLAIN),
        outcome((40, 20, 4), shown, Way(), batch_size=10, l2=2.001),
        outcome((40, 20, 4), byte_examples(95, 40, 4, seed=1), Way(), batch_size=10, **PLAIN),
    ]
    assert len(set(different)) == len(different)
