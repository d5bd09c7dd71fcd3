"""The page as a browser reads it: its policy, its sections, and text from files that is only text."""

import base64
import hashlib
import re
from html.parser import HTMLParser
from itertools import pairwise

import numpy as np
import pytest

from nnbp import Evaluation, Model, Settings, Training
from nnbp.diagnoses import Diagnosis, LayerFigures
from nnbp.report import Images, Shown, html
from nnbp.reports import EpochReport

HOSTILE = "<script>alert('1')</script>\"&.npz"


def training(sizes: tuple[int, ...], epochs: int = 3, validation: bool = True) -> Training:
    made = Training.begin(sizes, Settings(epochs=max(epochs, 1)), seed=1)
    accuracies = [0.5, 0.75, 0.625, 0.5]
    made.reports += [
        EpochReport(n, 0.5, 1 / n, 0.5, accuracies[n - 1] if validation else None)
        for n in range(1, epochs + 1)
    ]
    return made


def shown(name: str, made: Training, test: Images) -> Shown:
    outputs = made.network.outputs(test.images, "cross-entropy")
    confusion = np.zeros((made.network.sizes[-1],) * 2, np.int64)
    np.add.at(confusion, (test.labels, outputs.argmax(axis=1)), 1)
    return Shown(name, Model(made, "sample"), Evaluation(0.25, confusion), outputs.argmax(axis=1), outputs)


def examples(rows: int, columns: int, classes: int, name: str = "digits") -> Images:
    rng = np.random.default_rng(5)
    images = rng.integers(0, 256, (80, rows * columns), np.uint8)
    return Images(name, images, rng.integers(0, classes, 80), (rows, columns))


class Reader(HTMLParser):
    """The tags with their attributes, the texts, and the drawings that are not within another."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, str]] = []
        self.drawings: list[dict[str, str | None]] = []
        self.within = 0
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag == "svg":
            self.drawings += [] if self.within else [dict(attrs)]
            self.within += 1

    def handle_endtag(self, tag: str) -> None:
        self.within -= tag == "svg"

    def handle_data(self, data: str) -> None:
        self.texts.append((self.tags[-1][0] if self.tags else "", data))

    def all(self, name: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.tags if tag == name]

    def sections(self) -> list[str | None]:
        return [attributes["id"] for attributes in self.all("section")]


def page(sizes: tuple[int, ...] = (12, 5, 3), shape: tuple[int, int] = (3, 4), count: int = 1) -> str:
    test = examples(*shape, sizes[-1])
    return html([shown(f"{n}.npz", training(sizes), test) for n in range(count)], test)


def test_the_policy_allows_the_page_its_own_styles_and_pictures_and_nothing_else() -> None:
    read = Reader(page())
    policy = next(m["content"] for m in read.all("meta") if m.get("http-equiv") == "Content-Security-Policy")
    styles = [text for tag, text in read.texts if tag == "style" and text.strip()]
    hashes = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in styles]
    assert policy == (
        f"default-src 'none'; img-src data:; style-src 'sha256-{hashes[0]}'; script-src 'none'; "
        "base-uri 'none'; form-action 'none'"
    )
    assert len(styles) == 1
    assert not [tag for tag, attributes in read.tags if "style" in attributes]


def test_the_page_names_no_other_place() -> None:
    text = page()
    assert not re.search(r"https?://|url\(", text)
    for tag, attributes in Reader(text).tags:
        assert (attributes.get("src") or "data:").startswith("data:"), tag
        assert (attributes.get("href") or "#").startswith("#"), tag


def test_names_from_files_are_text_wherever_they_appear() -> None:
    test = examples(3, 4, 3, name=HOSTILE)
    read = Reader(html([shown(HOSTILE, training((12, 3)), test)] * 2, test))
    assert not read.all("script")
    assert HOSTILE in [text for _, text in read.texts]
    assert [button["aria-label"] for button in read.all("input")] == [HOSTILE] * 2


@pytest.mark.parametrize(
    ("sizes", "shape"), [((12, 5, 3), (3, 4)), ((12, 2), (2, 6)), ((4, 3, 26), (2, 2)), ((4, 50), (2, 2))]
)
def test_models_of_any_size_have_their_sections_and_only_finite_numbers(
    sizes: tuple[int, ...], shape: tuple[int, int]
) -> None:
    text = page(sizes, shape, count=2)
    drawing = ["draw"] if shape[0] == shape[1] else []
    assert Reader(text).sections() == ["results", *drawing, "curves", "confusion", "mistakes", "weights"]
    assert not re.search(r"\b(nan|inf)\b", text)


@pytest.mark.parametrize(("epochs", "validation"), [(0, True), (1, True), (3, False)])
def test_a_model_without_reports_has_no_curves_and_one_without_validation_no_ring(
    epochs: int, validation: bool
) -> None:
    test = examples(2, 2, 2)
    text = html([shown("a.npz", training((4, 2), epochs, validation), test)], test)
    assert ("curves" in Reader(text).sections()) == (epochs > 0)
    assert ('class="ring"' in text) == (epochs > 0 and validation)


def test_the_best_epoch_is_marked_in_the_table() -> None:
    assert re.findall(r"<th scope=\"row\">(\d+) \(best\)", page()) == ["2"]


def test_a_diagnosis_has_a_section_with_its_figures_and_remark() -> None:
    test = examples(2, 2, 2)
    made = training((4, 3, 2))
    made.diagnosis += [
        Diagnosis(n, (LayerFigures(1, 0.125, 0.0, 0.1), LayerFigures(2, None, 2.5, None)), "Layer 1 rests.")
        for n in (1, 2)
    ]
    read = Reader(html([shown("a.npz", made, test)], test))
    assert read.sections()[-1] == "diagnosis"
    assert {("p", "Layer 1 rests."), ("td", "0.125"), ("td", "2.5")} <= set(read.texts)


def test_a_page_without_mistakes_has_no_section_for_them() -> None:
    test = examples(2, 2, 2)
    made = shown("a.npz", training((4, 2)), test)
    right = Images("digits", test.images, made.outputs.argmax(axis=1), (2, 2))
    assert "mistakes" not in Reader(html([made], right)).sections()


def test_of_several_models_the_one_without_mistakes_says_so_and_dots_are_those_of_the_others() -> None:
    test = examples(2, 2, 2)
    made = [shown(f"{seed}.npz", Training.begin((4, 2), seed=seed), test) for seed in (1, 2)]
    right = Images("digits", test.images, made[0].predictions, (2, 2))
    text = html([shown(one.name, one.model.training, right) for one in made], right)
    read = Reader(text)
    assert ("p", "None.") in read.texts
    assert read.sections().count("mistakes") == 1
    rows = re.findall(r'<svg role="img" aria-label="95.*?</td>', text[text.index('id="confusion"') :])
    others = [re.findall(r'cx="(.*?)"', row) for row in rows]
    own = [re.findall(r'<svg x="(.*?)"', row) for row in rows]
    assert len(rows) == 4
    assert (others[:2], others[2:]) == (own[2:], own[:2])
    assert own[:2] != own[2:]


def test_the_surest_mistakes_come_first_with_their_probability_rounded_down() -> None:
    test = examples(2, 2, 2)
    made = shown("a.npz", training((4, 2)), test)
    outputs = np.tile(np.array([0.25, 0.5], np.float32), (80, 1))
    outputs[7] = [0.9999, 0.1]
    labels = np.ones(80, int)
    labels[3] = 0
    test = Images("digits", test.images, labels, (2, 2))
    text = html([Shown("a.npz", made.model, made.evaluation, outputs.argmax(axis=1), outputs)], test)
    assert re.findall(r"<b>(. → .)</b><span>(.*?)</span>", text) == [
        ("1 → 0", "99.9\u00a0%"),
        ("0 → 1", "50.0\u00a0%"),
    ]


def test_headings_are_in_order_and_every_header_cell_has_a_scope() -> None:
    read = Reader(page(count=2))
    levels = [int(tag[1]) for tag, _ in read.tags if re.fullmatch(r"h\d", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert all(cell["scope"] in ("row", "col") for cell in read.all("th"))
    assert all(picture["alt"] for picture in read.all("img"))
    assert all(drawing.get("aria-label") or drawing["aria-hidden"] == "true" for drawing in read.drawings)


def test_more_models_than_colours_are_refused() -> None:
    assert page(count=8) == page(count=8)
    with pytest.raises(ValueError, match="1 to 8 models, not 9"):
        page(count=9)


def test_settings_of_several_models_are_told_apart_from_those_that_all_share() -> None:
    test = examples(2, 2, 2)
    trainings = [Training.begin((4, 2), Settings(cost=cost), 1) for cost in ("quadratic", "log-likelihood")]
    text = html([shown(f"{n}.npz", made, test) for n, made in enumerate(trainings)], test)
    section = text[text.index('id="results"') : text.index('id="draw"')]
    table, shared = section.split("The same for all")
    assert re.findall(r'<th scope="row">(\w+)</th><td>(.*?)</td><td>(.*?)</td>', table) == [
        ("cost", "quadratic", "log-likelihood")
    ]
    pairs = dict(re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", shared))
    assert (pairs["layers"], pairs["mini-batch"], "cost" in pairs) == ("4,2", "10", False)


def test_a_mistake_shows_the_label_that_the_engine_found_although_outputs_are_equal() -> None:
    test = Images("digits", np.zeros((1, 4), np.uint8), np.array([0]), (2, 2))
    made, outputs = training((4, 3)), np.ones((1, 3))
    answered = Shown(
        "a.npz", Model(made, "sample"), Evaluation(0.25, np.eye(3, dtype=int)), np.array([2]), outputs
    )
    assert "test image 0: label 0, prediction 2" in html([answered], test)


def test_long_names_of_models_keep_the_ends_by_which_they_differ() -> None:
    test = examples(3, 4, 3)
    names = [f"network-with-{count}-hidden-neurons-{count}.npz" for count in (10, 20)]
    text = html([shown(name, training((12, 3)), test) for name in names], test)
    assert [re.findall(rf">(netwo…n-neurons-{count})<", text) != [] for count in (10, 20)] == [True, True]
    assert "Accuracy on the validation examples" in text
