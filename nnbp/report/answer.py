"""The answer to what is in the drawing field: label, probabilities and layers. answer.js fills them in."""

from collections.abc import Sequence

from nnbp.notebook.markup import Element, element
from nnbp.report import parts, series
from nnbp.report.subject import Shown

# More labels have a second figure, and their bars are higher than a screen.
FEW_CLASSES = 10


def blocks(models: Sequence[Shown], side: int) -> list[Element]:
    """The answer of the chosen model, those of all if there are several, and its layers with a key.

    `side`: pixels of the square that the network sees.
    """
    classes = max(shown.model.network.sizes[-1] for shown in models)
    return [_answer(classes), *_answers(models), _layers(side), _key()]


def _answer(classes: int) -> Element:
    rows = [
        element(
            "tr",
            element("th", str(label), scope="row"),
            parts.block("track", element("span", parts.block("bar", tag="span")), tag="td"),
            parts.block("figure", "–", tag="td"),
        )
        for label in range(classes)
    ]
    table = element("table", element("tbody", *rows), id="draw-probabilities", aria_label="Probabilities")
    kind = "draw-result" if classes <= FEW_CLASSES else "draw-result many"
    return parts.block(kind, element("p", "?", id="draw-answer"), table)


def _answers(models: Sequence[Shown]) -> list[Element]:
    """What each of several models answers; a click on an answer chooses the model."""
    if len(models) == 1:
        return []
    made = [
        element(
            "label",
            element("span", series.key(place), parts.short(shown.name)),
            element("b", "?"),
            element("span", "–"),
            **{"for": f"model-{place}", "class": f"answer-{place}"},
        )
        for place, shown in enumerate(models)
    ]
    return [element("div", *made, id="draw-answers", role="group", aria_label="Answers of all models")]


def _layers(side: int) -> Element:
    """What the network sees; the script appends a copy of the template for each layer."""
    seen = element("canvas", id="draw-seen", width=side, height=side, role="img", aria_label="the input")
    caption = element(
        "figcaption",
        "Input layer",
        parts.block("count", f"{side} × {side} pixels", tag="span"),
    )
    layer = element(
        "figure",
        element("figcaption", parts.block("name", tag="span"), parts.block("count", tag="span")),
        element("canvas", width=1, height=1, role="img"),
        **{"class": "draw-activations"},
    )
    return element(
        "div",
        parts.block("draw-picture", caption, seen, tag="figure"),
        element("template", layer, id="draw-layer"),
        id="draw-layers",
    )


def _key() -> Element:
    """What the colours of the cells mean: those of layers.js."""
    shades = element("span", role="img", aria_label="dark, through blue for 0.5, to white for")
    return parts.block("draw-key", "Activation of each neuron: 0", shades, "1", tag="p")
