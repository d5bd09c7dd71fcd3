"""Text for a terminal: escaped, cut and wrapped."""

import os
import pty
import sys
import termios
from collections.abc import Iterator
from contextlib import redirect_stdout
from typing import Any, TextIO

import pytest

from nnbp.cli.text import DEFAULT_WIDTH, MAX_LINE_BYTES, one_line, width, wrapped


@pytest.fixture
def terminal() -> Iterator[TextIO]:
    """A terminal of 30 columns."""
    leader, follower = pty.openpty()
    termios.tcsetwinsize(follower, (24, 30))
    with os.fdopen(follower, "w") as stream:
        yield stream
    os.close(leader)


def shown_on(terminal: TextIO, text: str, **options: Any) -> str:
    """The text as it is wrapped for this terminal."""
    with redirect_stdout(terminal):
        return wrapped(text, **options)


def test_one_line_is_printable_and_short_and_keeps_both_ends() -> None:
    assert one_line("a\nb\x1b[31m\x00é") == "a\\nb\\x1b[31m\\x00é"
    assert one_line("\udcff") == "\\udcff"
    assert one_line("é" * 100) == "é" * 100
    for filler in ("x", "é", "€", "\n"):
        cut = one_line("begin " + filler * 1000 + " end")
        assert len(cut.encode()) <= MAX_LINE_BYTES
        assert cut.startswith("begin ")
        assert cut.endswith(" end")
        assert filler.encode("unicode_escape").decode() in cut or filler in cut


@pytest.mark.parametrize("lead", range(0, 300, 7))
def test_a_line_is_cut_next_to_a_url_and_not_inside_it(lead: int) -> None:
    url = "https://storage.googleapis.com/cvdf-datasets/mnist/train-images-idx3-ubyte.gz"
    cut = one_line(f"{'begin ' * (lead // 6)}{'x' * (lead % 6)} {url}: no answer, {url}, {'end ' * 60}")
    assert len(cut.encode()) <= MAX_LINE_BYTES
    assert cut.count("://") == cut.count(url)
    assert " … " in cut
    # Room that one end does not use goes to the other.
    assert len(cut) > MAX_LINE_BYTES - len(url) - 10


def test_a_line_is_cut_between_words() -> None:
    words = [f"word{number}" for number in range(100)]
    begin, end = one_line(" ".join(words)).split(" … ")
    assert begin.split() == words[: len(begin.split())] != []
    assert end.split() == words[-len(end.split()) :] != []
    assert abs(len(begin) - len(end)) < 20


def test_a_url_in_the_first_half_stays_whole_if_it_leaves_room_for_the_end() -> None:
    url = "https://example.org/" + "x" * 150
    cut = one_line(f"nnbp: error: {url}: {'no answer ' * 20}; try again")
    assert url in cut
    assert cut.endswith("; try again")
    assert one_line(f"error: {url}{url}: {'no answer ' * 20}; try again").startswith("error: …")


def test_text_for_a_pipe_or_a_file_is_not_wrapped() -> None:
    text = "word " * 100
    assert width() is None
    assert wrapped(text) == text
    assert wrapped(text, err=True) == text


def test_a_closed_stream_has_no_width(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    assert width() is None


def test_a_terminal_that_does_not_know_its_size_has_80_columns(terminal: TextIO) -> None:
    with redirect_stdout(terminal):
        assert width() == 30
        termios.tcsetwinsize(terminal, (0, 0))
        assert width() == DEFAULT_WIDTH == 80


def test_text_for_a_terminal_is_broken_between_words(terminal: TextIO) -> None:
    fitting = "short\n\n  a line  of 28 characters"
    assert shown_on(terminal, fitting) == fitting
    text = "the cost function log-likelihood and others\nnext"
    broken = "the cost function\n  log-likelihood and others\nnext"
    assert shown_on(terminal, text) == broken
    text = shown_on(terminal, "  seed   123456789 of the random numbers", indent=9)
    assert text == "  seed   123456789 of the\n         random numbers"


def test_a_word_too_long_for_a_line_stays_whole_and_can_be_copied(terminal: TextIO) -> None:
    word = "0123456789" * 4
    assert shown_on(terminal, f"sha256 {word} end", indent=10) == f"sha256\n{word}\nend"
    assert shown_on(terminal, f"sha256 is {word[:25]}", indent=10) == f"sha256 is\n     {word[:25]}"


def test_a_shell_command_is_broken_with_backslashes(terminal: TextIO) -> None:
    text = shown_on(terminal, "nnbp train --sizes 784,30,10 --seed 123", end=" \\")
    assert text == "nnbp train --sizes 784,30,10 \\\n  --seed 123"


def test_a_terminal_narrower_than_any_word_is_no_error(terminal: TextIO) -> None:
    termios.tcsetwinsize(terminal, (24, 1))
    assert shown_on(terminal, "nnbp train", end=" \\") == "nnbp train"


def test_a_number_stays_beside_its_unit_and_a_seed_beside_its_number(terminal: TextIO) -> None:
    text = "completed after epoch 30 in 1.25 s; model.npz"
    assert shown_on(terminal, text) == "completed after epoch 30 in\n  1.25 s; model.npz"
    text = "12,8,3 on a folder; the seed 12345"
    assert shown_on(terminal, text) == "12,8,3 on a folder; the\n  seed 12345"
