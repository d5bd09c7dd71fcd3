"""The page in a browser: what it asks for, what it shows of several models, and who can read and use it."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from support.opened_page import LAPTOP, answered, visit

from nnbp import Training
from nnbp.report import Images, html

if TYPE_CHECKING:
    from playwright.sync_api import Browser
    from support.opened_page import Opened

PHONE = (390, 844)
HOSTILE = (
    "</script><script>alert(1)</script>",
    "</style><img src=x onerror=alert(1)>.npz",
    "\"' onfocus=alert(1) autofocus x='",
    "\u2028\u2029]]>-->&lt;b&gt;\x1b[31m",
)
# Elements that reach beyond the right edge, apart from those that can be scrolled.
WIDER = """(width) => [...document.querySelectorAll("main :not(.scroll *)")]
  .filter((e) => e.getBoundingClientRect().right > width).map((e) => e.outerHTML.slice(0, 80))"""
# The id of the focused element, and whether it, its label or the frame around it is outlined.
FOCUS = """(() => {
  const at = document.activeElement;
  const around = [at, at.parentElement, ...(at.labels ?? [])];
  return [at.id, around.some((e) => parseFloat(getComputedStyle(e).outlineWidth) >= 2
    && getComputedStyle(e).outlineStyle !== "none")];
})()"""
STYLE = "getComputedStyle(document.querySelector('{}')).{}"


def test_the_page_asks_for_nothing_but_itself(drawn: "Opened") -> None:
    assert [url for url in drawn.asked if not url.startswith("data:")] == [drawn.file.as_uri()]


def test_sections_show_the_chosen_model_and_paper_shows_all(drawn: "Opened") -> None:
    page = drawn.page
    names = page.locator("main h3:has(.key)")
    assert set(names.locator("visible=true").all_inner_texts()) == {"small.npz"}
    page.focus("#model-0")
    page.keyboard.press("ArrowRight")
    assert set(names.locator("visible=true").all_inner_texts()) == {"deep.npz"}
    assert page.locator("#confusion .matrix:visible").count() == 1

    page.emulate_media(media="print")
    assert page.locator("#confusion .matrix:visible").count() == 2
    assert page.locator("#curves details td:visible").count() == 2 * 2 * 4
    assert page.is_hidden("#draw")
    assert page.is_hidden("nav")


@pytest.mark.parametrize("size", [LAPTOP, PHONE])
def test_choosing_a_model_keeps_what_is_in_view(drawn: "Opened", size: tuple[int, int]) -> None:
    page = drawn.page
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.emulate_media(reduced_motion="reduce")
    page.evaluate("document.getElementById('mistakes').scrollIntoView()")
    top = "document.getElementById('mistakes').getBoundingClientRect().top"
    before = page.evaluate(top)
    page.click(".models label[for=model-1]")
    page.keyboard.press("ArrowLeft")
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert page.evaluate(top) == pytest.approx(before, abs=1)
    assert 0 < before < 150
    assert page.evaluate("document.querySelector('.models').getBoundingClientRect().top") >= 0


@pytest.mark.parametrize("size", [LAPTOP, PHONE])
def test_no_screen_has_to_be_scrolled_sideways(drawn: "Opened", size: tuple[int, int]) -> None:
    drawn.page.set_viewport_size({"width": size[0], "height": size[1]})
    for scheme in ("light", "dark"):
        drawn.page.emulate_media(color_scheme=scheme)
        assert drawn.page.evaluate("document.documentElement.scrollWidth") == size[0]
        assert drawn.page.evaluate(WIDER, size[0]) == []


def test_tab_reaches_every_control_and_shows_where_it_is(drawn: "Opened") -> None:
    drawn.page.focus(".skip")
    reached = []
    for _ in range(22):
        drawn.page.keyboard.press("Tab")
        name, outlined = drawn.page.evaluate(FOCUS)
        assert outlined, name
        reached.append(name)
    assert [name for name in reached if name] == ["model-0", "draw-field", "draw-pen", "draw-clear"]
    drawn.page.focus(".skip")
    drawn.page.keyboard.press("Enter")
    assert drawn.page.evaluate("document.activeElement.id") == "content"


def test_a_finger_draws_instead_of_scrolling_and_nothing_moves_for_those_who_dislike_it(
    drawn: "Opened",
) -> None:
    assert drawn.page.evaluate(STYLE.format("#draw-field", "touchAction")) == "none"
    drawn.page.emulate_media(reduced_motion="reduce")
    assert drawn.page.evaluate(STYLE.format("#draw-probabilities .bar", "transitionDuration")) == "0s"
    assert drawn.page.evaluate(STYLE.format("html", "scrollBehavior")) == "auto"


def test_text_from_files_never_runs(browser: "Browser", tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    images = rng.integers(0, 256, (20, 784), np.uint8)
    test = Images(HOSTILE[0], images, rng.integers(0, 3, 20), (28, 28))
    models = [answered(name, Training.begin((784, 3), seed=1), test, HOSTILE[1]) for name in HOSTILE]
    file = tmp_path / "report.html"
    file.write_text(html(models, test), "utf-8")
    opened: Any = visit(browser, file)
    opened.page.keyboard.press("Tab")
    assert opened.page.locator("main h3:has(.key)").first.inner_text() == HOSTILE[0]
    assert opened.page.locator("[onfocus], [onerror], img[src=x], b:text('b')").count() == 0
    assert opened.page.evaluate("nnbp.answer().label") == -1
    assert opened.said == []
    assert [url for url in opened.asked if not url.startswith("data:")] == [file.as_uri()]
    opened.page.context.close()
