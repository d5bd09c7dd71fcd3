"""Completion in a shell, by the functions that click writes for it."""

from pathlib import Path

import pytest
from click.shell_completion import ShellComplete
from support.program import run, shell

from nnbp import data
from nnbp.cli.main import VERBS, cli

FILE, FOLDER = ("file", ""), ("dir", "")


def completions(*words: str) -> list[tuple[str, str]]:
    """The type and the value of each completion of the last word."""
    *before, incomplete = words
    found = ShellComplete(cli, {}, "nnbp", "_NNBP_COMPLETE").get_completions(before, incomplete)
    return [(item.type, item.value) for item in found]


@pytest.mark.parametrize(
    "words",
    [
        ("evaluate", ""),
        ("gradients", ""),
        ("info", ""),
        ("train", "--resume", ""),
        ("train", "--output", ""),
        ("train", "-o", ""),
        ("evaluate", "--json", ""),
    ],
)
def test_the_shell_completes_the_names_of_model_files(words: tuple[str, ...]) -> None:
    assert completions(*words) == [FILE]


@pytest.mark.parametrize("verb", ["train", "evaluate", "gradients", "check"])
def test_a_data_set_is_one_of_the_names_or_a_folder(verb: str) -> None:
    assert completions(verb, "--dataset", "") == [FOLDER, *(("plain", name) for name in data.names())]
    assert ("plain", "sample") in completions(verb, "--dataset", "s")
    assert ("plain", "mnist") not in completions(verb, "--dataset", "s")


def test_verbs_choices_and_options_are_completed() -> None:
    assert completions("") == [("plain", verb) for verb in VERBS]
    assert completions("help", "in") == [("plain", "info")]
    assert completions("e") == [("plain", "evaluate")]
    assert ("plain", "verify") in completions("data", "")
    assert completions("data", "fetch", "s") == [("plain", "sample")]
    assert ("plain", "--learning-rate") in completions("train", "--le")
    assert completions("train", "--schedule", "co") == [("plain", "constant"), ("plain", "cosine")]
    assert completions("trian", "") == [("plain", verb) for verb in VERBS]


def test_the_program_completes_as_a_shell_asks_it(tmp_path: Path) -> None:
    done = run(
        cwd=tmp_path,
        _NNBP_COMPLETE="bash_complete",
        COMP_WORDS="nnbp evaluate mod",
        COMP_CWORD="2",
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"file,mod\n", b"")


def test_bash_lists_the_data_sets_and_completes_files(tmp_path: Path) -> None:
    asked = "COMP_WORDS=(nnbp train --dataset ''); COMP_CWORD=3; _nnbp_completion nnbp; echo ${COMPREPLY[@]}"
    line = f'compopt() {{ true; }}; eval "$(_NNBP_COMPLETE=bash_source nnbp)"; {asked}'
    done = shell(line, cwd=tmp_path)
    assert done.stdout.decode().split() == list(data.names())
