"""What a person sees on a terminal of 80 columns: whole words, aligned columns, bars."""

import re
import shlex
from pathlib import Path

import pytest
from support.program import run, shell

from nnbp import data
from nnbp.cli.bars import NoBar, bar


def on_terminal(line: str, folder: Path, columns: int = 80, **environment: str) -> str:
    """The program's output on a terminal, including standard error."""
    command = f"stty rows 24 cols {columns}; {line}"
    return shell(f"script -qec {shlex.quote(command)} /dev/null", cwd=folder, **environment).stdout.decode()


def shown(written: str) -> list[str]:
    """The lines that remain after bars have been overwritten."""
    return [line.rstrip("\r").rsplit("\r", 1)[-1] for line in written.rstrip().split("\n")]


@pytest.fixture
def trained(digits: Path, tmp_path: Path) -> Path:
    line = ("train", "--sizes", "12,8,3", "--epochs", "2", "--seed", "5", "--dataset", digits, "-q")
    assert run(*line, cwd=tmp_path).returncode == 0
    return tmp_path


@pytest.mark.parametrize(
    "line",
    [
        "nnbp data list",
        "nnbp data --help",
        "nnbp info model.npz",
        "nnbp info --system",
        "nnbp info nowhere-at-all/" + "there-is-no-model/" * 4 + "model.npz",
        "nnbp evaluate model.npz --dataset digits --min-accuracy 1",
        "nnbp evaluate model.npz --dataset sample",
        "nnbp gradients model.npz --dataset digits",
        "nnbp gradients model.npz --dataset digits --split train --json --nonsense",
        "nnbp check --seed 12345678901234567890 --plant biases-not-summed",
        "nnbp check --sizes 784,30,10 --dataset sample --seed 12345678901234567890",
        "nnbp check --dataset nowhere --sizes 12,3",
        "nnbp train --resume nowhere --sizes 12,8,3 --dataset nowhere",
    ],
)
def test_no_line_is_longer_than_the_terminal_unless_it_is_one_word(line: str, trained: Path) -> None:
    for row in shown(on_terminal(line, trained)):
        assert len(row) <= 80 or " " not in row.strip(), row


def test_a_data_set_is_listed_in_one_line(tmp_path: Path) -> None:
    assert len(shown(on_terminal("nnbp data list", tmp_path))) == len(data.names())


def test_the_command_that_info_shows_can_be_copied_from_a_terminal(trained: Path) -> None:
    wide = run("info", "model.npz", cwd=trained).stdout.decode()
    narrow = "\n".join(shown(on_terminal("nnbp info model.npz", trained)))
    _, command = narrow.split("command ")
    assert command.count("\\\n") >= 1
    assert shlex.split(command.replace("\\\n", "")) == shlex.split(wide.split("command ")[1])


def test_output_to_a_pipe_is_not_wrapped(trained: Path) -> None:
    lines = run("info", "model.npz", cwd=trained).stdout.decode().splitlines()
    assert max(map(len, lines)) > 80
    error = run("info", "no-such-folder-" * 10, cwd=trained).stderr
    assert error.count(b"\n") == 1
    assert len(error) > 160


def test_the_columns_of_gradients_are_aligned_on_a_terminal(trained: Path) -> None:
    rows = shown(on_terminal("nnbp gradients model.npz --dataset digits", trained))
    assert len(rows) == 31
    assert len({len(row) for row in rows}) == 1
    ends = [[match.end() for match in re.finditer(r"\S+", row)] for row in rows]
    assert all(end == ends[0] for end in ends)
    piped = run("gradients", "model.npz", "--dataset", "digits", cwd=trained).stdout.decode().splitlines()
    assert rows[0].split() == piped[0].split("\t")
    for row, line in zip(rows[1:], piped[1:], strict=True):
        assert [float(x) for x in row.split()] == pytest.approx(
            [float(x) for x in line.split("\t")], rel=1e-5
        )


def test_a_check_shows_its_progress_on_a_terminal(trained: Path) -> None:
    line = "nnbp check --sizes 12,60,50,3 --samples 400 --seed 1"
    written = on_terminal(line, trained, columns=100)
    assert re.search(r"\| \d+/2[\d,]* \[.*derivative", written)
    rows = shown(written)
    assert [row.split()[0] for row in rows[3:6]] == ["1", "2", "3"]
    assert rows[6] == "backpropagation agrees with numerical differentiation"
    assert b"derivative" not in run(*line.split()[1:], cwd=trained).stderr


def test_a_terminal_that_cannot_move_its_cursor_gets_no_bar(trained: Path) -> None:
    assert "derivative/s" not in on_terminal("nnbp check", trained, TERM="dumb")
    assert "epoch/s" not in on_terminal("nnbp train --sizes 12,3 --dataset digits", trained, TERM="dumb")


def test_the_bar_that_nobody_sees_takes_the_same_calls() -> None:
    with bar(False, total=3) as progress:
        assert isinstance(progress, NoBar)
        progress.update()
        progress.update(2)
        progress.close()


def test_a_picture_without_a_model_is_refused_before_standard_input_is_missed(tmp_path: Path) -> None:
    (tmp_path / "seven.bmp").write_bytes(b"BM" + bytes(60))
    written = on_terminal("nnbp predict seven.bmp", tmp_path)
    assert "seven.bmp: not a model file" in written
    assert "standard input" not in written
