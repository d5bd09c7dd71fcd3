"""The networks of a page for network.js, as JSON in a script that no browser runs."""

import base64
import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from nnbp.notebook.markup import Element, element
from nnbp.report.subject import Shown


def script(models: Sequence[Shown]) -> Element:
    """Layers, cost, weights and biases of each model, and whether it deskews, in the order of the page."""
    text = json.dumps([_network(shown) for shown in models], separators=(",", ":"))
    return element("script", text, type="application/json", id="draw-models")


def _network(shown: Shown) -> dict[str, Any]:
    network = shown.model.network
    return {
        "sizes": network.sizes,
        "cost": shown.model.settings.cost,
        "deskew": shown.model.settings.deskew,
        "weights": [_base64(weights) for weights in network.weights],
        "biases": [_base64(biases) for biases in network.biases],
    }


def _base64(array: npt.NDArray[Any]) -> str:
    """The numbers as little-endian float32, row by row."""
    return base64.b64encode(np.ascontiguousarray(array, "<f4").tobytes()).decode("ascii")
