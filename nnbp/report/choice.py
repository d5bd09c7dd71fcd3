"""The model that is looked at: radio buttons in the bar that stays at the top, without a script.

choice.css hides what belongs to the other models; on paper all are shown.
"""

from collections.abc import Sequence

from nnbp.notebook.markup import Element, element
from nnbp.report import parts, series
from nnbp.report.subject import Shown


def choice(models: Sequence[Shown]) -> list[Element]:
    """The buttons; none for a single model."""
    if len(models) == 1:
        return []
    made = [part for place, shown in enumerate(models) for part in _button(shown, place)]
    legend = element("legend", "Model", **{"class": "visually-hidden"})
    return [parts.block("models", legend, *made, tag="fieldset")]


def _button(shown: Shown, place: int) -> list[Element]:
    checked = {} if place else {"checked": "checked"}
    # Without autocomplete, Firefox keeps the choice of an earlier visit.
    # The answers below the field are labels, too: without a name of its own, it would get theirs.
    named = {"name": "model", "id": f"model-{place}", "aria_label": shown.name}
    button = element("input", type="radio", autocomplete="off", **named, **checked)
    return [
        button,
        element(
            "label", series.key(place), element("span", parts.short(shown.name)), **{"for": f"model-{place}"}
        ),
    ]
