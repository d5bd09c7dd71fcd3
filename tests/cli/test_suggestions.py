"""A misspelled command, option, choice or data set gets the nearest one suggested."""

from pathlib import Path

import click
import pytest
from support.program import run
from support.verbs import commands

from nnbp.cli.grouped import GroupedCommand, GroupedOption


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("--lr", "--learning-rate"), ("--weight-decay", "--l2"), ("--eta", "--learning-rate")],
)
def test_the_name_of_an_option_in_other_programs_suggests_its_name_in_nnbp(
    typed: str, meant: str, tmp_path: Path
) -> None:
    done = run("train", typed, "1", cwd=tmp_path)
    assert done.returncode == 2
    suggestion = done.stderr.decode().splitlines()[-1]
    assert suggestion.startswith(f"Error: No such option '{typed}'. Did you mean '{meant}'")
    assert b"Did you mean" not in run("train", "--xyz", cwd=tmp_path).stderr


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("evaluat", "evaluate"),
        ("data lst", "list"),
        ("train --epoch 3", "--epochs"),
        ("data fetch --jsn", "--json"),
        ("train --cost cross-entropi", "cross-entropy"),
        ("train --engine natve", "native"),
        ("train --dataset mnits", "mnist"),
        ("data fetch mnits", "mnist"),
    ],
)
def test_the_nearest_word_is_suggested_and_no_other(line: str, meant: str, tmp_path: Path) -> None:
    done = run(*line.split(), cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.decode().endswith(f". Did you mean '{meant}'?\n")


def test_every_choice_suggests_the_nearest_of_its_values() -> None:
    parameters = [parameter for command in commands().values() for parameter in command.params]
    choices = [parameter.type for parameter in parameters if isinstance(parameter.type, click.Choice)]
    assert len(choices) > 15
    for choice in choices:
        for value in choice.choices:
            with pytest.raises(click.BadParameter) as caught:
                choice.convert(f"{value}x", None, None)
            assert f"Did you mean '{value}'?" in caught.value.message


def test_a_synonym_is_not_suggested_to_a_command_that_lacks_the_option(tmp_path: Path) -> None:
    @click.command(cls=GroupedCommand)
    @click.option("--epochs", cls=GroupedOption)
    def bare(epochs: int) -> None: ...

    with pytest.raises(click.NoSuchOption):
        bare.make_context("bare", ["--lr", "1"])
