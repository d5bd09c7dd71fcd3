"""The drawing field in a browser, against `nnbp predict` for the same drawings saved as PNG."""

import math
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pytest

from nnbp import data

if TYPE_CHECKING:
    from playwright.sync_api import Page
    from support.opened_page import Opened

# For each digit: the answer to it, and what was in the field as a data URL.
PAINT = """digits => digits.map((pixels) => {
  const small = new OffscreenCanvas(28, 28), image = new ImageData(28, 28);
  pixels.forEach((grey, i) => image.data.set([grey, grey, grey, 255], 4 * i));
  small.getContext("2d").putImageData(image, 0, 0);
  nnbp.field.paint(small);
  const { label, probabilities } = nnbp.answer();
  return { label, probabilities, url: nnbp.field.canvas.toDataURL() };
})"""
# Collects what screen readers are told once they have been told that the field is empty.
SPOKEN = """() => new Promise((done, failed) => {
  const said = document.getElementById("draw-said");
  const begin = (tries) => {
    if (tries === 0) return failed(new Error(`still announced: ${said.textContent}`));
    if (said.textContent !== "") return setTimeout(begin, 50, tries - 1);
    window.spoken = [];
    new MutationObserver(() => spoken.push(said.textContent)).observe(said, { childList: true });
    done();
  };
  begin(200);
})"""
ANSWERED = """() => new Promise((done) => {
  const wait = () => (spoken.length > 0 ? done() : setTimeout(wait, 20));
  wait();
})"""
# The colours of cells, and the background of the key to them.
COLOURS = """() => {
  nnbp.showLayers([[0, 0.5, 1]]);
  const cells = document.querySelector(".draw-activations canvas");
  const row = [...cells.getContext("2d").getImageData(0, 6, 36, 1).data];
  const key = getComputedStyle(document.querySelector(".draw-key span")).backgroundImage;
  return [[6, 18, 30].map((x) => row.slice(4 * x, 4 * x + 3)), key];
}"""
# Strokes of a four, as fractions of the field's side.
FOUR = [[(0.4, 0.2), (0.3, 0.55), (0.75, 0.55)], [(0.65, 0.25), (0.62, 0.85)]]


def strokes(page: "Page", lines: Sequence[Sequence[tuple[float, float]]]) -> None:
    page.locator("#draw-field").scroll_into_view_if_needed()
    box = page.locator("#draw-field").bounding_box()
    assert box is not None
    for line in lines:
        places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in line]
        page.mouse.move(*places[0])
        page.mouse.down()
        for place in places[1:]:
            page.mouse.move(*place, steps=4)
        page.mouse.up()


def shown(page: "Page") -> tuple[str, list[str]]:
    """The large label and the figures of the bars, after the next frame."""
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    return page.inner_text("#draw-answer"), page.locator("#draw-probabilities .figure").all_inner_texts()


def agree(found: Sequence[float], expected: Sequence[float]) -> bool:
    return found == pytest.approx(expected, abs=1e-4)


def test_twenty_test_digits_get_the_answers_of_predict(drawn: "Opened") -> None:
    answers = drawn.page.evaluate(PAINT, data.load("sample").test_images[:20].tolist())
    assert len({answer["label"] for answer in answers}) > 5
    pictures = [drawn.save(f"{place}.png", answer["url"]) for place, answer in enumerate(answers)]
    for answer, expected in zip(answers, drawn.predicted(pictures), strict=True):
        assert agree(answer["probabilities"], expected)
        assert answer["label"] == expected.index(max(expected))


def test_a_digit_drawn_with_the_mouse_gets_the_answer_of_predict_and_shows_it(drawn: "Opened") -> None:
    strokes(drawn.page, FOUR)
    answer = drawn.answer()
    (expected,) = drawn.predicted([drawn.save("mouse.png")])
    assert agree(answer["probabilities"], expected)
    label, figures = shown(drawn.page)
    assert label == str(answer["label"])
    assert figures == [percent(p) for p in answer["probabilities"]]
    seen = drawn.page.evaluate(
        "[...document.getElementById('draw-seen').getContext('2d').getImageData(0, 0, 28, 28).data]"
    )
    assert seen[::4] == answer["pixels"]


def test_a_digit_drawn_with_the_keyboard_gets_the_answer_of_predict(drawn: "Opened") -> None:
    page = drawn.page
    page.focus("#draw-pen")
    page.keyboard.press("Shift+Tab")
    assert page.evaluate("document.activeElement.id") == "draw-field"
    assert page.is_visible("#draw-cursor")
    page.keyboard.press("Shift+ArrowUp")
    assert drawn.answer()["probabilities"] is None
    page.keyboard.press(" ")
    for key in ["Shift+ArrowDown"] * 5 + ["ArrowLeft"] * 9:
        page.keyboard.press(key)
    answer = drawn.answer()
    page.keyboard.press(" ")
    page.keyboard.press("Shift+ArrowLeft")
    assert drawn.answer() == answer
    (expected,) = drawn.predicted([drawn.save("keys.png")])
    assert agree(answer["probabilities"], expected)
    page.keyboard.press("Delete")
    assert drawn.answer()["probabilities"] is None


def test_another_model_gives_its_own_answer_with_its_own_layers(drawn: "Opened") -> None:
    page = drawn.page
    strokes(page, FOUR)
    first = shown(page)
    assert page.locator(".draw-activations").count() == 2
    page.click(".models label[for=model-1]")
    assert shown(page) != first
    picture = drawn.save("second.png")
    (expected,) = drawn.predicted([picture], "deep.npz")
    answer = drawn.answer()
    assert agree(answer["probabilities"], expected)
    assert [len(layer) for layer in answer["layers"]] == [20, 16, 10]
    counts = page.locator(".draw-activations .count").all_inner_texts()
    assert counts == [f"{sum(a > 0.5 for a in layer)} of {len(layer)} above 0.5" for layer in layers(answer)]

    both = [*drawn.predicted([picture]), expected]
    labels = [str(p.index(max(p))) for p in both]
    assert page.locator("#draw-answers b").all_inner_texts() == labels
    assert page.locator("#draw-answers span:last-child").all_inner_texts() == [percent(max(p)) for p in both]
    page.click("#draw-answers label")
    assert page.is_checked("#model-0")


def test_the_key_below_the_layers_has_the_colours_of_their_cells(drawn: "Opened") -> None:
    cells, key = drawn.page.evaluate(COLOURS)
    assert re.findall(r"rgb\((\d+), (\d+), (\d+)\)", key) == [tuple(map(str, cell)) for cell in cells]
    assert cells[1] == [0, 114, 178]
    assert drawn.page.inner_text(".draw-key").split() == ["Activation", "of", "each", "neuron:", "0", "1"]


def percent(probability: float) -> str:
    """Rounded down, with a space that does not break."""
    return f"{math.floor(1000 * probability) / 10:.1f}\u00a0%"


def layers(answer: dict[str, Any]) -> list[list[float]]:
    """JavaScript's typed arrays arrive as objects or lists."""
    return [list(layer.values()) if isinstance(layer, dict) else layer for layer in answer["layers"]]


def test_an_example_is_answered_and_clear_empties_the_field(drawn: "Opened") -> None:
    drawn.page.click("#draw-examples button:nth-child(2)")
    assert drawn.answer()["label"] == 1
    assert drawn.page.is_hidden("#draw-invitation")
    drawn.page.click("#draw-clear")
    assert shown(drawn.page) == ("?", ["–"] * 10)
    assert drawn.page.is_visible("#draw-invitation")


def test_screen_readers_get_the_answer_once_when_the_drawing_rests(drawn: "Opened") -> None:
    page = drawn.page
    page.evaluate(SPOKEN)
    strokes(page, FOUR)
    label, figures = shown(page)
    page.evaluate(ANSWERED)
    page.wait_for_timeout(100)
    assert page.evaluate("spoken") == [f"{label}, {figures[int(label)]}"]
