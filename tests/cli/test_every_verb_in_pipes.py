"""Every verb in a shell: its reader leaves, its disk is full, a stream is closed, many run at once."""

import json
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from support.program import command, shell, write_idx_folder

from nnbp.cli.main import cli

# A command for each verb. `digits` is a data set of 4×3 pixels, on which both models are trained.
COMMANDS = {
    "train": "train --dataset digits --sizes 12,3 --epochs 2 -o new.npz",
    "evaluate": "evaluate model.npz --dataset digits",
    "compare": "compare model.npz other.npz --dataset digits",
    "predict": "predict model.npz digits/t10k-images-idx3-ubyte",
    "reproduce": "reproduce",
    "report": "report model.npz --dataset digits",
    "gradients": "gradients model.npz --dataset digits",
    "info": "info model.npz",
    "export": "export model.npz -o new.onnx",
    "check": "check --sizes 4,3,2",
    "data list": "data list",
    "data fetch": "data fetch sample",
    "data verify": "data verify sample",
    "data path": "data path",
    "data show": "data show 0-9 --dataset digits",
    "data export": "data export 0-9 --dataset digits -o new.idx",
    "completion": "completion bash",
}
# These have no events.
WITHOUT_JSON = {"completion", "data path"}


def verbs(group: click.Group, before: str = "") -> Iterator[str]:
    """The commands of the group and of its groups."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from verbs(command, f"{name} ")
        else:
            yield before + name


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a data set and two models."""
    folder = tmp_path_factory.mktemp("pipes")
    write_idx_folder(folder / "digits")
    for name, seed in (("model", 1), ("other", 2)):
        done = shell(
            f"nnbp train --dataset digits --sizes 12,3 --epochs 2 --seed {seed} -q -o {name}.npz", cwd=folder
        )
        assert done.returncode == 0, done.stderr
    return folder


each_verb = pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)


def test_there_is_a_command_for_every_verb() -> None:
    assert set(COMMANDS) == set(verbs(cli))


@each_verb
def test_it_is_silent_if_its_reader_leaves(folder: Path, command: str) -> None:
    done = shell(f"nnbp {command} | true; echo ${{PIPESTATUS[0]}}", cwd=folder)
    assert done.stdout.split()[-1:] in ([b"0"], [b"1"])
    assert done.stderr == b""


@each_verb
def test_a_full_disk_or_a_closed_standard_output_is_an_error_in_one_line(folder: Path, command: str) -> None:
    for redirection in ("> /dev/full", ">&-"):
        done = shell(f"nnbp {command} {redirection}", cwd=folder)
        assert (done.returncode, done.stderr.count(b"\n")) == (1, 1), done.stderr
        assert done.stderr.startswith(b"nnbp: error: standard output: ")


@each_verb
def test_it_needs_neither_standard_input_nor_standard_error(folder: Path, command: str) -> None:
    done = shell(f"nnbp {command} <&- 2>&-", cwd=folder)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize("verb", [verb for verb in COMMANDS if verb not in WITHOUT_JSON])
def test_many_at_once_write_whole_lines_into_one_pipe(folder: Path, verb: str) -> None:
    each = COMMANDS[verb].replace("new", "new-{}")
    done = shell(f"seq 2 | xargs -P 2 -I {{}} {command()} {each} --json | cat", cwd=folder)
    assert (done.returncode, done.stderr) == (0, b"")
    lines = done.stdout.splitlines()
    assert len(lines) % 2 == 0
    assert all(json.loads(line)["event"] for line in lines)
