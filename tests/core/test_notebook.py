"""Pictures in notebooks: well-formed, safe, small, and faithful to the figures that they show."""

import base64
import re
import struct
import zlib
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree

import numpy as np
import numpy.typing as npt
import pytest
from support.models import small_model

from nnbp import EpochReport, Evaluation, Model, Network, Settings, Training
from nnbp.notebook import learning_curve

BLUE, WHITE, ORANGE = (0, 114, 178), (255, 255, 255), (213, 94, 0)


def show(thing: Any) -> ElementTree.Element:
    """The HTML that a notebook shows, after the checks that all such HTML has to pass."""
    html = thing._repr_html_()
    assert html == thing._repr_html_()
    assert len(html.encode()) < 60_000
    root = ElementTree.fromstring(html)
    for element in root.iter():
        assert element.tag not in {"script", "style", "link", "iframe", "object", "foreignObject"}
        # A browser reads <td /> as a start tag; only these elements may be empty.
        assert element.text or len(element) or element.tag in {"img", "line", "circle", "polyline"}, (
            element.tag
        )
        for name, value in element.attrib.items():
            assert not name.startswith("on")
            assert "//" not in value or value.startswith("data:image/png;base64,")
            assert "url(" not in value
            # Text and backgrounds are the theme's, except for the translucent shades.
            if name in ("fill", "stroke"):
                assert value in ("none", "currentColor") or value.startswith("rgba(")
    return root


def text(element: ElementTree.Element) -> str:
    return "".join(element.itertext())


def cells(root: ElementTree.Element) -> list[list[str]]:
    """The texts of a table, row by row, without its header."""
    (body,) = root.iter("tbody")
    return [[text(cell) for cell in row] for row in body]


def training(
    train: list[float], validation: list[float | None], sizes: tuple[int, ...] = (4, 3, 2), **choices: Any
) -> Training:
    """A training with reports of these accuracies."""
    begun = Training.begin(sizes, Settings(**choices), seed=12)
    for epoch, (seen, unseen) in enumerate(zip(train, validation, strict=True), 1):
        begun.reports.append(EpochReport(epoch, begun.settings.rate(epoch), 1 / epoch, seen, unseen))
    return begun


def decoded(root: ElementTree.Element) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]:
    """The pixels (rows, columns, RGB) of the picture, and the opacity of each."""
    (image,) = root.iter("img")
    data = base64.b64decode(image.attrib["src"].removeprefix("data:image/png;base64,"), validate=True)
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    chunks, place = {}, 8
    while place < len(data):
        (length,) = struct.unpack_from(">I", data, place)
        kind, content = data[place + 4 : place + 8], data[place + 8 : place + 8 + length]
        assert struct.unpack_from(">I", data, place + 8 + length) == (zlib.crc32(kind + content),)
        chunks[kind] = content
        place += 12 + length
    assert list(chunks) == [b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"]
    width, height, *rest = struct.unpack(">IIBBBBB", chunks[b"IHDR"])
    assert rest == [8, 3, 0, 0, 0]
    rows = np.frombuffer(zlib.decompress(chunks[b"IDAT"]), np.uint8).reshape(height, width + 1)
    assert not rows[:, 0].any()
    colours = np.frombuffer(chunks[b"PLTE"], np.uint8).reshape(-1, 3)
    opacity = np.full(len(colours), 255, np.uint8)
    opacity[: len(chunks[b"tRNS"])] = list(chunks[b"tRNS"])
    return colours[rows[:, 1:]], opacity[rows[:, 1:]]


def test_a_training_that_has_not_begun_shows_the_settings_that_are_not_the_defaults() -> None:
    root = show(Training.begin((4, 3, 2), Settings(epochs=7, l2=0.5, schedule="cosine"), seed=12))
    assert text(root[0]) == "4,3,2 · cross-entropy · 0 of 7 epochs · seed 12"
    assert text(root[1]) == "Settings(epochs=7, schedule='cosine', l2=0.5)"
    assert len(root) == 2
    assert text(show(Training.begin((4, 2), seed=1))[1]) == "Settings()"


def test_a_training_with_random_numbers_of_the_caller_shows_no_seed() -> None:
    network = Training.begin((4, 2), seed=1).network
    shown = show(Training(network, Settings(), np.random.default_rng(3)))
    assert text(shown[0]) == "4,2 · cross-entropy · 0 of 30 epochs"


def test_a_training_shows_its_progress_and_the_reports_of_its_epochs() -> None:
    model = small_model(epochs=2, seed=3)
    root = show(model.training)
    assert text(root[0]) == "4,3,2 · cross-entropy · 2 of 2 epochs · seed 3 · engine numpy"
    reports = model.training.reports
    for found, report in zip(cells(root), reports, strict=True):
        assert found[0].split()[0] == str(report.epoch)
        assert [float(cell) for cell in found[1:]] == pytest.approx(
            [report.learning_rate, report.cost, report.train_accuracy, report.validation_accuracy], abs=5e-5
        )


def test_of_many_reports_the_first_the_best_and_the_last_are_shown() -> None:
    validation = [0.5, 0.6, 0.7, 0.6, 0.8, 0.7, 0.6, 0.7, 0.7]
    assert [row[0] for row in cells(show(training([0.5] * 9, list(validation))))] == [
        "1", "2", "3", "⋮", "5 (best)", "⋮", "7", "8", "9",
    ]  # fmt: skip


def test_a_training_that_stopped_early_says_so() -> None:
    stopped = training([0.5, 0.6, 0.7], [0.9, 0.8, 0.8], patience=2)
    assert "3 of 30 epochs, stopped early" in text(show(stopped)[0])
    assert "stopped" not in text(show(training([0.5], [0.9], patience=2))[0])


def test_the_learning_curve_draws_the_accuracies_to_scale_and_rings_the_best() -> None:
    train, validation = [0.52, 0.8, 0.9, 0.96], [0.7, 0.85, 0.88, 0.81]
    (svg,) = show(training(train, list(validation))).iter("svg")
    labels = {label.text: label for label in svg.iter("text")}
    # Two labelled lines of the grid are enough to read every height from.
    low, high = (float(labels[tick].attrib["y"]) for tick in ("0.5", "0.9"))
    curves = [
        [tuple(map(float, place.split(","))) for place in line.attrib["points"].split()]
        for line in svg.iter("polyline")
    ]
    for curve, accuracies in zip(curves, (train, validation), strict=True):
        heights = [0.5 + 0.4 * (y + 4 - low) / (high - low) for _, y in curve]
        assert heights == pytest.approx(accuracies, abs=1e-3)
        steps = [after - before for (before, _), (after, _) in pairwise(curve)]
        assert steps == pytest.approx([steps[0]] * 3, abs=0.11)
    assert curves[0][1][0] == float(labels["2"].attrib["x"])
    ring, _ = (circle for circle in svg.iter("circle") if circle.attrib["r"] == "5")
    assert (float(ring.attrib["cx"]), float(ring.attrib["cy"])) == curves[1][2]
    assert "best: epoch 3, 0.8800" in labels
    dashes = ["stroke-dasharray" in line.attrib for line in svg.iter("polyline")]
    assert dashes == [True, False], "told apart without colours"


@pytest.mark.parametrize(
    ("count", "expected"), [(1, ["1"]), (4, ["1", "2", "3", "4"]), (33, ["10", "20", "30"])]
)
def test_only_epochs_that_are_done_are_on_the_axis(count: int, expected: list[str]) -> None:
    (svg,) = show(training([0.5] * count, [None] * count, epochs=50)).iter("svg")
    middle = [label.text for label in svg.iter("text") if label.attrib["text-anchor"] == "middle"]
    assert middle == [*expected, "epoch"]


def test_without_validation_examples_there_is_one_curve_and_no_best_epoch() -> None:
    root = show(training([0.5, 0.6], [None, None]))
    assert len(list(root.iter("polyline"))) == 1
    assert "best" not in text(root)
    assert [row[-1] for row in cells(root)] == ["–", "–"]


def test_validation_may_begin_in_a_later_epoch() -> None:
    root = show(training([0.5, 0.6, 0.7], [None, 0.6, 0.5]))
    points = [line.attrib["points"].split() for line in root.iter("polyline")]
    assert [len(curve) for curve in points] == [3, 2]
    assert cells(root)[1][0] == "2 (best)"


@pytest.mark.parametrize("accuracy", [0.0, 0.003, 0.5, 1.0])
def test_a_single_epoch_has_a_dot_for_a_curve(accuracy: float) -> None:
    (svg,) = show(training([accuracy], [accuracy])).iter("svg")
    dots = [circle.attrib for circle in svg.iter("circle") if circle.attrib["r"] == "2.5"]
    assert len(dots) == 2
    ticks = [label.text for label in svg.iter("text") if label.attrib["text-anchor"] == "end"]
    assert all(0 <= float(str(tick)) <= 1 for tick in ticks)


def test_a_long_training_is_thinned_but_keeps_its_best_and_its_last_epoch() -> None:
    count = 99_999
    validation = [0.5] * count
    validation[43_210] = 0.75
    long = training([0.5] * (count - 1) + [0.9], list(validation), epochs=100_000)
    (svg,) = show(long).iter("svg")
    points = [line.attrib["points"].split() for line in svg.iter("polyline")]
    assert [len(places) <= 302 for places in points] == [True, True]
    kept = learning_curve.thinned(count, 300, [43_210])
    assert {0, 43_210, count - 1} <= set(kept)
    assert len(kept) <= 302
    assert kept == sorted(kept)


@pytest.mark.parametrize(
    ("low", "high", "least", "expected"),
    [
        (0.52, 0.96, 0, [0.5, 0.6, 0.7, 0.8, 0.9, 1.0]),
        (0.97, 0.98, 0, [0.97, 0.972, 0.974, 0.976, 0.978, 0.98]),
        (0.0, 0.01, 0, [0.0, 0.002, 0.004, 0.006, 0.008, 0.01]),
        (0.29, 0.34, 0, [0.29, 0.3, 0.31, 0.32, 0.33, 0.34]),  # 0.29 / 0.01 is less than 29,
        (0.02, 0.07, 0, [0.02, 0.03, 0.04, 0.05, 0.06, 0.07]),  # and 0.07 / 0.01 more than 7
        (1, 2, 1, [1, 2]),
        (1, 30, 1, [0, 10, 20, 30]),
    ],
)
def test_ticks_are_round_and_enclose_the_range(
    low: float, high: float, least: float, expected: list[float]
) -> None:
    assert learning_curve.ticks(low, high, least) == expected


def test_a_model_shows_its_training_and_the_name_of_its_data_set() -> None:
    model = small_model(epochs=2)
    found, of_training = show(model), show(model.training)
    assert "· data set sample ·" in text(found[0])
    assert text(found[0]).replace("data set sample · ", "") == text(of_training[0])
    assert cells(found) == cells(of_training)
    assert len(list(found.iter("svg"))) == 1


def test_the_name_of_a_data_set_is_always_text() -> None:
    name = "<script>alert('&amp;')</script>"
    model = Model(Training.begin((4, 2), seed=1), name)
    assert "<script" not in model._repr_html_()
    assert name in text(show(model))


CONFUSION = [[90, 10, 0], [0, 0, 0], [1, 24, 75]]


def test_an_evaluation_shows_its_figures_and_its_confusion_matrix() -> None:
    root = show(Evaluation(0.12345, np.array(CONFUSION) * 100))
    assert text(root[0]) == "accuracy 0.8250 (16,500 of 20,000) · cost 0.1235"
    assert [[int(cell.replace(",", "")) for cell in row] for row in cells(root)] == [
        [label, *(100 * count for count in row)] for label, row in enumerate(CONFUSION)
    ]
    assert "rows: labels; columns: predictions" in text(root)


def test_cells_are_shaded_by_their_share_and_correct_ones_are_framed() -> None:
    root = show(Evaluation(1.0, np.array(CONFUSION)))
    table = [list(row.iter("td")) for row in root.iter("tr")][1:]
    for label, row in enumerate(table):
        for prediction, cell in enumerate(row):
            style = cell.attrib["style"]
            match = re.search(r"background:rgba\((\d+),(\d+),(\d+),([\d.]+)\)", style)
            assert match
            *rgb, opacity = match.groups()
            assert tuple(map(int, rgb)) == (BLUE if label == prediction else ORANGE)
            share = CONFUSION[label][prediction] / 100
            assert float(opacity) == pytest.approx(0.6 * share**0.5, abs=0.0051)
            assert cell.attrib["title"] == f"{100 * share:.1f}% of label {label}"
            assert ("border:2px solid currentColor" in style) == (label == prediction)


@pytest.mark.parametrize("cost", [float("inf"), float("nan")])
def test_a_cost_that_is_not_finite_is_shown_as_it_is(cost: float) -> None:
    assert f"cost {cost}" in text(show(Evaluation(cost, np.eye(2, dtype=np.int64))))


def test_the_largest_matrix_is_small_enough() -> None:
    assert len(cells(show(Evaluation(1.0, np.full((20, 20), 1_000_000))))) == 20


def test_of_many_classes_the_most_frequent_errors_are_listed() -> None:
    confusion = np.diag(np.full(1000, 50))
    confusion[7, 3], confusion[999, 0], confusion[3, 7] = 9, 1200, 9
    assert cells(show(Evaluation(1.0, confusion))) == [
        ["999", "0", "1,200"],
        ["3", "7", "9"],
        ["7", "3", "9"],
    ]
    assert len(cells(show(Evaluation(1.0, np.ones((30, 30), np.int64))))) == 10


def hand_made(weights: list[list[float]]) -> Network:
    """A network of one layer with these weights, one list for each neuron."""
    columns = np.array(weights, np.float32).T
    return Network(columns.shape, [columns], [np.zeros(len(weights), np.float32)])


def test_the_weights_of_a_network_are_pictures_from_blue_through_white_to_orange() -> None:
    root = show(hand_made([[-2, 0, 1, 2], [0, 0, 0, -1]]))
    assert text(root[0]) == "4,2 · 10 parameters · float32"
    assert "2 of 2 neurons: blue −2, white 0, orange 2; each 2 × 2" in text(root)
    pixels, opacity = decoded(root)
    assert pixels.shape == (2, 5, 3)
    found = [[tuple(pixel) for pixel in row] for row in pixels.tolist()]
    # Half of 31 shades rounds to 16: 16/31 of the way from white.
    light_orange, light_blue = (
        tuple(round(255 + (end - 255) * 16 / 31) for end in colour) for colour in (ORANGE, BLUE)
    )
    gap = (128, 128, 128)
    assert found == [
        [BLUE, WHITE, gap, WHITE, WHITE],
        [light_orange, ORANGE, gap, WHITE, light_blue],
    ]
    assert opacity.tolist() == [[255, 255, 128, 255, 255]] * 2


def test_up_to_thirty_neurons_are_shown_ten_in_a_row() -> None:
    for neurons, shape in ((1, (28, 28)), (10, (28, 289)), (11, (57, 289)), (100, (86, 289))):
        root = show(Network.random((784, neurons, 10), np.random.default_rng(1)))
        assert decoded(root)[0].shape[:2] == shape
        assert f"{min(neurons, 30)} of {neurons} neurons" in text(root)
        (image,) = root.iter("img")
        assert image.attrib["width"] == str(2 * shape[1])
        assert image.attrib["alt"] in text(root)


def test_each_neuron_has_its_own_place() -> None:
    # Neuron n is white except for pixel n of its own picture.
    pixels, _ = decoded(show(hand_made(np.eye(25).tolist())))
    dark = np.argwhere((pixels == ORANGE).all(axis=2)).tolist()
    assert sorted(dark) == sorted([6 * (n // 10) + n // 5, 6 * (n % 10) + n % 5] for n in range(25))


def test_a_network_with_all_weights_0_is_white() -> None:
    assert (decoded(show(hand_made([[0, 0, 0, 0]])))[0] == 255).all()


@pytest.mark.parametrize("sizes", [(6, 3), (783, 30, 10), (785, 2), (40_000, 2)])
def test_an_input_that_is_no_square_or_too_large_has_no_picture(sizes: tuple[int, ...]) -> None:
    root = show(Network.random(sizes, np.random.default_rng(1)))
    assert not list(root.iter("img"))
    assert text(root).startswith(",".join(map(str, sizes)) + " · ")


@pytest.mark.parametrize("side", [1, 9, 40, 100, 178])
def test_pictures_of_noise_are_small_enough_at_every_size(side: int) -> None:
    noise = np.random.default_rng(1).uniform(-1, 1, (side * side, 30)).astype(np.float32)
    pixels, _ = decoded(show(Network((side * side, 30), [noise], [np.zeros(30, np.float32)])))
    assert pixels.shape[0] % (side + 1) == side


@pytest.mark.parametrize("weight", [np.nan, np.inf, -np.inf])
def test_a_weight_that_is_not_finite_is_reported_instead_of_a_picture(weight: float) -> None:
    root = show(hand_made([[0, 1, weight, 0]]))
    assert "not a finite number" in text(root)
    assert not list(root.iter("img"))


def test_showing_a_network_leaves_its_weights_as_they_are() -> None:
    network = Network.random((4, 3, 2), np.random.default_rng(1), dtype=np.float64)
    before = network.copy().layers
    assert "float64" in text(show(network))
    np.testing.assert_equal(network.layers, before)
