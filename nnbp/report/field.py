"""The drawing field of the page: the models answer in the browser what is drawn there.

The scripts find their elements by the ids that begin with `draw-`.
"""

from collections.abc import Sequence

import numpy as np

from nnbp.notebook.markup import Element, element
from nnbp.report import answer, parts
from nnbp.report.networks import script
from nnbp.report.subject import Images, Shown

# Pixels of the field's side: ten for each of MNIST's.
FIELD = 280
EXAMPLES = 10
# Data sets whose images are known to be digits.
DIGITS = ("mnist", "sample")

SCRIPTS = (
    *("squares.js", "paper.js", "specks.js", "prepare.js", "deskew.js"),
    *("network.js", "field.js", "keys.js", "layers.js", "answer.js"),
)
SHEET = "field.css"


def section(models: Sequence[Shown], test: Images) -> Element | None:
    """The field and the answer; None if the images are not square, as the prepared drawings are."""
    rows, columns = test.image_shape
    if rows != columns:
        return None
    grid = parts.block(
        "draw-grid",
        parts.block("draw-input", _paper(), _controls()),
        parts.block("draw-output", *answer.blocks(models, rows)),
        parts.block("draw-more", _examples(test), _help()),
    )
    return parts.section(
        "draw",
        "Draw a digit" if test.name in DIGITS else "Draw an image",
        parts.note("Draw with a mouse, a finger or a pen: the network answers as you draw."),
        grid,
        element("p", role="status", id="draw-said", **{"class": "visually-hidden"}),
        script(models),
    )


def _paper() -> Element:
    """The field, with the keyboard's pen and an invitation above it."""
    field = element(
        "canvas",
        id="draw-field",
        width=FIELD,
        height=FIELD,
        tabindex=0,
        role="application",
        aria_label="drawing field",
        aria_describedby="draw-help",
    )
    invitation = element("span", "draw here", id="draw-invitation", aria_hidden="true")
    cursor = element("span", id="draw-cursor", hidden="hidden", aria_hidden="true")
    return parts.block("draw-paper", field, invitation, cursor)


def _controls() -> Element:
    pen = element("input", id="draw-pen", type="range", min=3, max=16, value=8)
    clear = element("button", "Clear", type="button", id="draw-clear")
    return parts.block("draw-controls", element("label", "Pen", pen), clear)


def _examples(test: Images) -> Element:
    """A button for the first image of each class, for at most ten classes."""
    labels, places = np.unique(test.labels, return_index=True)
    found = list(zip(labels.tolist(), places.tolist(), strict=True))[:EXAMPLES]
    buttons = [element("button", _picture(test, label, place), type="button") for label, place in found]
    return element("div", *buttons, id="draw-examples", role="group", aria_label="Examples from the test set")


def _picture(test: Images, label: int, place: int) -> Element:
    pixels = np.ascontiguousarray(test.images[place]).reshape(test.image_shape)
    return parts.picture(pixels, f"example of {label}")


def _help() -> Element:
    return element(
        "p",
        "Keyboard: ",
        element("kbd", "Space"),
        " puts the pen down and lifts it, the ",
        element("kbd", "arrow keys"),
        " move it, faster with ",
        element("kbd", "Shift"),
        ", and ",
        element("kbd", "Delete"),
        " clears the field.",
        id="draw-help",
        **{"class": "note"},
    )
