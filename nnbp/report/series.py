"""How a page tells models and layers apart: each has a colour of colours.css and a marker of its own."""

from nnbp.notebook.markup import Element, element

# Circle, square, triangle, diamond, triangle downwards, bar, cross, hexagon.
SHAPES = (
    "M-4.5 0a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0 -9 0z", "M-4 -4h8v8h-8z", "M0 -5l5 9h-10z",
    "M0 -6l5 6l-5 6l-5 -6z", "M0 5l5 -9h-10z", "M-2 -6h4v12h-4z", "M-2 -6h4v4h4v4h-4v4h-4v-4h-4v-4h4z",
    "M-5.5 0l2.75 -4.75h5.5l2.75 4.75l-2.75 4.75h-5.5z",
)  # fmt: skip
STYLES = len(SHAPES)


def marker(style: int, x: float, y: float, hollow: bool = False, dx: int = 0) -> Element:
    """The marker of a style at a place of an SVG, in percent of its size and `dx` pixels to the right."""
    kind = f"marker series-{style}" + (" hollow" if hollow else "")
    shift = {"transform": f"translate({dx})"} if dx else {}
    drawn = element("path", d=SHAPES[style], **{"class": kind}, **shift)
    return element("svg", drawn, x=percent(x), y=percent(y))


def key(style: int) -> Element:
    """The marker of a style within a text."""
    drawn = element("path", d=SHAPES[style], **{"class": f"marker series-{style}"})
    return element("svg", drawn, viewBox="-8 -8 16 16", aria_hidden="true", **{"class": "key"})


def percent(place: float) -> str:
    """A place in an SVG, 0–100, as its attributes have it."""
    return f"{place:.4g}%"
