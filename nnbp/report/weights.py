"""The weights of the first layer: for each neuron, a picture of the input's shape."""

from collections.abc import Sequence

import numpy as np

from nnbp.arrays import Array
from nnbp.notebook.markup import BLUE, ORANGE, Element, element
from nnbp.notebook.network import levels, palette
from nnbp.report import parts
from nnbp.report.subject import Images, Shown

NEURONS = 30
# Pixels in all pictures of a model together.
MAX_PIXELS = 40_000


def section(models: Sequence[Shown], test: Images) -> Element | None:
    """The pictures of each model; None if the images are too large for them."""
    if not MAX_PIXELS // test.images.shape[1]:
        return None
    several = len(models) > 1
    return parts.section(
        "weights",
        "What the first layer looks for",
        parts.note(
            "Each picture shows the weights of one neuron of the first layer. Ink on an orange place excites "
            "the neuron, ink on a blue place inhibits it."
        ),
        *(parts.named(m.name, several, *_weights(m.model.network.weights[0], test)) for m in models),
    )


def _weights(weights: Array, test: Images) -> list[Element]:
    n_in, n_out = weights.shape
    count = min(n_out, NEURONS, MAX_PIXELS // n_in)
    limit = float(abs(weights[:, :count]).max())
    colours = palette()
    tiles = np.ascontiguousarray(levels(weights[:, :count], limit).T).reshape(count, *test.image_shape)
    made = [
        element(
            "figure",
            parts.picture(tile, f"weights of neuron {number}", colours),
            element("figcaption", str(number)),
        )
        for number, tile in enumerate(tiles, start=1)
    ]
    which = f"all {n_out:,} neurons" if count == n_out else f"the first {count} of {n_out:,} neurons"
    return [parts.block("pictures weights", *made), _scale(limit), parts.note(f"Shown: {which}.")]


def _scale(limit: float) -> Element:
    """What the colours mean."""
    bands = [
        element("rect", x=f"{10 + 10 * i}", y=0, width=10.5, height=16, fill=_mixed(i / 29))
        for i in range(30)
    ]
    texts = [
        element("text", text, x=x, y=36, text_anchor="middle")
        for x, text in ((24, f"−{limit:.3g}"), (160, "0"), (296, f"{limit:.3g}"))
    ]
    label = f"scale of the weights: blue −{limit:.3g}, white 0, orange {limit:.3g}"
    return element(
        "svg",
        element("title", label),
        *bands,
        *texts,
        viewBox="0 0 320 42",
        role="img",
        aria_label=label,
        **{"class": "scale"},
    )


def _mixed(fraction: float) -> str:
    end, part = (ORANGE, 2 * fraction - 1) if fraction > 0.5 else (BLUE, 1 - 2 * fraction)
    red, green, blue = (round(255 + part * (value - 255)) for value in end)
    return f"#{red:02x}{green:02x}{blue:02x}"
