"""A picture drawn in place, below lines that are written meanwhile, on a terminal that changes its size."""

import sys

import pytest
from support.screen import Screen

from nnbp.cli import picture
from nnbp.cli.picture import Picture


class Terminal:
    """A picture on a screen, and text beside it, as in `bars.beside_the_bars`."""

    def __init__(self, height: int, monkeypatch: pytest.MonkeyPatch) -> None:
        self.screen, self.picture = Screen(height), Picture()
        monkeypatch.setattr(sys, "stderr", self.screen)
        monkeypatch.setattr(picture, "width", lambda err: 80)
        monkeypatch.setattr(picture, "height", lambda: self.screen.height)

    def write(self, text: str) -> None:
        self.picture.make_room(text)
        self.screen.write(text + "\n")
        self.picture.step_below()

    def epoch(self, number: int) -> None:
        self.write(f"epoch {number}")
        self.picture.draw([f"top {number}", "middle", "below"])


@pytest.mark.parametrize("height", [4, 5, 100])
def test_the_picture_stays_below_what_is_written(height: int, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal(height, monkeypatch)
    for number in range(1, 6):
        terminal.epoch(number)
    written = [f"epoch {number}" for number in range(1, 6)]
    assert list(filter(None, terminal.screen.lines)) == [*written, "top 5", "middle", "below"]


@pytest.mark.parametrize("lines", [["top"], []])
def test_a_smaller_picture_leaves_nothing_of_a_larger_one(
    lines: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal = Terminal(24, monkeypatch)
    terminal.epoch(1)
    terminal.picture.draw(lines)
    assert list(filter(None, terminal.screen.lines)) == ["epoch 1", *lines]


@pytest.mark.parametrize("height", [2, 3])
def test_no_line_is_lost_when_the_terminal_becomes_too_small_for_the_picture(
    height: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal = Terminal(24, monkeypatch)
    terminal.epoch(1)
    terminal.screen.height = height
    terminal.write("epoch 2")
    terminal.picture.draw(["small"])
    terminal.write("epoch 3")
    terminal.picture.draw(["small"])
    shown = [line for line in terminal.screen.lines if "epoch" in line or line == "small"]
    assert shown == ["epoch 1", "epoch 2", "epoch 3", "small"]


def test_lines_that_a_narrower_terminal_has_wrapped_take_more_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    for columns, rows in ((10, 5), (5, 6), (4, 8)):
        monkeypatch.setattr(picture, "width", lambda err, columns=columns: columns)
        assert picture.rows_of(["", "12345", "\x1b[36m1234567890\x1b[0m", "1", "1"]) == rows
