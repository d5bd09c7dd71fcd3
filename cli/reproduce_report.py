"""The events of `nnbp reproduce`: their values for JSON, their lines for people."""

from collections.abc import Sequence
from dataclasses import asdict
from itertools import groupby
from typing import Any

from nnbp.cli.columns import table
from nnbp.recipes import Estimate, Recipe, Reproduction, Run
from nnbp.recipes.markdown import aim, here, long_duration, percent

_ANOTHER = "another data set"


def recipe_values(recipe: Recipe, command: str) -> dict[str, Any]:
    """A recipe, with the command that trains it."""
    return {
        "recipe": recipe.name,
        "title": recipe.title,
        "sizes": recipe.sizes,
        "on": recipe.on,
        "published": _published(recipe),
        "goal": _goal(recipe),
        "paper": recipe.paper,
        "differences": recipe.differences,
        "reason": recipe.reason,
        "note": recipe.note,
        "command": command,
    }


def recipes_text(recipes: Sequence[Recipe]) -> str:
    """The recipes as a table of at most 80 columns."""
    rows = [[recipe.name, _hidden(recipe.sizes), _figure(recipe), _source(recipe)] for recipe in recipes]
    header = ["recipe", "hidden layers", "figure", "source"]
    return table(header, rows, left=("recipe", "hidden layers", "source"))


def run_values(run: Run, on: str, stored: bool) -> dict[str, Any]:
    """A training; `stored` if it was not trained now."""
    return {
        "recipe": run.recipe,
        "seed": run.seed,
        "on": on,
        "accuracy": run.accuracy,
        "correct": run.correct,
        "total": run.total,
        "seconds": run.seconds,
        "dataset": run.dataset,
        "engine": run.engine,
        "stored": stored,
        "command": run.command,
    }


def run_text(run: Run, on: str, stored: bool) -> str:
    """A training in a line."""
    counts = f"{run.correct:,} of {run.total:,} {on} images"
    figures = f"{percent(run.accuracy)} % ({counts}) in {run.seconds:.1f} s"
    return f"{run.recipe} seed {run.seed}: {figures}{', already trained' if stored else ''}"


def estimate_values(estimate: Estimate, recipe: Recipe, command: str) -> dict[str, Any]:
    """The estimated time of a recipe that is not trained."""
    return {
        "recipe": estimate.recipe,
        "sizes": recipe.sizes,
        "epochs": recipe.settings.epochs,
        "seconds": estimate.seconds,
        "images": estimate.images,
        "published": _published(recipe),
        "engine": estimate.engine,
        "command": command,
    }


def estimate_text(estimate: Estimate) -> str:
    """The same in a line."""
    time, images = long_duration(estimate.seconds), f"{estimate.images:,}"
    return f"{estimate.recipe}: not trained; about {time} here, estimated from an epoch of {images} images"


def reproduction_values(found: Reproduction) -> dict[str, Any]:
    """The trainings of a recipe beside its published figure."""
    return {
        "recipe": found.recipe.name,
        "on": found.recipe.on,
        "published": _published(found.recipe),
        "goal": _goal(found.recipe),
        "mean": found.mean,
        "deviation": found.deviation,
        "standard_error": found.standard_error,
        "seeds": [run.seed for run in found.runs],
        "accuracies": [run.accuracy for run in found.runs],
        "seconds": found.seconds,
        "verdict": found.verdict,
        "reason": found.recipe.reason if found.verdict in ("below", "missed") else None,
    }


def reproductions_text(all_found: Sequence[Reproduction]) -> str:
    """All recipes that were trained as a table, and the reasons of those that are below their figures."""
    rows = [
        [found.recipe.name, aim(found.recipe), here(found), f"{found.seconds:.1f}", found.verdict or _ANOTHER]
        for found in all_found
    ]
    header = ["recipe", "published", "here", "seconds", "verdict"]
    reasons = [
        f"{found.recipe.name}: {found.recipe.reason}"
        for found in all_found
        if found.recipe.reason and found.verdict in ("below", "missed")
    ]
    return "\n".join([table(header, rows, left=("recipe", "verdict")), *reasons])


def _published(recipe: Recipe) -> dict[str, Any] | None:
    """The published figure, with its accuracy as a fraction, like all accuracies of events."""
    if recipe.published is None:
        return None
    return {**asdict(recipe.published), "accuracy": _fraction(recipe.published.accuracy)}


def _goal(recipe: Recipe) -> float | None:
    return None if recipe.goal is None else _fraction(recipe.goal)


def _fraction(percents: float) -> float:
    return round(percents / 100, 9)


def _hidden(sizes: Sequence[int]) -> str:
    """The neurons of the hidden layers; more than two of the same size are counted, such as 9×1000."""
    runs = ((size, len(list(equal))) for size, equal in groupby(sizes[1:-1]))
    return ",".join(f"{count}×{size}" if count > 2 else ",".join([str(size)] * count) for size, count in runs)


def _figure(recipe: Recipe) -> str:
    """What is to be reached, in percent."""
    percents = recipe.goal if recipe.published is None else recipe.published.accuracy
    return f"{percents:.2f}"


def _source(recipe: Recipe) -> str:
    """Who published the figure, when, and what is unusual about it, in a few words."""
    if recipe.published is None:
        source = "nnbp's goal"
    else:
        source = f"{recipe.published.authors.removesuffix(' and others')} {recipe.published.year}"
    if recipe.paper:
        return f"{source}, on paper"
    return source if recipe.on == "test" else f"{source}, {recipe.on}"
