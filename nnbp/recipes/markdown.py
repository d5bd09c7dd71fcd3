"""Recipes with their published figures and the trainings here, as a page of Markdown."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

from nnbp.recipes.recipe import Recipe
from nnbp.recipes.reproduction import Reproduction
from nnbp.recipes.results import Estimate, Machine, Run

_NONE = "–"

_TOP = """\
# Accuracy

Published results for plain networks on MNIST, trained again. `nnbp reproduce --all` writes this page; it is
not edited by hand. `nnbp reproduce NAME` trains one of them.

- **Accuracies** are in percent, of the network after the last epoch: mean ± standard deviation over seeds.
- **Nothing is chosen by the test images.** Settings were chosen on the last 10,000 training images, and only
  then, where a recipe holds out none, used with all 60,000. The test images are used once for each recipe and
  seed, after the last epoch; not at all by a recipe whose published figure is on validation images.
- **The verdict** is *reproduced* if the mean is at least the published figure minus two standard errors,
  √(p(1 − p)/n + s²/k): p was measured on n images, and k seeds deviate by s. The second term is at most the
  m(1 − m)/n of the mean here, and for one seed it is that. *Below* is given with its reason. A recipe without
  a published figure has a goal of nnbp's own, *reached* or *missed*.
- **Seconds** are those of one training, from the loaded data set to its accuracy: means over the seeds.
- Published figures are often those of the best epoch or run, chosen by the test images; each recipe says so.
"""


def page(
    recipes: Sequence[Recipe],
    runs: Mapping[str, Sequence[Run]],
    estimates: Mapping[str, Estimate],
    commands: Mapping[str, str],
) -> str:
    """The page.

    runs       the trainings of each recipe by its name; a recipe may have none
    estimates  the estimates by the names of their recipes
    commands   the `nnbp train` command of each recipe by its name
    """
    found = {recipe.name: Reproduction(recipe, runs.get(recipe.name, ())) for recipe in recipes}
    every = chain.from_iterable(runs.values())
    machines = _machines([*(run.machine for run in every), *(e.machine for e in estimates.values())])
    lines = [_TOP, *machines, *([""] if machines else [])]
    lines += ["| recipe | network | source | published | here | seconds | verdict |"]
    lines += ["|---|---|---|---:|---:|---:|---|"]
    lines += [_row(found[recipe.name], estimates.get(recipe.name)) for recipe in recipes]
    for recipe in recipes:
        lines += _section(found[recipe.name], estimates.get(recipe.name), commands[recipe.name])
    return "\n".join(lines) + "\n"


def percent(accuracy: float) -> str:
    """An accuracy, 0–1, in percent."""
    return f"{100 * accuracy:.2f}"


def aim(recipe: Recipe) -> str:
    """What a recipe is measured by, in percent."""
    if recipe.published is None:
        return f"goal {recipe.goal:.2f}"
    return f"{recipe.published.accuracy:.2f}"


def here(found: Reproduction) -> str:
    """The mean and the deviation of its trainings, in percent."""
    deviation = "" if found.deviation is None else f" ± {percent(found.deviation)}"
    return f"{percent(found.mean)}{deviation}"


def duration(seconds: float) -> str:
    """Seconds for people, without the unit.

    >>> duration(1.234), duration(75), duration(9_000)
    ('1.2', '75', '9,000')
    """
    return f"{seconds:.1f}" if seconds < 10 else f"{seconds:,.0f}"


def long_duration(seconds: float) -> str:
    """A time that may be long, with its unit.

    >>> long_duration(75), long_duration(9_000)
    ('75 s', '9,000 s (2.5 h)')
    """
    return f"{duration(seconds)} s" + (f" ({seconds / 3600:.1f} h)" if seconds >= 3600 else "")


def _machines(machines: Iterable[Machine]) -> list[str]:
    """The machines that the seconds are of."""
    return [f"Seconds on: {_machine(machine)}." for machine in dict.fromkeys(machines)]


def _machine(machine: Machine) -> str:
    processors = f"{machine.processors} processor{'s' * (machine.processors > 1)}"
    if machine.instructions is None:
        return f"{machine.processor}, {processors}, NumPy"
    avx = "with" if machine.instructions == "v4" else "without"
    return f"{machine.processor}, {processors}, {avx} AVX-512 (x86-64 {machine.instructions})"


def _row(found: Reproduction, estimate: Estimate | None) -> str:
    recipe = found.recipe
    link = f"[{recipe.name}](#{recipe.name})"
    network = ",".join(map(str, recipe.sizes))
    source = "nnbp" if recipe.published is None else recipe.published.short
    cells = [link, network, source, aim(recipe), *_figures(found, estimate)]
    return f"| {' | '.join(cells)} |"


def _figures(found: Reproduction, estimate: Estimate | None) -> list[str]:
    """The mean, the seconds and the verdict."""
    if found.runs:
        return [here(found), duration(found.seconds), found.verdict or "another data set"]
    if found.recipe.paper:
        return [_NONE, _NONE if estimate is None else f"about {duration(estimate.seconds)}", "not trained"]
    return [_NONE, _NONE, "not trained yet"]


def _section(found: Reproduction, estimate: Estimate | None, command: str) -> list[str]:
    """Everything about a recipe."""
    recipe = found.recipe
    lines = ["", f"## {recipe.name}", "", f"{recipe.title}.", "", *_source(recipe)]
    if recipe.differences:
        lines.append(f"- Differences: {recipe.differences}")
    if recipe.note:
        lines.append(f"- {recipe.note}")
    if found.runs:
        lines.append(_here(found))
    if recipe.reason and found.verdict in ("below", "missed"):
        lines.append(f"- Why it is lower here: {recipe.reason}")
    if estimate is not None and not found.runs:
        lines.append(
            f"- Not trained: it would take about {long_duration(estimate.seconds)} here, estimated from "
            f"an epoch of {estimate.images:,} images."
        )
    return [*lines, "", "```text", command, "```"]


def _source(recipe: Recipe) -> list[str]:
    published = recipe.published
    if published is None:
        return [f"- Goal: {recipe.goal:.2f} % of the test images."]
    source = published.source if published.url is None else f"[{published.source}]({published.url})"
    return [
        f"- Published: {published.accuracy:.2f} % of the {published.examples:,} {published.on} images; "
        f"{published.measured}.",
        f"- Source: {published.authors} ({published.year}), {source}.",
    ]


def _here(found: Reproduction) -> str:
    each = ", ".join(f"{percent(run.accuracy)} (seed {run.seed})" for run in found.runs)
    first = found.runs[0]
    return (
        f"- Here: {here(found)} % of {first.total:,} {found.recipe.on} images, {duration(found.seconds)} "
        f"seconds with the {first.engine} engine; {found.verdict or 'on another data set'}. Each: {each}."
    )
