"""`--help`: every option once and in its group, at 80 columns, and other ways to ask for it."""

import re
from pathlib import Path

import click
import pytest
from support.program import run

from nnbp.cli.grouped import OTHER, GroupedCommand, GroupedOption
from nnbp.cli.main import VERBS, cli

CONTEXT = click.Context(cli, info_name="nnbp", max_content_width=80)


def command(name: str, group: click.Group = cli) -> click.Command:
    found = group.get_command(CONTEXT, name)
    assert found is not None
    return found


def data_group() -> click.Group:
    data = command("data")
    assert isinstance(data, click.Group)
    return data


def help_text(name: str) -> str:
    context = click.Context(command(name), info_name=name, parent=CONTEXT, help_option_names=["-h", "--help"])
    return context.get_help()


def commands() -> list[list[str]]:
    """The words of all commands, including the group itself."""
    return [
        [],
        *([verb] for verb in VERBS),
        *(["data", verb] for verb in data_group().list_commands(CONTEXT)),
    ]


@pytest.mark.parametrize("words", commands(), ids=" ".join)
def test_help_fits_80_columns_and_breaks_no_word_at_a_hyphen(words: list[str], tmp_path: Path) -> None:
    lines = run(*words, "--help", cwd=tmp_path, COLUMNS="200").stdout.decode().splitlines()
    assert max(map(len, lines)) <= 80
    assert not [line for line in lines if re.search(r"\w-$", line)]


@pytest.mark.parametrize("verb", [verb for verb in VERBS if verb != "data"])
def test_every_option_is_in_the_help_once(verb: str) -> None:
    text = help_text(verb)
    for option in command(verb).params:
        if isinstance(option, click.Option):
            names = ", ".join(sorted(option.opts, key=len))
            assert len(re.findall(rf"^  {re.escape(names)}(?: |$)", text, re.MULTILINE)) == 1, names


def test_a_long_list_of_options_is_in_groups() -> None:
    grouped = [verb for verb in VERBS if isinstance(command(verb), GroupedCommand)]
    assert grouped == [verb for verb in VERBS if len(command(verb).params) > 10] == ["train"]


def test_every_option_of_train_is_in_its_group() -> None:
    _, *sections = re.split(r"^(\w[\w ]*):\n", help_text("train"), flags=re.MULTILINE)
    found = dict(zip(sections[::2], sections[1::2], strict=True))
    assert list(found) == [
        *("Network", "Training", "Learning rate", "Regularization", "Data", "Model file", "Computing"),
        *("Output", OTHER),
    ]
    for option in command("train").params:
        assert isinstance(option, GroupedOption)
        assert option.group in found
        assert option.group != OTHER
        assert f"{option.opts[-1]} " in found[option.group]
    assert re.findall(r"^  -[^ ]+, (\S+)", found[OTHER], re.MULTILINE) == ["--help"]


def test_the_texts_of_all_groups_begin_in_one_column() -> None:
    options = help_text("train").partition("\nNetwork:\n")[2]
    names = re.findall(r"^  (-.*?\S)(?:  +|$)", options, re.MULTILINE)
    assert len(names) == len(command("train").params) + 1
    columns = {len(match) for match in re.findall(r"^((?:  -.*?\S)?  +)\w", options, re.MULTILINE)}
    assert len(columns) == 1


def test_a_range_without_an_end_that_matters_is_left_out() -> None:
    assert "18446744073709551615" not in help_text("train")
    assert "1<=x<=100000" in help_text("train")


def test_no_default_is_longer_than_a_few_words() -> None:
    for verb in VERBS:
        for option in command(verb).params:
            if isinstance(option, click.Option) and isinstance(option.show_default, str):
                assert len(option.show_default) <= 40, option.name


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


def choices() -> list[tuple[str, click.Choice[str]]]:
    """The options and arguments that take one of a few words."""
    data = data_group()
    verbs = [command(verb) for verb in VERBS]
    verbs += [command(verb, data) for verb in data.list_commands(CONTEXT)]
    found = [(f"{verb.name} {parameter.name}", parameter.type) for verb in verbs for parameter in verb.params]
    return [(name, kind) for name, kind in found if isinstance(kind, click.Choice)]


def test_every_choice_suggests_the_nearest_of_its_values() -> None:
    found = choices()
    assert len(found) > 15
    for name, kind in found:
        for value in kind.choices:
            with pytest.raises(click.BadParameter) as caught:
                kind.convert(f"{value}x", None, None)
            assert f"Did you mean '{value}'?" in caught.value.message, name


@pytest.mark.parametrize("words", [[], ["data"]])
def test_a_forgotten_verb_is_a_usage_error_with_the_help_on_standard_error(
    words: list[str], tmp_path: Path
) -> None:
    done = run(*words, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr == run(*words, "--help", cwd=tmp_path).stdout


def test_a_synonym_is_not_suggested_to_a_command_that_lacks_the_option(tmp_path: Path) -> None:
    @click.command(cls=GroupedCommand)
    @click.option("--epochs", cls=GroupedOption)
    def bare(epochs: int) -> None: ...

    with pytest.raises(click.NoSuchOption):
        bare.make_context("bare", ["--lr", "1"])
