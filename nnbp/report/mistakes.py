"""The most confident mistakes: wrong answers with the largest outputs, as pictures."""

from collections.abc import Sequence

import numpy as np

from nnbp.notebook.markup import Element, element
from nnbp.report import parts
from nnbp.report.subject import Images, Shown

MISTAKES = 24
# Pixels in all pictures of a model together.
MAX_PIXELS = 40_000


def section(models: Sequence[Shown], test: Images) -> Element | None:
    """The mistakes of each model; None if no model makes one."""
    found = [pictures(shown, test) for shown in models]
    if not any(found):
        return None
    shown = [parts.block("pictures", *made) if made else parts.note("None.") for made in found]
    return parts.section(
        "mistakes",
        "Most confident mistakes",
        parts.note("Label → prediction, and the output for the prediction. The surest mistake comes first."),
        *_deskewed(models),
        *(parts.named(models, place, made) for place, made in enumerate(shown)),
    )


def _deskewed(models: Sequence[Shown]) -> list[Element]:
    """A remark on networks that see other pictures than those shown, if there are any."""
    names = [shown.name for shown in models if shown.model.settings.deskew]
    if not names:
        return []
    who = "The network sees" if len(models) == 1 else f"{', '.join(names)} see{'s' * (len(names) == 1)}"
    return [parts.note(f"{who} these images deskewed; they are shown as the data set has them.")]


def pictures(shown: Shown, test: Images) -> list[Element]:
    """At most 24 wrong answers, the surest first."""
    predictions = shown.predictions
    # Several outputs may be rounded to 1; the label is that of the largest weighted input.
    sureness = shown.outputs[np.arange(len(predictions)), predictions]
    # Outputs that overflowed say nothing about sureness.
    wrong = np.flatnonzero((predictions != test.labels) & np.isfinite(sureness))
    order = wrong[np.argsort(-sureness[wrong], kind="stable")]
    count = min(MISTAKES, MAX_PIXELS // test.images.shape[1])
    return [_picture(test, int(i), int(predictions[i]), float(sureness[i])) for i in order[:count]]


def _picture(test: Images, index: int, prediction: int, output: float) -> Element:
    label = int(test.labels[index])
    pixels = np.ascontiguousarray(test.images[index]).reshape(test.image_shape)
    text = f"test image {index:,}: label {label}, prediction {prediction}"
    caption = element(
        "figcaption", element("b", f"{label} → {prediction}"), element("span", _percent(output))
    )
    return element("figure", parts.picture(pixels, text), caption, title=text)


def _percent(output: float) -> str:
    """Rounded down, because no answer is certain."""
    return f"{int(1000 * output) / 10:.1f}\u00a0%"
