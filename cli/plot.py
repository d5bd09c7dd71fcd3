"""The learning curve of a training as lines of text: its cost, and its accuracies."""

from collections.abc import Callable, Sequence
from itertools import groupby

from nnbp.cli.canvas import Canvas, Cell, Curve
from nnbp.cli.colour import plain
from nnbp.reports import EpochReport

Paint = Callable[[str, str], str]
"""Gives a text the colour of this name."""

# In a narrower picture one panel stands below the other.
_BESIDE = 76
_GAP = 3
# Lines of a panel without its canvas: the title, the axis, the epochs.
_FRAME = 3


def unpainted(text: str, colour: str) -> str:
    """The text without a colour."""
    return text


def learning_curve(
    reports: Sequence[EpochReport], columns: int, rows: int, braille: bool, paint: Paint = unpainted
) -> list[str]:
    """The lines of the picture, at most `columns` wide and `rows` high; none without reports or room."""
    cost = Curve("cost", [(each.epoch, each.cost) for each in reports], "*", colour="cost")
    training = [(each.epoch, each.train_accuracy) for each in reports]
    validation = [
        (each.epoch, each.validation_accuracy) for each in reports if each.validation_accuracy is not None
    ]
    # The curve drawn later covers the earlier one.
    accuracies = [
        Curve("training", training, ".", dotted=True, colour="training"),
        *([Curve("validation", validation, "o", colour="validation")] if validation else []),
    ]
    beside = columns >= _BESIDE
    width = (columns - _GAP) // 2 if beside else columns
    height = rows - _FRAME if beside else rows // 2 - _FRAME
    if not reports or height < 1 or width < 20:
        return []
    panels = [
        _panel(name, curves, width, height, braille, paint)
        for name, curves in (("cost", [cost]), ("accuracy", accuracies))
    ]
    if not beside:
        return [line for panel in panels for line in panel]
    return [
        left + " " * (width - len(plain(left)) + _GAP) + right for left, right in zip(*panels, strict=True)
    ]


def _panel(name: str, curves: list[Curve], width: int, height: int, braille: bool, paint: Paint) -> list[str]:
    values = [value for curve in curves for _, value in curve.points]
    epochs = [epoch for curve in curves for epoch, _ in curve.points]
    first, last, low, high = min(epochs), max(epochs), min(values), max(values)
    top, bottom = _label(high), _label(low)
    # A curve without a range is at the bottom.
    labels = ["" if top == bottom else top, *[""] * (height - 2), bottom] if height > 1 else [top]
    margin = max(map(len, labels))
    canvas = Canvas(width - margin - 1, height, braille)
    for curve in curves:
        canvas.draw(curve, (first, last), (low, high))
    bar, corner, line = ("│", "└", "─") if braille else ("|", "+", "-")
    indent = " " * margin
    legend = [_key(curve, braille, paint) for curve in curves] if len(curves) > 1 else []
    title = "  ".join([name, *legend])
    return [
        title if len(plain(title)) <= width else name,
        *(
            f"{label:>{margin}}{bar}{_row(row, braille, paint)}"
            for label, row in zip(labels, canvas.cells, strict=True)
        ),
        indent + corner + line * canvas.columns,
        f"{indent} {first}" + (f"{last:>{canvas.columns - len(str(first))}}" if last > first else ""),
    ]


def _label(value: float) -> str:
    return f"{value:.4f}" if value < 10 else f"{value:.4g}"


def _key(curve: Curve, braille: bool, paint: Paint) -> str:
    """A piece of the curve, and its name."""
    piece = ("⠂⠂" if curve.dotted else "⠒⠒") if braille else curve.mark
    return f"{paint(piece, curve.colour)} {curve.name}"


def _row(cells: list[Cell], braille: bool, paint: Paint) -> str:
    """A row of the canvas; neighbours of one colour share its escape sequences."""
    pieces = groupby(cells, key=lambda cell: cell.colour)
    texts = [(colour, "".join(cell.text(braille) for cell in piece)) for colour, piece in pieces]
    return "".join(paint(text, colour) if colour else text for colour, text in texts).rstrip()
