"""Completion in a shell, by the functions that click writes for it."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from click.shell_completion import ShellComplete
from support.program import NNBP, run

from nnbp import data
from nnbp.cli.completion import SHELLS
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
    assert completions("ev") == [("plain", "evaluate")]
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


def lines(shell_name: str, words: str, folder: Path) -> list[str]:
    """What the script for this shell completes after these words, with descriptions, in the shell itself."""
    if shutil.which(shell_name) is None:
        pytest.skip(f"{shell_name} is not installed")
    *before, _ = typed = words.split(" ")
    bash = f"""compopt() {{ true; }}; eval "$(nnbp completion bash)"; complete -p nnbp >&2
        COMP_WORDS=({" ".join([*before, "'" + typed[-1] + "'"])}); COMP_CWORD={len(before)}
        _nnbp_completion nnbp; printf '%s\\n' "${{COMPREPLY[@]}}\""""
    zsh = f"""autoload -U compinit; compinit -D; eval "$(nnbp completion zsh)"; print $_comps[nnbp] >&2
        words=({" ".join([*before, "'" + typed[-1] + "'"])}); CURRENT={len(typed)}
        _describe() {{ print -rl -- ${{(P)3}} }}; _path_files() {{ : }}
        compadd() {{ local name=$@[-1]; print -rl -- ${{(P)name}} }}
        {"$_comps[nnbp]"}"""
    fish = f"nnbp completion fish | source; complete -C '{words}'"
    line = {"bash": bash, "zsh": zsh, "fish": fish}[shell_name]
    path = f"{Path(NNBP).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        [shell_name, *{"bash": ["--norc"], "zsh": ["-f"], "fish": ["-N"]}[shell_name], "-c", line],
        cwd=folder,
        env={**os.environ, "PATH": path, "HOME": str(folder)},
        capture_output=True,
        timeout=60,
    )
    assert shell_name == "fish" or b"nnbp" in done.stderr, done
    return done.stdout.decode().splitlines()


def completed(shell_name: str, words: str, folder: Path) -> list[str]:
    """The same without descriptions."""
    return [re.split(r"[:\t]", line)[0] for line in lines(shell_name, words, folder)]


@pytest.mark.parametrize("shell_name", SHELLS)
def test_the_script_completes_in_its_shell(shell_name: str, tmp_path: Path) -> None:
    assert completed(shell_name, "nnbp ev", tmp_path) == ["evaluate"]
    assert completed(shell_name, "nnbp train --le", tmp_path) == ["--learning-rate"]
    assert set(data.names()) <= set(completed(shell_name, "nnbp train --dataset ", tmp_path))


@pytest.mark.parametrize("shell_name", ["zsh", "fish"])
def test_a_description_may_have_commas(shell_name: str, tmp_path: Path) -> None:
    (line,) = lines(shell_name, "nnbp dat", tmp_path)
    assert re.split(r"[:\t]", line) == ["data", VERBS["data"]]


def test_a_shell_without_a_script_is_a_usage_error(tmp_path: Path) -> None:
    done = run("completion", "bsh", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"Did you mean 'bash'?" in done.stderr
