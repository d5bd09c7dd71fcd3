"""`--help`: every option once and in its group, at 80 columns, and other ways to ask for it."""

import re
import shlex
from pathlib import Path

import click
import pytest
from support.program import run
from support.verbs import commands

from nnbp.cli.grouped import OTHER, GroupedCommand, GroupedOption
from nnbp.cli.main import VERBS, cli

COMMANDS = commands()
CONTEXT = click.Context(cli, info_name="nnbp", max_content_width=80)


def help_text(name: str) -> str:
    context = click.Context(
        COMMANDS[name], info_name=name, parent=CONTEXT, help_option_names=["-h", "--help"]
    )
    return context.get_help()


@pytest.mark.parametrize("name", ["", *COMMANDS])
def test_help_fits_80_columns_and_breaks_no_word_at_a_hyphen(name: str, tmp_path: Path) -> None:
    lines = run(*name.split(), "--help", cwd=tmp_path, COLUMNS="200").stdout.decode().splitlines()
    assert max(map(len, lines)) <= 80
    assert not [line for line in lines if re.search(r"\w-$", line)]


@pytest.mark.parametrize("verb", COMMANDS)
def test_every_option_is_in_the_help_once(verb: str) -> None:
    text = help_text(verb)
    for option in COMMANDS[verb].params:
        if isinstance(option, click.Option):
            names = ", ".join(sorted(option.opts, key=len))
            assert len(re.findall(rf"^  {re.escape(names)}(?: |$)", text, re.MULTILINE)) == 1, names


def test_a_long_list_of_options_is_in_groups() -> None:
    grouped = [verb for verb in VERBS if isinstance(COMMANDS[verb], GroupedCommand)]
    assert grouped == [verb for verb in VERBS if len(COMMANDS[verb].params) > 10]
    assert grouped == ["train", "reproduce"]


def test_every_option_of_train_is_in_its_group() -> None:
    _, *sections = re.split(r"^(\w[\w ]*):\n", help_text("train"), flags=re.MULTILINE)
    found = dict(zip(sections[::2], sections[1::2], strict=True))
    assert list(found) == [
        *("Network", "Training", "Learning rate", "Regularization", "Data", "Distortion"),
        *("Model file", "Computing", "Output", OTHER),
    ]
    for option in COMMANDS["train"].params:
        assert isinstance(option, GroupedOption)
        assert option.group in found
        assert option.group != OTHER
        assert f"{option.opts[-1]} " in found[option.group]
    assert re.findall(r"^  -[^ ]+, (\S+)", found[OTHER], re.MULTILINE) == ["--help"]


def test_the_texts_of_all_groups_begin_in_one_column() -> None:
    options = help_text("train").partition("\nNetwork:\n")[2]
    names = re.findall(r"^  (-.*?\S)(?:  +|$)", options, re.MULTILINE)
    assert len(names) == len(COMMANDS["train"].params) + 1
    columns = {len(match) for match in re.findall(r"^((?:  -.*?\S)?  +)\w", options, re.MULTILINE)}
    assert len(columns) == 1


def test_a_range_without_an_end_that_matters_is_left_out() -> None:
    assert "18446744073709551615" not in help_text("train")
    assert "1<=x<=100000" in help_text("train")


def test_no_default_is_longer_than_a_few_words() -> None:
    for verb in VERBS:
        for option in COMMANDS[verb].params:
            if isinstance(option, click.Option) and isinstance(option.show_default, str):
                assert len(option.show_default) <= 40, option.name


def test_the_options_of_every_example_exist() -> None:
    found = []
    for verb in COMMANDS.values():
        examples = re.findall(r"^ *(nnbp .*)$", verb.help or "", re.MULTILINE)
        pieces = [re.split(r" (?:\|\|?|&&) ", example) for example in examples]
        found += [piece for parts in pieces for piece in parts if piece.startswith("nnbp ")]
    assert len(found) > 30
    for example in found:
        _, name, *arguments = shlex.split(example)
        if isinstance(COMMANDS[name], click.Group):
            name = f"{name} {arguments.pop(0)}"
        COMMANDS[name].make_context(name, arguments)


def test_no_summary_of_a_command_is_cut(tmp_path: Path) -> None:
    for words in ([], ["data"]):
        assert "..." not in run(*words, "--help", cwd=tmp_path).stdout.decode().split("Commands:")[1]


def test_help_is_a_word_too(tmp_path: Path) -> None:
    for words in ([], ["train"], ["data", "list"]):
        done = run("help", *words, cwd=tmp_path)
        assert (done.returncode, done.stderr) == (0, b"")
        assert done.stdout == run(*words, "--help", cwd=tmp_path).stdout
    done = run("help", "trian", cwd=tmp_path)
    assert done.returncode == 2
    assert b"Did you mean 'train'?" in done.stderr


@pytest.mark.parametrize("words", [[], ["data"]])
def test_a_forgotten_verb_is_a_usage_error_with_the_help_on_standard_error(
    words: list[str], tmp_path: Path
) -> None:
    done = run(*words, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr == run(*words, "--help", cwd=tmp_path).stdout
