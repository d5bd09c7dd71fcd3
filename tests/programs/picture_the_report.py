"""Write docs/report-*.png: pages made by `nnbp report`, with a three drawn in the field of the first.

python picture_the_report.py report.html comparison.html docs
"""

import io
import math
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

from PIL import Image
from support.browser import chromium

Point = tuple[float, float]

# Points of a three, as fractions of the field's side.
THREE: tuple[Point, ...] = (
    (0.30, 0.28), (0.37, 0.22), (0.46, 0.19), (0.56, 0.21), (0.63, 0.28), (0.63, 0.36), (0.56, 0.44),
    (0.46, 0.47), (0.58, 0.51), (0.66, 0.59), (0.67, 0.69), (0.61, 0.78), (0.50, 0.82), (0.38, 0.80),
    (0.29, 0.73),
)  # fmt: skip
STEPS = 6
LAPTOP: dict[str, Any] = {"viewport": {"width": 1280, "height": 1000}, "device_scale_factor": 2}
# With a screen to touch, on which the page hides what concerns the keyboard.
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 1.5,
    "is_mobile": True,
    "has_touch": True,
}
DARK = {"color_scheme": "dark"}
MARGIN = 24


def main(single: str, several: str, folder: str) -> None:
    with chromium() as browser:
        for name, page, section, screen in (
            ("light", single, "#draw", LAPTOP),
            ("dark", single, "#draw", {**LAPTOP, **DARK}),
            ("phone", single, "#draw", PHONE),
            ("models", several, "#results", LAPTOP),
        ):
            opened = browser.new_page(**screen)
            opened.goto(Path(page).resolve().as_uri())
            # The bar would lie across a section that is taller than the screen.
            opened.evaluate("document.querySelector('nav').style.position = 'static'")
            _draw(opened)
            _save(opened, section, Path(folder, f"report-{name}.png"))
            opened.close()


def _save(opened: Any, section: str, file: Path) -> None:
    """A section, with a margin; the page from its top for the first one."""
    box = opened.locator(section).bounding_box()
    below = box["y"] + box["height"] + opened.evaluate("scrollY")
    # Without the line above the section.
    top = 0 if section == "#results" else below - box["height"] + 1
    left = max(box["x"] - MARGIN, 0)
    screen = opened.viewport_size["width"]
    width = min(box["width"] + 2 * MARGIN, screen)
    # Not a picture of the full page: for that, Chromium forgets that the screen is one to touch.
    opened.set_viewport_size({"width": screen, "height": math.ceil(below)})
    opened.evaluate("scrollTo(0, 0)")
    taken = opened.screenshot(clip={"x": left, "y": top, "width": width, "height": below - top})
    Image.open(io.BytesIO(taken)).quantize(256).save(file, optimize=True)


def _draw(opened: Any) -> None:
    field = opened.locator("#draw-field")
    field.scroll_into_view_if_needed()
    box = field.bounding_box()
    for place, (x, y) in enumerate(_smooth(THREE)):
        opened.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"])
        if place == 0:
            opened.mouse.down()
    opened.mouse.up()
    opened.mouse.move(0, 0)
    opened.wait_for_timeout(1000)


def _smooth(points: tuple[Point, ...]) -> Iterator[Point]:
    """A curve through the points, with the slope between its neighbours at each (Catmull and Rom 1974)."""
    slopes = [
        ((b[0] - a[0]) / 2, (b[1] - a[1]) / 2)
        for a, b in zip((points[0], *points[:-1]), (*points[1:], points[-1]), strict=True)
    ]
    for (a, u), (b, v) in pairwise(zip(points, slopes, strict=True)):
        for step in range(STEPS):
            t = step / STEPS
            weights = (2 * t**3 - 3 * t**2 + 1, t**3 - 2 * t**2 + t, 3 * t**2 - 2 * t**3, t**3 - t**2)
            yield (
                sum(w * p[0] for w, p in zip(weights, (a, u, b, v), strict=True)),
                sum(w * p[1] for w, p in zip(weights, (a, u, b, v), strict=True)),
            )
    yield points[-1]


if __name__ == "__main__":
    main(*sys.argv[1:])
