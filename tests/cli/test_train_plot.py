"""`nnbp train --plot`: where the learning curve appears, in which characters and colours."""

import re
import shlex
from pathlib import Path

import pytest
from support.program import SMALL, events, run, shell
from support.screen import Screen

LINE = f"nnbp train {' '.join(SMALL)} --plot --dataset digits"


def on_terminal(options: str, folder: Path, **environment: str) -> str:
    command = f"stty rows 24 cols 80; {LINE} {options}"
    settings = {"TERM": "xterm", "LC_ALL": "C.UTF-8", **environment}
    return shell(f"script -qec {shlex.quote(command)} /dev/null", cwd=folder, **settings).stdout.decode()


def test_on_a_terminal_the_curve_stands_between_the_table_and_the_last_line(
    digits: Path, tmp_path: Path
) -> None:
    screen = Screen()
    screen.write(on_terminal("", tmp_path))
    shown = screen.lines
    assert shown[1].split()[:2] == ["epoch", "rate"]
    assert [row.split()[0] for row in shown[2:6]] == ["1/4", "2/4", "3/4", "4/4"]
    assert shown[6].split() == ["cost", "accuracy", "⠂⠂", "training", "⠒⠒", "validation"]
    assert shown[19].split() == ["1", "4", "1", "4"]
    assert shown[20].startswith("test accuracy ")
    assert sum("accuracy  ⠂⠂" in row for row in shown) == 1


def test_colours_can_be_refused(digits: Path, tmp_path: Path) -> None:
    # One for each curve: training, validation, cost.
    assert set(re.findall(r"\x1b\[(3\d)m", on_terminal("", tmp_path))) == {"33", "35", "36"}
    assert "\x1b[33m" in on_terminal("", tmp_path, NO_COLOR="")
    assert "m⠒" not in on_terminal("", tmp_path, NO_COLOR="1")


def test_a_terminal_that_cannot_move_its_cursor_gets_one_plain_picture(digits: Path, tmp_path: Path) -> None:
    written = on_terminal("", tmp_path, TERM="dumb")
    assert "\x1b" not in written
    assert written.count("accuracy  ⠂⠂ training") == 1


def test_a_locale_without_braille_gets_ascii(digits: Path, tmp_path: Path) -> None:
    written = on_terminal("", tmp_path, LC_ALL="C")
    assert "accuracy  " in written
    assert not set(written).intersection("│└─⠒⠂⡀⣀")
    assert run(*LINE.split()[1:], cwd=tmp_path, PYTHONIOENCODING="ascii").stderr.isascii()


@pytest.mark.parametrize("option", [[], ["-q"], ["--json"]])
def test_elsewhere_the_picture_is_drawn_once_on_standard_error(
    option: list[str], digits: Path, tmp_path: Path
) -> None:
    done = run(*LINE.split()[1:], *option, cwd=tmp_path)
    lines = done.stderr.decode().splitlines()
    assert len(lines) == 14
    assert lines[0].split()[:2] == ["cost", "accuracy"]
    assert b"\x1b" not in done.stderr
    assert "│" not in done.stdout.decode()
    if option == ["--json"]:
        assert len(events(done.stdout)) == 6


def test_a_resumed_training_shows_its_earlier_epochs_too(digits: Path, tmp_path: Path) -> None:
    run(*LINE.split()[1:], "-q", cwd=tmp_path)
    line = ["train", "--resume", "model.npz", "--epochs", "6", "--plot", "--dataset", "digits"]
    assert run(*line, cwd=tmp_path).stderr.decode().splitlines()[-1].split() == ["1", "6", "1", "6"]
