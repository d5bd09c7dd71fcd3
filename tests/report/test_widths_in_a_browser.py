"""The page in windows of many widths: nothing is cut off or overlaps, and nothing lies beside the screen."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from support.opened_page import Opened, visit

from nnbp import Evaluation, Model, Settings, Training
from nnbp.report import Images, Shown, html
from nnbp.reports import EpochReport

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# Either side of 641 to 711, where the figures of the layers once were too wide, and of where layouts change.
WIDTHS = (320, 360, 390, 440, 480, 520, 560, 600, 640, 641, 676, 711, 712, 760, 896, 897, 992, 993, 1217)
NAMES = ("small", "large", "momentum", "network-without-a-hidden-layer", "e", "f", "g", "h")
# Texts of drawings that reach beyond the screen or the frame that cuts them off, or that touch each other.
CUT_OR_TOUCHING = """() => {
  const found = [];
  for (const svg of document.querySelectorAll("svg")) {
    const boxes = [...svg.querySelectorAll("text")]
      .map((text) => [text.textContent, text.getBoundingClientRect()])
      .filter(([, box]) => box.width > 0);
    const frame = svg.closest(".scroll")?.getBoundingClientRect() ?? { left: 0, right: innerWidth };
    boxes.forEach(([text, box], i) => {
      if (box.left < frame.left || box.right > frame.right) found.push(`${text} is cut`);
      for (const [other, its] of boxes.slice(0, i)) {
        if (box.left < its.right && its.left < box.right && box.top < its.bottom && its.top < box.bottom) {
          found.push(`${text} touches ${other}`);
        }
      }
    });
  }
  return found;
}"""
# For each label above intervals, its distance in pixels from the lines that mark its value.
ASIDE = """() => [...document.querySelectorAll(".intervals")].flatMap((table) => {
  const lines = [...table.querySelector("tbody .interval").querySelectorAll(".grid")];
  const middle = (at) => { const { left, right } = at.getBoundingClientRect(); return (left + right) / 2; };
  return [...table.querySelectorAll("thead text")]
    .filter((text) => text.getBoundingClientRect().width > 0)
    .map((text) => Math.abs(middle(text) - middle(lines[[...text.parentNode.children].indexOf(text)])));
})"""
# Counts that are wider than their cells: beside the next one, they would be another number.
CROWDED = """() => [...document.querySelectorAll(".few .matrix td")].filter((cell) => {
  const text = document.createRange();
  text.selectNodeContents(cell);
  return text.getBoundingClientRect().width > cell.getBoundingClientRect().width;
}).map((cell) => cell.title)"""
WIDTH = "document.documentElement.scrollWidth"


def model(name: str, correct: int, test: Images) -> Shown:
    """A model that is right about so many of 1,100 images of each class, and has six epochs behind it."""
    made = Training.begin((784, 30, 10), Settings(epochs=6), seed=1)
    made.reports += [EpochReport(n, 0.5, 1 / n, 0.9, 0.9 + n / 100) for n in range(1, 7)]
    confusion = np.diag(np.full(10, correct)) + np.diag(np.full(9, 1100 - correct), 1)
    confusion[9, 8] = 1100 - correct
    outputs = made.network.outputs(test.images, "cross-entropy")
    return Shown(
        f"{name}.npz", Model(made, "mnist"), Evaluation(0.2324, confusion), outputs.argmax(axis=1), outputs
    )


@pytest.fixture(params=[1, 2, 8])
def opened_narrow(request: pytest.FixtureRequest, browser: "Browser", tmp_path: Path) -> Iterator[Opened]:
    rng = np.random.default_rng(1)
    test = Images("mnist", rng.integers(0, 256, (20, 784), np.uint8), np.arange(20) % 10, (28, 28))
    models = [model(name, 1066 + 2 * n, test) for n, name in enumerate(NAMES[: request.param])]
    (tmp_path / "report.html").write_text(html(models, test), "utf-8")
    opened = visit(browser, tmp_path / "report.html")
    yield opened
    opened.page.context.close()


def test_labels_are_whole_and_in_place_and_no_screen_is_scrolled_sideways(opened_narrow: Opened) -> None:
    page = opened_narrow.page
    wrong = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        wrong += [(width, text) for text in page.evaluate(CUT_OR_TOUCHING) + page.evaluate(CROWDED)]
        wrong += [(width, found) for found in [page.evaluate(WIDTH)] if found != width]
        wrong += [(width, aside) for aside in page.evaluate(ASIDE) if aside > 1]
    assert wrong == []
