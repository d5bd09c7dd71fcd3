"""Write docs/report-*.png: the drawing field of a page made by `nnbp report`, with a three drawn in it.

python picture_the_report.py report.html docs
"""

import io
import sys
from pathlib import Path
from typing import Any

from PIL import Image
from support.browser import chromium

# Corners of a three, as fractions of the field's side.
THREE = (
    (0.30, 0.28), (0.37, 0.22), (0.46, 0.19), (0.56, 0.21), (0.63, 0.28), (0.63, 0.36), (0.56, 0.44),
    (0.46, 0.47), (0.58, 0.51), (0.66, 0.59), (0.67, 0.69), (0.61, 0.78), (0.50, 0.82), (0.38, 0.80),
    (0.29, 0.73),
)  # fmt: skip
LAPTOP: dict[str, Any] = {"viewport": {"width": 1280, "height": 1000}}
SCREENS: dict[str, dict[str, Any]] = {
    "light": LAPTOP,
    "dark": {**LAPTOP, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 1.5},
}
MARGIN = 24


def main(page: str, folder: str) -> None:
    with chromium() as browser:
        for name, screen in SCREENS.items():
            opened = browser.new_page(**screen)
            opened.goto(Path(page).resolve().as_uri())
            # The navigation would lie across a section that is taller than the screen.
            opened.evaluate("document.querySelector('nav').hidden = true")
            _draw(opened)
            box = opened.locator("#draw").bounding_box()
            assert box is not None
            clip: Any = {**box, "x": max(box["x"] - MARGIN, 0)}
            clip["width"] = min(box["width"] + 2 * MARGIN, screen["viewport"]["width"])
            clip["y"] += opened.evaluate("scrollY")
            taken = opened.screenshot(full_page=True, clip=clip)
            Image.open(io.BytesIO(taken)).quantize(128).save(
                Path(folder, f"report-{name}.png"), optimize=True
            )
            opened.close()


def _draw(opened: Any) -> None:
    field = opened.locator("#draw-field")
    field.scroll_into_view_if_needed()
    box = field.bounding_box()
    for place, (x, y) in enumerate(THREE):
        opened.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"])
        if place == 0:
            opened.mouse.down()
    opened.mouse.up()
    opened.mouse.move(0, 0)
    opened.wait_for_timeout(1000)


main(*sys.argv[1:])
