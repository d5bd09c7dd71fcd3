"""Lines, intervals and weights are where the axes and the colours say."""

import base64
import math
import re
import zlib
from collections.abc import Mapping
from xml.etree.ElementTree import Element

import numpy as np
import pytest

from nnbp.notebook.markup import element
from nnbp.report import Images, chart, intervals, weights
from nnbp.report.chart import Line

FLAT, STEEP = [(1, 0.95), (2, 0.9525), (5, 0.96), (12, 0.955)], [(3, 0.002), (4, 3.0), (9, 0.5)]


def percent(drawn: Element, name: str) -> float:
    return float(drawn.attrib[name].removesuffix("%"))


def between(value: float, axis: Mapping[float, float]) -> float:
    """The place of a value between those of an axis."""
    values = sorted(axis)
    return float(np.interp(value, values, [axis[known] for known in values]))


def ticks(svg: Element, place: str, anchor: str) -> dict[float, float]:
    """The values on an axis, fractions for percentages, and where they stand."""
    texts = [t for t in svg.iter("text") if t.attrib.get("text-anchor") == anchor]
    found = {}
    for text in texts:
        number = re.sub(r"[\u00a0%,]", "", str(text.text))
        found[float(number) / (100 if "%" in str(text.text) else 1)] = percent(text, place)
    return found


@pytest.mark.parametrize(("points", "unit", "logarithmic"), [(FLAT, "%", False), (STEEP, "", True)])
def test_lines_pass_where_the_axes_have_their_values(
    points: chart.Points, unit: str, logarithmic: bool
) -> None:
    svg = chart.draw("Accuracy", unit, [Line("a", 0, points, ring=points[1][0])], logarithmic)
    heights, epochs = ticks(svg, "y", "end"), ticks(svg, "x", "middle")
    assert {points[0][0], points[-1][0]} <= set(epochs)
    scaled = math.log10 if logarithmic else float
    levels = {scaled(value): y for value, y in heights.items()}
    values = [scaled(value) for _, value in points]
    assert min(levels) <= min(values) <= max(values) <= max(levels)
    assert (levels[min(levels)], levels[max(levels)]) == (100, 0)
    (line,) = svg.iter("polyline")
    for (epoch, _), value, place in zip(points, values, line.attrib["points"].split(), strict=True):
        x, y = (float(number) / 10 for number in place.split(","))
        assert (x, y) == pytest.approx((between(epoch, epochs), between(value, levels)), abs=0.1)
    (ring,) = svg.iter("circle")
    assert percent(ring, "cx") == pytest.approx(between(points[1][0], epochs), abs=0.1)


def test_labels_of_lines_that_end_together_stand_apart() -> None:
    lines = [Line(f"model {n}", n, [(1, 0.5), (2, 0.9)]) for n in range(8)]
    labels = [t for t in chart.draw("Accuracy", "%", lines).iter("text") if t.attrib.get("class") == "label"]
    places = sorted(percent(label, "y") for label in labels)
    assert len(places) == 8
    assert min(np.diff(places)) >= 7
    assert 0 <= places[0] < places[-1] <= 100


def test_an_interval_is_drawn_between_its_ends() -> None:
    row = intervals.Row(element("th", "7"), 0, 90, 100, others=[0.85])
    made = intervals.table("Accuracies", ["label"], [row], [0.8, 0.9, 1.0], "classes")
    head, drawing = next(made.iter("svg")), next(s for s in made.iter("svg") if s.get("role") == "img")
    axis = ticks(head, "x", "middle")
    whisker = next(line for line in drawing if line.attrib["class"] == "whisker")
    # Wilson's interval of 90 in 100.
    for name, end in (("x1", 0.82562), ("x2", 0.94477)):
        assert percent(whisker, name) == pytest.approx(between(end, axis), abs=0.02)
    (other,) = drawing.iter("circle")
    assert percent(other, "cx") == pytest.approx(between(0.85, axis), abs=0.01)


def test_a_single_large_weight_has_the_last_colour_and_leaves_the_others_theirs() -> None:
    layer = np.tile([-0.5, 0.5], (400, 1))
    layer[3] = 100, -100
    test = Images("digits", np.zeros((1, 400), np.uint8), np.array([0]), (20, 20))
    (picture, other) = pixels(weights._weights(layer, test)[0])
    assert (picture[0, 3], other[0, 3]) == (63, 1)
    assert (picture[5, 5], other[5, 5]) == (1, 63)


def pixels(block: Element) -> list["np.ndarray[tuple[int, ...], np.dtype[np.uint8]]"]:
    """The indices of colours in PNGs of 20 × 20 without filters."""
    found = []
    for image in block.iter("img"):
        content = base64.b64decode(image.attrib["src"].partition(",")[2])
        start = content.index(b"IDAT")
        (size,) = np.frombuffer(content[start - 4 : start], ">u4")
        rows = np.frombuffer(zlib.decompress(content[start + 4 : start + 4 + int(size)]), np.uint8)
        found.append(rows.reshape(20, 21)[:, 1:])
    return found
