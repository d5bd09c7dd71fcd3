"""One browser for all tests of the page, and a page of two models opened in it once."""

import base64
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from nnbp import Model, Settings, Training, data
from nnbp.cli.predict import predict
from nnbp.report import Images, Shown, html
from support.browser import chromium

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

LAPTOP = (1280, 900)
TRAINED = {
    "small.npz": ((784, 12, 10), Settings(epochs=2)),
    "deep.npz": ((784, 20, 16, 10), Settings(epochs=2, cost="log-likelihood", deskew=True)),
}


@dataclass
class Opened:
    """A page in a browser without a network, and what it said and asked for."""

    page: "Page"
    file: Path
    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def answer(self) -> dict[str, Any]:
        return dict(
            self.page.evaluate("(({ pixels, ...rest }) => ({ ...rest, pixels: [...pixels] }))(nnbp.answer())")
        )

    def save(self, name: str, url: str = "") -> Path:
        """What is in the field, or a data URL, as a PNG."""
        url = url or self.page.evaluate("nnbp.field.canvas.toDataURL()")
        made = self.file.with_name(name)
        made.write_bytes(base64.b64decode(url.partition(",")[2]))
        return made

    def predicted(self, pictures: Sequence[Path], model: str = "small.npz") -> list[list[float]]:
        """The probabilities of `nnbp predict` for PNGs."""
        arguments = [str(self.file.with_name(model)), *map(str, pictures), "--json", "--probabilities"]
        done = CliRunner().invoke(predict, arguments, catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return [json.loads(line)["probabilities"] for line in done.output.splitlines()]


@pytest.fixture(scope="session")
def browser() -> Iterator["Browser"]:
    with chromium() as started:
        yield started


def visit(browser: "Browser", file: Path, **context: Any) -> Opened:
    """A page opened from the disk."""
    made = Opened(browser.new_context(offline=True, **context).new_page(), file)
    made.page.on("console", lambda message: made.said.append(message.text))
    made.page.on("pageerror", lambda error: made.said.append(str(error)))
    made.page.on("dialog", lambda dialog: made.said.append(dialog.message))
    made.page.on("request", lambda request: made.asked.append(request.url))
    made.page.goto(file.as_uri())
    return made


def answered(name: str, training: Training, test: Images, dataset: str) -> Shown:
    """A model with its answers to the test images."""
    outputs = training.network.outputs(test.images, training.settings.cost)
    evaluation = training.evaluate((test.images, test.labels))
    return Shown(name, Model(training, dataset), evaluation, outputs.argmax(axis=1), outputs)


@pytest.fixture(scope="session")
def opened(browser: "Browser", tmp_path_factory: pytest.TempPathFactory) -> Opened:
    folder = tmp_path_factory.mktemp("drawn")
    digits = data.load("sample")
    test = Images("sample", digits.test_images, digits.test_labels, digits.image_shape)
    models = []
    for name, (sizes, settings) in TRAINED.items():
        training = Training.begin(sizes, settings, seed=1)
        seen = digits.deskewed if settings.deskew else digits
        for _ in training.run(seen.training):
            pass
        training.save(folder / name, digits)
        shown = replace(test, images=seen.test_images)
        models.append(answered(name, training, shown, "sample"))
    (folder / "report.html").write_text(html(models, test), "utf-8")
    return visit(browser, folder / "report.html")


@pytest.fixture
def drawn(opened: Opened) -> Iterator[Opened]:
    """The page with an empty field and the first model; afterwards it has said nothing on the console."""
    page = opened.page
    page.set_viewport_size({"width": LAPTOP[0], "height": LAPTOP[1]})
    page.emulate_media(color_scheme="light", media="screen", reduced_motion="no-preference")
    page.click(".models label[for=model-0]")
    page.click("#draw-clear")
    yield opened
    assert opened.said == []
