"""Outputs and labels by the compiled library, computed in several ways and by NumPy."""

from dataclasses import replace
from typing import Any

import numpy as np
from support.compiled import AVAILABLE, Way, images_of

from nnbp.native.library import library
from stress.trainings import Drawn


def difference(drawn: Drawn, other: Way) -> str:
    """What is wrong with the answers of the network that the training begins with; empty if nothing is."""
    labels, outputs = answers(drawn, drawn.way)
    for instructions in AVAILABLE:
        way = replace(other, instructions=instructions)
        if [each.tobytes() for each in answers(drawn, way)] != [labels.tobytes(), outputs.tobytes()]:
            return f"other outputs with {way}"
    if not np.allclose(outputs, expected(drawn), rtol=0, atol=1e-6):
        return "other outputs than NumPy's"
    if (outputs[np.arange(len(labels)), labels] < outputs.max(axis=1)).any():
        return "a label that has not the largest output"
    return ""


def answers(drawn: Drawn, way: Way) -> tuple[Any, Any]:
    """The labels (n,) and outputs (n, n_L) of the images."""
    network, images = drawn.training().network, drawn.shown.images
    made = library().Network(
        network.sizes, drawn.settings.batch_size, drawn.settings.cost, False, False, way.instructions
    )
    for number, layer in enumerate(network.layers):
        made.set_layer(number, *layer, None, None)
    labels = np.empty(len(images), np.int32)
    outputs = np.empty((len(images), network.sizes[-1]), np.float32)
    shown = images_of(images, way.most_bytes, way.instructions)
    made.predict(shown, way.threads, outputs, labels)
    return labels, outputs


def expected(drawn: Drawn) -> Any:
    """The outputs by NumPy, in float64."""
    return drawn.training().network.in_float64().outputs(drawn.shown.images, drawn.settings.cost)
