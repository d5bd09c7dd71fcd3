"""The recipes that `nnbp reproduce` is asked for: names of those that come with nnbp, or files."""

from collections.abc import Collection, Sequence

import click
from click.shell_completion import CompletionItem

from nnbp import recipes
from nnbp.cli.near import did_you_mean
from nnbp.cli.text import one_line
from nnbp.errors import RejectedFileError
from nnbp.recipes import Recipe

_SUFFIX = ".toml"


def chosen(words: Sequence[str]) -> list[Recipe]:
    """The recipes of these names or in these files, each once.

    Raises a usage error, RejectedFileError, or OSError.
    """
    names = recipes.names()
    found: dict[str, Recipe] = {}
    for word in dict.fromkeys(words):
        if not _is_file(word) and word not in names:
            raise click.UsageError(
                f"{one_line(word)!r} is neither a recipe nor a file such as ./my{_SUFFIX}."
                f"{did_you_mean(word, names)} `nnbp reproduce` lists the recipes."
            )
        recipe = _from_file(word, names) if _is_file(word) else recipes.find(word)
        if recipe.name in found:
            raise click.UsageError(f"two recipes have the name {recipe.name}; rename one of the files")
        found[recipe.name] = recipe
    return list(found.values())


def ignored_options(given: Collection[str], *, lists: bool, dry_run: bool, page: bool) -> list[str]:
    """A sentence for each option that was given but has no effect, with the reason.

    lists    whether the recipes are only listed
    dry_run  whether their commands are
    page     whether a page is written
    """
    names: tuple[str, ...]
    if lists:
        names, reason = ("seeds", "seed", "output", "again"), "without a recipe or --all"
    elif dry_run:
        names, reason = ("output", "again"), "with --dry-run"
    else:
        names, reason = () if page else ("again",), "without -o"
    return [f"--{name} has no effect {reason}" for name in names if name in given]


def complete_recipes(context: click.Context, parameter: click.Parameter, value: str) -> list[CompletionItem]:
    """The names of the recipes; the shell also completes files."""
    names = [CompletionItem(name) for name in recipes.names() if name.startswith(value)]
    return [CompletionItem(value, type="file"), *names]


def _is_file(word: str) -> bool:
    return "/" in word or word.endswith(_SUFFIX)


def _from_file(path: str, names: Sequence[str]) -> Recipe:
    recipe = recipes.read(path)
    if recipe.name in names:
        raise RejectedFileError(path, "a recipe of this name comes with nnbp", "rename the file")
    return recipe
