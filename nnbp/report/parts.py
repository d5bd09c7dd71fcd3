"""Parts that several sections share: headings, tables, pictures, and text that screen readers alone get."""

import base64
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from nnbp import png
from nnbp.notebook.markup import Element, element
from nnbp.report import series
from nnbp.report.subject import Shown

Cells = Sequence[str]
# Characters of a short name.
LABEL = 18


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


def named(models: Sequence[Shown], place: int, *children: Element) -> Element:
    """What belongs to one model: below its name, and only while it is chosen, if the page has several."""
    if len(models) == 1:
        return block("model", *children)
    return block(f"model of of-{place}", element("h3", series.key(place), models[place].name), *children)


def table(caption: str, header: Cells, rows: Iterable[Cells], kind: str = "figures") -> Element:
    """A table of text, the first cell of each row being its heading; a wide one can be scrolled."""
    head = element("tr", *(element("th", name, scope="col") for name in header))
    body = [
        element("tr", element("th", row[0], scope="row"), *(element("td", cell) for cell in row[1:]))
        for row in rows
    ]
    return scrolled(caption, head, body, kind)


def facts(rows: Iterable[Cells], kind: str = "facts") -> Element:
    """Names and values, side by side in columns."""
    pairs = [element("div", element("dt", name), element("dd", value)) for name, value, *_ in rows]
    return block(kind, *pairs, tag="dl")


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


def short(name: str) -> str:
    """A model's name, its middle left out if it is long: names of files often differ at their ends."""
    name, end = name.removesuffix(".npz"), LABEL - 6
    return name if len(name) <= LABEL else f"{name[:5]}…{name[-end:]}"


def percent(fraction: float) -> str:
    """A fraction, 0–1, in percent with two decimals."""
    return f"{100 * fraction:.2f}\u00a0%"
