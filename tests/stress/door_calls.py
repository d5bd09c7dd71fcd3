"""Calls of the compiled library with random arguments, few of which fit."""

import contextlib
import random
from collections.abc import Callable
from typing import Any

import numpy as np
from support import door
from support.compiled import images_of

from nnbp.native.library import library

# Exceptions by which the library may refuse.
REFUSALS: tuple[type[Exception], ...] = (ValueError, TypeError, OverflowError, MemoryError, BufferError)

_TYPES = (
    "u1", "i1", "?", "i2", "i4", "u4", "i8", "u8", "f2", "f4", "f8", ">i4", ">f4", ">i8", "c8", "S4", "V3",
)  # fmt: skip
_DIMENSIONS = (0, 1, 2, 3, 4, 5, 6, 11, 12, 13, 36, 60, 72)
_NUMBERS: tuple[Any, ...] = (
    None, "1", b"1", True, 0, 1, 2, 3, 5, -1, 1000, 2**31 - 1, 2**31, 2**63 - 1, 2**63, 2**70, -(2**63),
    0.0, -0.0, 0.5, 1.0, -1.0, 1e-320, 1e308, float("nan"), float("inf"), [], (), (1,), 1j,
)  # fmt: skip


def call(rng: random.Random) -> None:
    """Call a random part of the library; it computes or refuses."""
    with contextlib.suppress(*REFUSALS):
        rng.choice((_train, _evaluate, _predict, _distort, _make_network, _make_images, _exchange))(rng)


def array(rng: random.Random) -> Any:
    """An array of any type, shape, order and content, or something else."""
    shape = tuple(rng.choice(_DIMENSIONS) for _ in range(rng.choice((0, 1, 1, 1, 2, 2, 2, 3))))
    size = int(np.prod(shape, dtype=int))
    dtype = np.dtype(rng.choice(_TYPES))
    fill = rng.choice((b"\0", b"\1", b"\xff", rng.randbytes(1)))
    made = np.frombuffer(bytearray(fill * (dtype.itemsize * size)), dtype).reshape(shape)
    change = rng.randrange(8)
    if change == 0:
        return made.T
    if change == 1:
        return made[..., ::2] if made.ndim else made
    if change == 2:
        return made[::-1] if made.ndim else made
    if change == 3:
        made.flags.writeable = False
    if change == 4:
        return rng.choice((made.data, made.tolist(), made.tobytes(), bytearray(made.tobytes()), None))
    return made


def _changed(rng: random.Random, arguments: dict[str, Any]) -> dict[str, Any]:
    """The arguments with one or two replaced by anything."""
    for name in rng.choices(list(arguments), k=rng.choice((1, 1, 2))):
        value = arguments[name]
        near = isinstance(value, np.ndarray) and rng.random() < 0.5
        arguments[name] = _near(rng, value) if near else rng.choice((array(rng), rng.choice(_NUMBERS)))
    return arguments


def _near(rng: random.Random, value: Any) -> Any:
    """An array of this type and shape with other content: numbers in range or a little outside."""
    if value.dtype.kind == "f":
        return np.full(value.shape, rng.choice((0.0, 6e4, np.nan, np.inf, -1e-45)), value.dtype)
    return np.array(
        [rng.choice((0, 0, 1, 2, 2, 2, 3, 11, 12, -1, 2**31 - 1)) for _ in range(value.size)], value.dtype
    ).reshape(value.shape)


def _train(rng: random.Random) -> None:
    dropout = rng.random() < 0.3
    made = door.network(dropout=dropout, velocity=rng.random() < 0.3)
    arguments = door.training(threads=rng.randint(1, 4), dense=rng.random() < 0.5)
    pixels = rng.random() < 0.3
    if dropout or pixels:
        drawn = (door.NEURONS if dropout else 0) + (door.SIZES[0] if pixels else 0)
        arguments["draws"] = rng.choice((0.0, 0.5, 1.0)) * np.ones(door.COUNT * drawn, np.float32)
        arguments |= {"dropout": 0.5 if dropout else 0.0, "input_dropout": 0.5 if pixels else 0.0}
    made.train(**_changed(rng, arguments))


def _evaluate(rng: random.Random) -> None:
    door.network().evaluate(**_changed(rng, door.evaluation(threads=rng.randint(1, 4))))


def _predict(rng: random.Random) -> None:
    given = door.prediction(threads=rng.randint(1, 4))
    door.network().predict(**_changed(rng, given))


def _distort(rng: random.Random) -> None:
    given = door.distortion(threads=rng.randint(1, 4))
    # Making other content for it would take longer than everything else.
    field = given.pop("field")
    library().distort(field=rng.choice((field, field, field, array(rng))), **_changed(rng, given))


def _make_network(rng: random.Random) -> None:
    sizes = tuple(rng.choice((1, 2, 3, 6, 17, rng.choice(_NUMBERS))) for _ in range(rng.randrange(5)))
    changes: dict[str, Any] = {"sizes": sizes, "batch_size": rng.choice((1, 4, 100, rng.choice(_NUMBERS)))}
    if rng.random() < 0.2:
        changes = _changed(rng, {**changes, "cost": "quadratic", "velocity": False, "instructions": "v3"})
    door.network(**changes)


def _make_images(rng: random.Random) -> None:
    pixels = rng.choice((1, 5, 6, 17, 100))
    whole = np.full((door.COUNT, pixels), rng.choice((0, 1, 255)), np.uint8)
    made = images_of(rng.choice((whole, array(rng))), rng.choice((0, 1000, 1 << 20)))
    door.network(sizes=(rng.choice((pixels, pixels, 6)), 5, 3)).evaluate(**door.evaluation(images=made))


def _exchange(rng: random.Random) -> None:
    velocity = rng.random() < 0.5
    made, arguments = door.network(velocity=velocity), door.layer(rng.randrange(2), velocity)
    arguments[rng.randrange(5)] = rng.choice((array(rng), rng.choice(_NUMBERS)))
    method: Callable[..., None] = rng.choice((made.set_layer, made.get_layer))
    method(*arguments)
