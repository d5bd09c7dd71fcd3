"""Parts that several sections share: headings, tables, pictures, and text that screen readers alone get."""

import base64
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from nnbp import png
from nnbp.notebook.markup import Element, element

Cells = Sequence[str]


def section(name: str, title: str, *children: Element) -> Element:
    """A section with a heading, to which the page's navigation leads."""
    heading = element("h2", title, id=f"{name}-title")
    return element("section", heading, *children, id=name, aria_labelledby=f"{name}-title")


def block(kind: str, *children: Element | str, tag: str = "div", **attributes: object) -> Element:
    """An element of a class of page.css."""
    return element(tag, *children, **{"class": kind, **attributes})


def note(text: str) -> Element:
    """A paragraph in small print."""
    return block("note", text, tag="p")


def named(name: str, several: bool, *children: Element) -> Element:
    """What belongs to one model, below its name if the page shows several."""
    heading = [element("h3", name)] if several else []
    return block("model", *heading, *children)


def table(caption: str, header: Cells, rows: Iterable[Cells], kind: str = "figures") -> Element:
    """A table of text, the first cell of each row being its heading; a wide one can be scrolled."""
    head = element("tr", *(element("th", name, scope="col") for name in header))
    body = [
        element("tr", element("th", row[0], scope="row"), *(element("td", cell) for cell in row[1:]))
        for row in rows
    ]
    return scrolled(caption, head, body, kind)


def scrolled(caption: str, head: Element, body: Sequence[Element], kind: str) -> Element:
    """A table in a frame that the keyboard can scroll."""
    made = block(
        kind,
        element("caption", caption),
        element("thead", head),
        element("tbody", *body),
        tag="table",
    )
    return block("scroll", made, tabindex=0, role="region", aria_label=caption)


def details(summary: str, *children: Element) -> Element:
    """Parts that are folded away on the screen."""
    return element("details", element("summary", summary), *children)


def picture(
    pixels: npt.NDArray[np.uint8], text: str, palette: npt.NDArray[np.uint8] | None = None
) -> Element:
    """Pixels (rows, columns) as an image: greys, or indices into a palette."""
    data = base64.b64encode(png.encode(pixels, palette)).decode("ascii")
    rows, columns = pixels.shape
    return element("img", src=f"data:image/png;base64,{data}", alt=text, width=columns, height=rows)


def percent(fraction: float) -> str:
    """A fraction, 0–1, in percent with two decimals."""
    return f"{100 * fraction:.2f} %"
