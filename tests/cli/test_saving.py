"""-o of every command that writes a file: to terminals, to pipes, and onto its own input."""

import os
import pty
from collections.abc import Iterator
from contextlib import redirect_stdout
from pathlib import Path
from typing import TextIO

import pytest
from support.program import run, shell
from support.white_pixels import answering, write_folder

from nnbp import modelfile
from nnbp.cli import saving
from nnbp.cli.main import Boundary

COMMANDS = {
    "train": "train --dataset known --sizes 3,3 --epochs 3 --seed 1",
    "export": "export model.npz --format safetensors",
    "report": "report model.npz --dataset known",
    "data export": "data export 0-2 --dataset known --format idx",
}

each_command = pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write_folder(tmp_path / "known", [0, 1, 2], [0, 1, 2])
    answering(tmp_path / "model.npz")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def terminal() -> Iterator[TextIO]:
    leader, follower = pty.openpty()
    with os.fdopen(follower, "w") as stream:
        yield stream
    os.close(leader)


@each_command
def test_nothing_is_written_to_a_terminal(
    command: str, folder: Path, terminal: TextIO, capfd: pytest.CaptureFixture[str]
) -> None:
    said = []
    for name in ("-", "/dev/stdout"):
        with redirect_stdout(terminal):
            assert Boundary().run([*command.split(), "-o", name]) == 2
        said.append(capfd.readouterr().err)
        assert f"-o is {name}, but standard output is a terminal; redirect it" in said[-1]
    assert said[0].splitlines()[-1] == said[1].splitlines()[-1].replace("/dev/stdout", "-")


@each_command
def test_a_pipe_gets_the_file_and_nothing_else(command: str, folder: Path) -> None:
    whole = run(*command.split(), "-o", "-", cwd=folder)
    assert (whole.returncode, len(whole.stdout) > 20) == (0, True)
    named = shell(f"nnbp {command} -o /dev/stdout | cat", cwd=folder)
    # A process substitution, which the shell does not wait for.
    substituted = shell(
        f"mkfifo done; nnbp {command} -o >(cat > got; echo > done) > /dev/null; cat done", cwd=folder
    )
    for done, got in ((named, named.stdout), (substituted, (folder / "got").read_bytes())):
        assert done.returncode == 0, done.stderr
        if command.startswith("train"):  # whose file has the time that each epoch took
            (folder / "trained.npz").write_bytes(got)
            assert len(modelfile.load(folder / "trained.npz").training.reports) == 3
        else:
            assert got == whole.stdout


@pytest.mark.parametrize("verb", ["export", "report"])
def test_a_file_that_could_not_be_written_is_not_reported(verb: str, folder: Path) -> None:
    # So that the stream has a buffer, whatever the environment says.
    done = shell(f"nnbp {COMMANDS[verb]} -o - > /dev/full", cwd=folder, PYTHONUNBUFFERED="")
    assert (done.returncode, done.stderr.count(b"\n")) == (1, 1)
    assert done.stderr.startswith(b"nnbp: error: standard output: No space left")


@pytest.mark.parametrize("link", [os.symlink, os.link, None])
@pytest.mark.parametrize("verb", ["export", "report"])
def test_a_command_refuses_to_destroy_its_model(
    verb: str, link: object, folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    output = "same.npz" if callable(link) else "model.npz"
    if callable(link):
        link("model.npz", output)
    before = (folder / "model.npz").read_bytes()
    answering(folder / "first.npz")
    line = COMMANDS[verb].split() if verb == "export" else ["report", "first.npz", "model.npz"]
    assert Boundary().run([*line, "-o", output]) == 2
    assert f"'-o': {output} is the model itself" in capfd.readouterr().err
    assert (folder / "model.npz").read_bytes() == before


def test_a_model_on_standard_input_is_not_destroyed_either(folder: Path) -> None:
    before = (folder / "model.npz").read_bytes()
    done = shell("nnbp export - -o model.npz --format safetensors < model.npz", cwd=folder)
    assert (done.returncode, (folder / "model.npz").read_bytes()) == (2, before)
    assert b"is the model itself" in done.stderr


def test_a_device_and_a_missing_model_are_not_the_same_file() -> None:
    assert saving.destination(os.devnull, [os.devnull, "missing"]) == os.devnull
