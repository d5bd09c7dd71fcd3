"""The recipes that `nnbp reproduce` is asked for: names of those that come with nnbp, or files."""

from collections.abc import Sequence
from pathlib import Path

import click
from click.shell_completion import CompletionItem

from nnbp import data
from nnbp.cli.near import did_you_mean
from nnbp.cli.text import one_line
from nnbp.errors import RejectedFileError
from nnbp.recipes import Recipe, known, read

_SUFFIX = ".toml"


def chosen(names: Sequence[str]) -> list[Recipe]:
    """The recipes with these names, each once. Raises a usage error, RejectedFileError, or OSError."""
    built_in = {recipe.name: recipe for recipe in known()}
    found: dict[str, Recipe] = {}
    for word in dict.fromkeys(names):
        recipe = _from_file(word, built_in) if _is_file(word) else built_in.get(word)
        if recipe is None:
            raise click.UsageError(
                f"{one_line(word)} is neither a recipe nor a file such as ./{Path(word).name}{_SUFFIX}."
                f"{did_you_mean(word, built_in)} `nnbp reproduce` lists the recipes."
            )
        if recipe.name in found:
            raise click.UsageError(f"two recipes have the name {recipe.name}; rename one of the files")
        found[recipe.name] = recipe
    return list(found.values())


def complete_recipes(context: click.Context, parameter: click.Parameter, value: str) -> list[CompletionItem]:
    """The names of the recipes; the shell also completes files."""
    names = [CompletionItem(recipe.name) for recipe in known() if recipe.name.startswith(value)]
    return [CompletionItem(value, type="file"), *names]


def check_dataset(recipe: Recipe, dataset: str | None) -> str:
    """The data set to train a recipe on: its own, unless another one is given.

    Raises RejectedFileError if there is none of its name, or its images do not fit the network.
    """
    name = dataset or recipe.dataset
    where = f"recipe {recipe.name}"
    if name not in data.names() and not Path(name).is_dir():
        known_names = ", ".join(data.names())
        reason = f"dataset is {name!a:.60}, neither a data set ({known_names}) nor a folder"
        raise RejectedFileError(where, reason, "correct it, or name one with --dataset")
    shape = data.shape(name)
    if (recipe.sizes[0], recipe.sizes[-1]) != (shape.pixels, shape.classes):
        raise RejectedFileError(
            where,
            f"its network takes {recipe.sizes[0]:,} pixels and has {recipe.sizes[-1]:,} classes; {name} has "
            f"{shape.pixels:,} pixels and {shape.classes:,} classes",
            "correct its sizes, or name another data set with --dataset",
        )
    return name


def _is_file(word: str) -> bool:
    return "/" in word or word.endswith(_SUFFIX)


def _from_file(path: str, built_in: dict[str, Recipe]) -> Recipe:
    recipe = read(path)
    if recipe.name in built_in:
        raise RejectedFileError(path, "a recipe of this name comes with nnbp", "rename the file")
    return recipe
