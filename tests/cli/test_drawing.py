"""Images as characters, against pictures drawn by hand."""

import io
import locale
import sys

import numpy as np
import pytest

from nnbp.cli import drawing

CORNER = np.array([[255, 0, 0], [255, 0, 0], [255, 255, 0], [0, 0, 255]], np.uint8)


@pytest.fixture
def utf8(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), encoding="utf-8"))
    monkeypatch.setattr(locale, "nl_langinfo", lambda _: "UTF-8")


def test_a_character_is_two_rows_of_a_column() -> None:
    assert drawing.characters(CORNER, plain=False) == ["█  ", "▀▀▄"]


def test_ascii_has_the_mean_of_two_rows() -> None:
    assert drawing.characters(CORNER, plain=True) == ["@  ", "==="]


def test_greys_are_shades() -> None:
    ramp = np.repeat([[0, 64, 128, 191, 255]], 2, axis=0).astype(np.uint8)
    assert drawing.characters(ramp, plain=False) == [" ░▒▓█"]
    ten = np.repeat([np.arange(10) * 28], 2, axis=0).astype(np.uint8)
    assert drawing.characters(ten, plain=True) == [" .:-=+*#%@"]


def test_an_odd_number_of_rows_ends_in_upper_halves() -> None:
    assert drawing.characters(np.full((3, 2), 255, np.uint8), plain=False) == ["██", "▀▀"]


@pytest.mark.usefixtures("utf8")
def test_captions_are_above_and_images_beside_each_other() -> None:
    assert drawing.drawing([CORNER, CORNER], ["a", "long"]) == "a     long\n█     █\n▀▀▄   ▀▀▄\n"


@pytest.mark.usefixtures("utf8")
@pytest.mark.parametrize(("columns", "most"), [(80, 2), (28, 1), (57, 1), (58, 2), (88, 3), (20, 1)])
def test_as_many_images_as_fit_are_beside_each_other(
    columns: int, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drawing, "width", lambda err=False: columns)
    image = np.full((28, 28), 255, np.uint8)
    lines = drawing.drawing([image] * 6, list("abcdef")).splitlines()
    assert len(lines[0].split()) == most == drawing.per_line(28)
    assert max(map(len, lines)) <= columns


def test_an_image_wider_than_the_terminal_is_reduced_to_means_of_squares() -> None:
    image = np.array([[0, 100, 8], [0, 100, 0], [20, 20, 0]], np.uint8)
    assert drawing.reduced(image, 3) is image
    assert drawing.reduced(image, 2).tolist() == [[50, 2], [10, 0]]


@pytest.mark.parametrize(
    ("stream", "charset", "expected"),
    [
        ("utf-8", "UTF-8", True),
        ("utf-8", "ANSI_X3.4-1968", False),
        ("latin-1", "UTF-8", False),
        ("utf-8", "no such charset", False),
    ],
)
def test_blocks_need_a_stream_and_a_locale_that_have_them(
    stream: str, charset: str, expected: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("stdout", "stderr"):
        monkeypatch.setattr(sys, name, io.TextIOWrapper(io.BytesIO(), encoding=stream))
    monkeypatch.setattr(locale, "nl_langinfo", lambda _: charset)
    assert drawing.has_blocks() is expected
    assert drawing.has_blocks(err=True) is expected
