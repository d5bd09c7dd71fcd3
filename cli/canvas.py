"""Curves drawn with characters: in braille, which has eight dots a character, or in ASCII."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

# The bit of each dot in a braille character, by row and column: the Unicode Standard, block U+2800.
_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
_BLANK = 0x2800

Points = Sequence[tuple[int, float]]
"""The horizontal place of each point, increasing, and its value."""


@dataclass(frozen=True)
class Curve:
    """A curve of a panel; `mark` is its character in ASCII, and a dotted one has every other dot in braille.

    colour  its name in `cli/colour.py`, given to each of its characters
    """

    name: str
    points: Points
    mark: str
    dotted: bool = False
    colour: str = ""


@dataclass
class Cell:
    """A character of the picture: its braille dots, or its mark in ASCII."""

    dots: int = 0
    mark: str = " "
    colour: str = ""

    def text(self, braille: bool) -> str:
        if braille:
            return chr(_BLANK + self.dots) if self.dots else " "
        return self.mark


@dataclass
class Canvas:
    """Dots in `rows` rows of `columns` characters, the row at the top first."""

    columns: int
    rows: int
    braille: bool
    cells: list[list[Cell]] = field(init=False)

    def __post_init__(self) -> None:
        self.cells = [[Cell() for _ in range(self.columns)] for _ in range(self.rows)]

    @property
    def width(self) -> int:
        """In dots."""
        return self.columns * (2 if self.braille else 1)

    @property
    def height(self) -> int:
        """In dots."""
        return self.rows * (4 if self.braille else 1)

    def dot(self, x: int, y: int, curve: Curve) -> None:
        """Set the dot x from the left and y from the bottom, both from 0."""
        if self.braille and curve.dotted and x % 2:
            return
        down = self.height - 1 - y
        cell = self.cells[down // 4 if self.braille else down][x // 2 if self.braille else x]
        cell.dots |= _DOTS[down % 4][x % 2]
        cell.mark, cell.colour = curve.mark, curve.colour

    def draw(self, curve: Curve, across: tuple[int, int], up: tuple[float, float]) -> None:
        """Draw straight lines between the points of a curve, in these ranges of places and values."""
        places = [
            (_scaled(x, across, self.width), _scaled(y, up, self.height))
            for x, y in thinned(curve.points, self.width)
        ]
        for begin, end in zip(places, places[1:] or places, strict=False):
            for x, y in _line(begin, end):
                self.dot(x, y, curve)


def thinned(points: Points, columns: int) -> Points:
    """Of more than four points a column only the lowest and the highest of each column, in their order."""
    if len(points) <= 4 * columns:
        return points
    kept = {0, len(points) - 1}
    for column in range(columns):
        chosen = range(column * len(points) // columns, (column + 1) * len(points) // columns)
        kept |= {min(chosen, key=lambda i: points[i][1]), max(chosen, key=lambda i: points[i][1])}
    return [points[i] for i in sorted(kept)]


def _scaled(value: float, bounds: tuple[float, float], dots: int) -> int:
    low, high = bounds
    return 0 if high == low else math.floor((value - low) / (high - low) * (dots - 1) + 0.5)


def _line(begin: tuple[int, int], end: tuple[int, int]) -> Iterator[tuple[int, int]]:
    """The dots from one to the other, both included."""
    (x, y), (x_end, y_end) = begin, end
    steps = max(abs(x_end - x), abs(y_end - y), 1)
    for step in range(steps + 1):
        share = step / steps
        yield math.floor(x + (x_end - x) * share + 0.5), math.floor(y + (y_end - y) * share + 0.5)
