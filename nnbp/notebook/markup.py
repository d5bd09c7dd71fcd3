"""HTML and SVG as trees of elements, in which text needs no escaping until it is written."""

from collections.abc import Iterable, Sequence
from xml.etree import ElementTree

# Two colours that colour-blind people can distinguish, and that stand out from both white and black
# (Okabe and Ito 2008, "Color Universal Design": blue and vermillion).
BLUE = (0, 114, 178)
ORANGE = (213, 94, 0)

Element = ElementTree.Element


def element(tag: str, *children: Element | str, **attributes: object) -> Element:
    """An element with these children, strings being text; `stroke_width=2` is written `stroke-width="2"`."""
    made = Element(tag, {name.replace("_", "-"): str(value) for name, value in attributes.items()})
    for child in children:
        if not isinstance(child, str):
            made.append(child)
        elif len(made):
            made[-1].tail = (made[-1].tail or "") + child
        else:
            made.text = (made.text or "") + child
    return made


def write(*parts: Element) -> str:
    """The parts, one below the other, as HTML that is also valid XML."""
    return ElementTree.tostring(element("div", *parts), encoding="unicode")


def heading(title: str, *facts: str) -> Element:
    """A line: the title, followed by facts about it."""
    return element("div", element("b", title), "".join(f" · {fact}" for fact in facts))


def note(text: str) -> Element:
    """A line in small print."""
    return element("div", text, style="font-size:smaller;margin:.3em 0")


def table(caption: str, header: Iterable[str], rows: Sequence[Element]) -> Element:
    """A table with a caption and a row of column headings."""
    columns = element("tr", *(element("th", name, scope="col") for name in header))
    return element(
        "table",
        element("caption", caption, style="text-align:left;caption-side:top"),
        element("thead", columns),
        element("tbody", *rows),
        style="font-variant-numeric:tabular-nums;margin:.5em 0",
    )


def row(*cells: str, **attributes: object) -> Element:
    """A row of a table, whose first cell is its heading."""
    first, *others = cells
    return element(
        "tr", element("th", first, scope="row"), *(element("td", cell) for cell in others), **attributes
    )


def colour(rgb: tuple[int, int, int], opacity: float = 1.0) -> str:
    """A colour as CSS writes it."""
    red, green, blue = rgb
    return f"rgba({red},{green},{blue},{opacity:.2f})"
