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
# Fraction of the weights within the range of colours; a few large ones would make the others pale.
VISIBLE = 0.995
# Of the scale; an odd number has a middle.
BANDS = 31


def section(models: Sequence[Shown], test: Images) -> Element | None:
    """The pictures of each model; None if the images are too large for them."""
    if not MAX_PIXELS // test.images.shape[1]:
        return None
    return parts.section(
        "weights",
        "What the first layer looks for",
        parts.note(
            "Each picture shows the weights of one neuron of the first layer. Ink on an orange place excites "
            "the neuron, ink on a blue place inhibits it."
        ),
        *(
            parts.named(models, place, *_weights(shown.model.network.weights[0], test))
            for place, shown in enumerate(models)
        ),
    )


def _weights(weights: Array, test: Images) -> list[Element]:
    n_in, n_out = weights.shape
    count = min(n_out, NEURONS, MAX_PIXELS // n_in)
    shown = weights[:, :count]
    limit = float(np.quantile(abs(shown), VISIBLE)) or float(abs(shown).max())
    colours = palette()
    levels_shown = levels(np.clip(shown, -limit, limit), limit)
    tiles = np.ascontiguousarray(levels_shown.T).reshape(count, *test.image_shape)
    made = [
        element(
            "figure",
            parts.picture(tile, f"weights of neuron {number}", colours),
            element("figcaption", str(number)),
        )
        for number, tile in enumerate(tiles, start=1)
    ]
    which = f"all {n_out:,} neurons" if count == n_out else f"the first {count} of {n_out:,} neurons"
    below = parts.block("below", _scale(limit), parts.note(f"Shown: {which}."))
    return [parts.block("pictures weights", *made), below]


def _scale(limit: float) -> Element:
    """What the colours mean."""
    width = 300 / BANDS
    bands = [
        element("rect", x=f"{width * i:.1f}", y=0, width=width + 0.5, height=16, fill=_mixed(i / (BANDS - 1)))
        for i in range(BANDS)
    ]
    texts = [
        element("text", text, x=x, y=36, text_anchor=anchor)
        for x, text, anchor in (
            (0, f"≤ −{limit:.2g}", "start"),
            (150, "0", "middle"),
            (300, f"≥ {limit:.2g}", "end"),
        )
    ]
    label = f"scale of the weights: blue −{limit:.2g} or less, neutral 0, orange {limit:.2g} or more"
    return element(
        "svg",
        element("title", label),
        *bands,
        *texts,
        viewBox="0 0 300 42",
        role="img",
        aria_label=label,
        **{"class": "scale"},
    )


def _mixed(fraction: float) -> str:
    end, part = (ORANGE, 2 * fraction - 1) if fraction > 0.5 else (BLUE, 1 - 2 * fraction)
    red, green, blue = (round(255 + part * (value - 255)) for value in end)
    return f"#{red:02x}{green:02x}{blue:02x}"
