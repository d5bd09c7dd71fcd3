"""`nnbp reproduce`: published results, trained again, beside the published figures."""

from functools import partial
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from nnbp.cli import blas
from nnbp.cli.grouped import GroupedCommand, GroupedOption
from nnbp.cli.options import complete_files, dataset_option, engine_option, json_option, threads_option
from nnbp.cli.output import Events, say
from nnbp.cli.reproduce_choice import chosen, complete_recipes, ignored_options

if TYPE_CHECKING:
    from nnbp.cli.reproduce_run import Trainer
    from nnbp.recipes import Recipe

_MOST_SEEDS = 1_000

_training, _page = (partial(click.option, cls=GroupedOption, group=group) for group in ("Training", "Page"))


@click.command(cls=GroupedCommand)
@click.argument("recipes", metavar="[RECIPE]...", nargs=-1, shell_complete=complete_recipes)
@_training("--all", "of_all", is_flag=True, help="Train every recipe, and write the page.")
@_training(
    "--seeds",
    type=click.IntRange(1, _MOST_SEEDS),
    metavar="N",
    default=1,
    show_default=True,
    help="Trainings of each recipe, with successive seeds.",
)
@_training(
    "--seed",
    type=click.IntRange(0, 2**64 - 1 - _MOST_SEEDS),
    metavar="FIRST",
    default=1,
    show_default=True,
    help="The first seed.",
)
@_training("--dry-run", is_flag=True, help="Print the commands that train the same networks.")
@dataset_option("that of the recipe, which is mnist")
@_page(
    "-o",
    "--output",
    metavar="FILE",
    shell_complete=complete_files,
    show_default="accuracy.md with --all, otherwise none",
    help="Page of Markdown to write, of all recipes. A .json file beside it keeps every training, and none "
    "that it has is repeated.",
)
@_page("--again", is_flag=True, help="Repeat the trainings that the .json file has.")
@engine_option
@threads_option()
@json_option
@click.option(
    "-q",
    "--quiet",
    cls=GroupedOption,
    group="Output",
    is_flag=True,
    help="Print only the final table, without progress bars.",
)
@click.pass_context
def reproduce(
    context: click.Context,
    recipes: tuple[str, ...],
    of_all: bool,
    seeds: int,
    seed: int,
    dry_run: bool,
    dataset: str | None,
    output: str | None,
    again: bool,
    engine: str,
    threads: int | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Train published results again, and compare them with the published figures.

    RECIPE is a name or a TOML file; without any, the recipes are listed. The accuracy is that of the network
    after the last epoch, on the test images, or on validation images if the published figure is. It is
    reproduced if the mean over the seeds is at least the published figure minus two standard errors.

    \b
      nnbp reproduce
      nnbp reproduce nielsen-ch3 --seeds 5
      nnbp reproduce --all --seeds 5 -o docs/accuracy.md
    """
    blas.use_threads(threads)
    if recipes and of_all:
        raise click.UsageError("--all trains every recipe; leave out the names, or --all")
    from nnbp.cli.reproduce_data import Datasets
    from nnbp.cli.reproduce_run import Trainer
    from nnbp.recipes import known

    wanted = chosen(recipes) if recipes else known()
    trainer, events = Trainer(Datasets(dataset, not quiet), engine, threads, not quiet), Events(as_json)
    numbers = range(seed, seed + seeds)
    lists = not (recipes or of_all or dry_run)
    page = of_all or output is not None
    source = context.get_parameter_source
    given = [name for name in context.params if source(name) is ParameterSource.COMMANDLINE]
    for reason in ignored_options(given, lists=lists, dry_run=dry_run, page=page):
        say(f"nnbp: warning: {reason}")
    if dry_run:
        _show_commands(wanted, trainer, events, numbers)
    elif lists:
        _list(wanted, trainer, events)
    else:
        for recipe in wanted:
            trainer.datasets.expect(recipe)
        from nnbp.cli.reproduce_all import Reproducing

        path = "accuracy.md" if of_all and output is None else output
        Reproducing(wanted, numbers, trainer, events, path, again=again, quiet=quiet).run()


def _list(recipes: "list[Recipe]", trainer: "Trainer", events: Events) -> None:
    """List the recipes: a table for people, an event for each with --json."""
    from nnbp.cli.reproduce_report import recipe_values, recipes_text

    if not events.as_json:
        click.echo(recipes_text(recipes))
        return
    for recipe in recipes:
        events.event("recipe", recipe_values(recipe, trainer.command(recipe, None)), "")


def _show_commands(recipes: "list[Recipe]", trainer: "Trainer", events: Events, seeds: range) -> None:
    """A command for each training that there would be."""
    from nnbp.cli.reproduce_report import recipe_values

    for recipe in recipes:
        for seed in seeds:
            if trainer.datasets.differs(recipe):
                trainer.datasets.expect(recipe)
            command = trainer.command(recipe, seed)
            events.event("recipe", recipe_values(recipe, command), command)
