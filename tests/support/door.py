"""Arguments for the door of the compiled library, with changes."""

from typing import Any

import numpy as np

from nnbp.elastic import SIDE
from nnbp.native.library import library
from support.compiled import FUSED, images_of
from support.problems import byte_examples

COUNT = 12
SIZES = (6, 5, 3)
NEURONS = 5
DISTORTED = 3

# The rule of gradient descent for two layers, without anything besides the learning rate.
PLAIN: dict[str, Any] = {
    "layer_rates": (1.0, 1.0),
    "l1": 0.0,
    "l2": 0.0,
    "momentum": 0.0,
    "nesterov": False,
    "dropout": 0.0,
    "input_dropout": 0.0,
    "max_norm": 0.0,
}


def network(**changes: Any) -> Any:
    """The library's network, 6,5,3."""
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
    """Random images of the library."""
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
        **PLAIN,
        "threads": 2,
        "confusion": np.zeros((3, 3), np.int64),
        "cost_sum": 0.0,
        **changes,
    }


def evaluation(**changes: Any) -> dict[str, Any]:
    """The arguments of `evaluate`, with changes."""
    taken = training()
    return {name: taken[name] for name in ("images", "dense", "labels", "threads", "confusion")} | changes


def prediction(**changes: Any) -> dict[str, Any]:
    """The arguments of `predict`, with changes."""
    return {
        "images": images(),
        "threads": 2,
        "outputs": np.zeros((COUNT, SIZES[-1]), np.float32),
        "answers": np.zeros(COUNT, np.int32),
        **changes,
    }


def distortion(**changes: Any) -> dict[str, Any]:
    """The arguments of `distort`, for three of four images of 2 × 3 pixels, with changes."""
    return {
        "images": np.zeros((4, 6), np.uint8),
        "order": np.array([3, 0, 3]),
        "maps": np.zeros((DISTORTED, 12), np.int32),
        "field": np.zeros((SIDE, SIDE), np.int16),
        "out": np.zeros((DISTORTED, 6), np.uint8),
        "rows": 2,
        "columns": 3,
        "threads": 1,
        "instructions": FUSED[0],
        **changes,
    }


def read_only(array: Any) -> Any:
    """The array, made read-only."""
    array.flags.writeable = False
    return array


def layer(number: int = 0, velocity: bool = False) -> list[Any]:
    """The arguments of `set_layer` and `get_layer`."""
    n_in, n_out = SIZES[number], SIZES[number + 1]
    arrays = [np.zeros((n_in, n_out), np.float32), np.zeros(n_out, np.float32)]
    return [number, *arrays, *(arrays if velocity else (None, None))]
