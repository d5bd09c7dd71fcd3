"""The drawing field in a browser, against `nnbp predict` for the same drawings saved as PNG."""

import base64
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from support.browser import chromium
from support.program import events, run

from nnbp import data

if TYPE_CHECKING:
    from playwright.sync_api import Page

TRAIN = ("train", "--dataset", "sample", "--epochs", "3", "-q")
MODELS = {
    "small.npz": ("--sizes", "784,12,10", "--seed", "1"),
    "deep.npz": ("--sizes", "784,20,16,10", "--seed", "2", "--cost", "log-likelihood"),
}
PAINT = """pixels => {
  const small = new OffscreenCanvas(28, 28), image = new ImageData(28, 28);
  pixels.forEach((grey, i) => image.data.set([grey, grey, grey, 255], 4 * i));
  small.getContext("2d").putImageData(image, 0, 0);
  nnbp.field.paint(small);
}"""
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
# Strokes of a four, as fractions of the field's side.
FOUR = [[(0.4, 0.2), (0.3, 0.55), (0.75, 0.55)], [(0.65, 0.25), (0.62, 0.85)]]
PHONE, LAPTOP = (390, 844), (1280, 900)


@dataclass
class Opened:
    """A page in a browser without a network, and what it said and asked for."""

    page: "Page"
    folder: Path
    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def answer(self) -> dict[str, Any]:
        return dict(self.page.evaluate("({...nnbp.answer(), pixels: [...nnbp.answer().pixels]})"))

    def save(self, name: str) -> str:
        url = self.page.evaluate("nnbp.field.canvas.toDataURL()")
        (self.folder / name).write_bytes(base64.b64decode(url.partition(",")[2]))
        return name

    def predicted(self, names: Sequence[str], model: str = "small.npz") -> list[list[float]]:
        """The probabilities of `nnbp predict` for files in the folder."""
        done = run("predict", model, *names, "--json", "--probabilities", cwd=self.folder)
        assert done.returncode == 0, done.stderr
        return [event["probabilities"] for event in events(done.stdout)]


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opened]:
    folder = tmp_path_factory.mktemp("drawn")
    with chromium() as browser:
        for name, options in MODELS.items():
            assert run(*TRAIN, *options, "-o", name, cwd=folder).returncode == 0
        assert run("report", *MODELS, cwd=folder).returncode == 0
        context = browser.new_context(offline=True)
        made = Opened(context.new_page(), folder)
        made.page.on("console", lambda message: made.said.append(message.text))
        made.page.on("pageerror", lambda error: made.said.append(str(error)))
        made.page.on("request", lambda request: made.asked.append(request.url))
        made.page.goto((folder / "report.html").as_uri())
        yield made


@pytest.fixture
def drawn(opened: Opened) -> Iterator[Opened]:
    """The page with an empty field and the first model; afterwards it has said nothing on the console."""
    page = opened.page
    page.set_viewport_size({"width": LAPTOP[0], "height": LAPTOP[1]})
    page.emulate_media(color_scheme="light", media="screen", reduced_motion="no-preference")
    page.select_option("#draw-model", "small.npz")
    page.click("#draw-clear")
    yield opened
    assert opened.said == []


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


def test_the_page_asks_for_nothing_but_itself(drawn: Opened) -> None:
    assert [url for url in drawn.asked if not url.startswith("data:")] == [
        (drawn.folder / "report.html").as_uri()
    ]


def test_twenty_test_digits_get_the_answers_of_predict(drawn: Opened) -> None:
    digits = data.load("sample").test_images[:20]
    answers, names = [], []
    for place, digit in enumerate(digits.tolist()):
        drawn.page.evaluate(PAINT, digit)
        answers.append(drawn.answer())
        names.append(drawn.save(f"{place}.png"))
    assert len({answer["label"] for answer in answers}) > 5
    for answer, expected in zip(answers, drawn.predicted(names), strict=True):
        assert agree(answer["probabilities"], expected)
        assert answer["label"] == expected.index(max(expected))


def test_a_digit_drawn_with_the_mouse_gets_the_answer_of_predict_and_shows_it(drawn: Opened) -> None:
    strokes(drawn.page, FOUR)
    answer = drawn.answer()
    (expected,) = drawn.predicted([drawn.save("mouse.png")])
    assert agree(answer["probabilities"], expected)
    label, figures = shown(drawn.page)
    assert label == str(answer["label"])
    assert figures == [f"{math.floor(1000 * p) / 10:.1f} %" for p in answer["probabilities"]]
    seen = drawn.page.evaluate(
        "[...document.getElementById('draw-seen').getContext('2d').getImageData(0, 0, 28, 28).data]"
    )
    assert seen[::4] == answer["pixels"]


def test_a_digit_drawn_with_the_keyboard_gets_the_answer_of_predict(drawn: Opened) -> None:
    page = drawn.page
    page.focus("#draw-pen")
    page.keyboard.press("Shift+Tab")
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


def test_another_model_gives_its_own_answer_with_its_own_layers(drawn: Opened) -> None:
    strokes(drawn.page, FOUR)
    first = shown(drawn.page)
    assert drawn.page.locator(".draw-activations").count() == 2
    drawn.page.select_option("#draw-model", "deep.npz")
    assert shown(drawn.page) != first
    (expected,) = drawn.predicted([drawn.save("second.png")], "deep.npz")
    answer = drawn.answer()
    assert agree(answer["probabilities"], expected)
    assert [len(layer) for layer in answer["layers"]] == [20, 16, 10]
    counts = drawn.page.locator(".draw-activations .count").all_inner_texts()
    assert counts == [f"{sum(a > 0.5 for a in layer)} of {len(layer)} above 0.5" for layer in layers(answer)]


def layers(answer: dict[str, Any]) -> list[list[float]]:
    """JavaScript's typed arrays arrive as objects or lists."""
    return [list(layer.values()) if isinstance(layer, dict) else layer for layer in answer["layers"]]


def test_an_example_is_answered_and_clear_empties_the_field(drawn: Opened) -> None:
    drawn.page.click("#draw-examples button:nth-child(2)")
    assert drawn.answer()["label"] == 1
    assert drawn.page.is_hidden("#draw-invitation")
    drawn.page.click("#draw-clear")
    assert shown(drawn.page) == ("?", ["–"] * 10)
    assert drawn.page.is_visible("#draw-invitation")


def test_screen_readers_get_the_answer_once_when_the_drawing_rests(drawn: Opened) -> None:
    page = drawn.page
    page.evaluate(SPOKEN)
    strokes(page, FOUR)
    label, figures = shown(page)
    page.evaluate("new Promise(done => setTimeout(done, 1000))")
    assert page.evaluate("spoken") == [f"{label}, {figures[int(label)]}"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [LAPTOP, PHONE])
def test_no_screen_has_to_be_scrolled_sideways(drawn: Opened, scheme: Any, size: tuple[int, int]) -> None:
    drawn.page.set_viewport_size({"width": size[0], "height": size[1]})
    drawn.page.emulate_media(color_scheme=scheme)
    drawn.page.click("#draw-examples button")
    assert drawn.page.evaluate("document.documentElement.scrollWidth") == size[0]


def test_tab_reaches_the_field_and_every_control(drawn: Opened) -> None:
    drawn.page.evaluate("document.activeElement.blur()")
    drawn.page.focus(".skip")
    reached = []
    for _ in range(30):
        drawn.page.keyboard.press("Tab")
        reached.append(drawn.page.evaluate("document.activeElement.id"))
    order = [name for name in reached if name]
    assert order == ["draw-field", "draw-model", "draw-pen", "draw-clear"]


def test_a_finger_draws_instead_of_scrolling_and_paper_has_no_field(drawn: Opened) -> None:
    style = "getComputedStyle(document.querySelector('{}')).{}"
    assert drawn.page.evaluate(style.format("#draw-field", "touchAction")) == "none"
    drawn.page.emulate_media(reduced_motion="reduce")
    assert drawn.page.evaluate(style.format("#draw-probabilities .bar", "transitionDuration")) == "0s"
    drawn.page.emulate_media(media="print")
    assert drawn.page.is_hidden("#draw")
