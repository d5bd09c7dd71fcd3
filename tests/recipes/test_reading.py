"""Recipes are read from TOML, and every mistake in one is named."""

import tomllib
from importlib import resources
from pathlib import Path

import pytest

from nnbp.errors import RejectedFileError
from nnbp.recipes import find, known, names, read
from nnbp.recipes.reading import parse
from nnbp.settings import Settings

GOAL = """
title = "A goal of our own"
goal = 98
[training]
sizes = [784, 10]
epochs = 3
l2 = 1
elastic = [37, 5]
layer_rates = [8.0]
"""
PUBLISHED = """
title = "A published figure"
reason = "a reason"
[published]
accuracy = 96.5
on = "validation"
authors = "Somebody"
year = 1999
source = "A paper, table 1"
measured = "last epoch"
[training]
sizes = [784, 30, 10]
validation = 1000
dataset = "sample"
"""


def rejected(text: str) -> str:
    with pytest.raises(RejectedFileError) as found:
        parse(text.encode(), "my.toml", "my")
    assert found.value.where == "my.toml"
    assert "docs/reproduce.md" in found.value.remedy
    return found.value.reason


def test_a_goal_is_read_with_the_settings_as_training_takes_them() -> None:
    recipe = parse(GOAL.encode(), "my.toml", "my")
    assert (recipe.name, recipe.goal, recipe.published, recipe.on) == ("my", 98, None, "test")
    assert (recipe.sizes, recipe.validation, recipe.dataset) == ((784, 10), 0, "mnist")
    assert recipe.settings == Settings(epochs=3, l2=1.0, elastic=(37.0, 5.0), layer_rates=(8.0,))
    assert isinstance(recipe.settings.l2, float)


def test_a_published_figure_is_read_with_its_source(tmp_path: Path) -> None:
    file = tmp_path / "theirs.toml"
    file.write_text(PUBLISHED)
    recipe = read(str(file))
    published = recipe.published
    assert published is not None
    assert (recipe.name, recipe.on, recipe.reason, recipe.dataset) == (
        "theirs",
        "validation",
        "a reason",
        "sample",
    )
    assert (published.accuracy, published.short, published.examples) == (96.5, "Somebody 1999", 10_000)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("title =", "tilte =", "unknown key 'tilte'"),
        ("title =", 'note = "a\\u001b[31m"\ntitle =', "it has to be a text of one line"),
        ("title =", 'note = "a\\nb"\ntitle =', "it has to be a text of one line"),
        ("goal = 98", "goal = true", "goal is True; it has to be a number"),
        ("goal = 98", "goal = 101", "goal is 101"),
        ("goal = 98", "goal = nan", "goal is nan"),
        ("goal = 98", "", "either a [published] figure or a goal"),
        ("epochs = 3", "epochs = 0", "epochs is 0; it has to be 1 to"),
        ("epochs = 3", "epochs = 3.0", "epochs is 3.0; it has to be a whole number"),
        ("epochs = 3", "epoch = 3", "unknown key 'epoch'"),
        ("epochs = 3", 'keep = "best"', "that of the last epoch"),
        ("epochs = 3", "patience = 2", "that of the last epoch"),
        ("epochs = 3", "validation = -1", "validation is -1"),
        ("epochs = 3", "deskew = 1", "deskew is 1; it has to be true or false"),
        ("l2 = 1", "l2 = -1", "l2 is -1"),
        ("l2 = 1", "l2 = inf", "l2 is inf"),
        ("l2 = 1", f"l2 = 1{'0' * 400}", "too large"),
        ("[784, 10]", "[784]", "at least two layers"),
        ("[784, 10]", "[784, 10.5]", "whole numbers"),
        ("[784, 10]", "[784, true]", "sizes is [784, True]"),
        ("[784, 10]", "[784, 100000, 10]", "at most 32,000,000"),
        ("[8.0]", "[8.0, 1.0]", "it has to have 1, one for each layer"),
        ("[37, 5]", "[37]", "elastic is (37,)"),
        ("[37, 5]", '"37,5"', "it has to be a list of numbers"),
        ("sizes = [784, 10]", "", "[training] has no sizes"),
        ("[training]", "[trainings]", "unknown key 'trainings'"),
        ("goal = 98", "goal =", "not TOML"),
        ("epochs = 3", f"layer_rates = {'[' * 3000}", "nested too deeply"),
    ],
)
def test_a_mistake_is_named(old: str, new: str, reason: str) -> None:
    assert old in GOAL
    assert reason in rejected(GOAL.replace(old, new))


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("accuracy = 96.5", "accuracy = 100", "between 0 and 100"),
        ("accuracy = 96.5", "accuracy = 0", "between 0 and 100"),
        ('on = "validation"', 'on = "train"', "one of test, validation"),
        ("validation = 1000", "", "no validation"),
        ("year = 1999", 'year = "1999"', "year is '1999'"),
        ("year = 1999", "", "[published] has no year"),
        ("year = 1999", "year = 1999\nexamples = 0", "examples is 0"),
        ("year = 1999", "year = 1999\nyears = 1", "unknown key 'years'"),
        ("reason =", "goal = 90\nreason =", "either a [published] figure or a goal"),
    ],
)
def test_a_mistake_about_the_published_figure_is_named(old: str, new: str, reason: str) -> None:
    assert old in PUBLISHED
    assert reason in rejected(PUBLISHED.replace(old, new))


@pytest.mark.parametrize("name", [".toml", "a b.toml", "a|b.toml", "\x1b[31m.toml", "<b>.toml"])
def test_a_name_that_cannot_be_a_heading_is_rejected(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(GOAL)
    with pytest.raises(RejectedFileError, match="rename the file"):
        read(str(tmp_path / name))


def test_a_file_without_an_end_is_rejected() -> None:
    with pytest.raises(RejectedFileError, match="larger than a recipe, 16,384 bytes"):
        read("/dev/zero")


def test_a_file_of_the_largest_size_is_read() -> None:
    assert parse(f"{GOAL}\n".encode().ljust(16_384, b"#"), "my.toml", "my").goal == 98


def test_a_file_that_is_not_text_is_rejected() -> None:
    with pytest.raises(RejectedFileError, match="not UTF-8"):
        parse(b"\xff", "my.toml", "my")


def test_the_recipes_that_come_with_nnbp_are_read_and_have_names_in_order() -> None:
    recipes = known()
    assert [recipe.name for recipe in recipes] == names() == sorted(names())
    assert {"fast", "dropout", "simard", "ciresan", "best", "nielsen-ch3"} <= set(names())
    assert find("fast") in recipes
    assert len({str(recipe.training) for recipe in recipes if not recipe.paper}) >= len(recipes) - 8


def test_the_published_figures_are_those_of_their_sources() -> None:
    figures = {
        "nielsen-ch1": 95.42,
        "nielsen-ch3-30": 96.49,
        "nielsen-ch3": 98.04,
        "nielsen-ch6": 97.80,
        "lecun-300": 100 - 4.7,
        "lecun-1000": 100 - 4.5,
        "lecun-300-100": 100 - 3.05,
        "lecun-500-150": 100 - 2.95,
        "lecun-300-distorted": 100 - 3.6,
        "lecun-300-deskewed": 100 - 1.6,
        "simard-plain": 100 - 1.6,
        "simard-affine": 100 - 1.1,
        "simard": 100 - 0.7,
        "hinton-500-300": 100 - 1.53,
        "srivastava-dropout": 100 - 1.35,
        "ciresan": 100 - 0.44,
        "ciresan-plain": 100 - 0.44,
        "ciresan-1500": 100 - 0.46,
        "ciresan-2000": 100 - 0.41,
        "ciresan-2500": 100 - 0.35,
        "ciresan-9x1000": 100 - 0.44,
    }
    found = {each.name: each.published.accuracy for each in known() if each.published is not None}
    assert found == pytest.approx(figures)


def test_the_recipes_are_for_mnist_and_hold_out_its_validation_images_or_none() -> None:
    for recipe in known():
        assert (recipe.sizes[0], recipe.sizes[-1], recipe.dataset) == (784, 10, "mnist")
        assert recipe.validation in (0, 10_000)


def test_what_a_training_depends_on_leaves_out_defaults_and_is_json() -> None:
    text = (resources.files("nnbp.recipes") / "fast.toml").read_text("utf-8")
    written = tomllib.loads(text)["training"]
    training = find("fast").training
    assert training.pop("on") == "test"
    assert training == {key: value for key, value in written.items() if getattr(Settings, key, None) != value}
