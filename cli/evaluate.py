"""`nnbp evaluate`: the accuracy of models on the test set, printed or compared with a minimum."""

from typing import TYPE_CHECKING

import click

from nnbp.cli import blas, loading
from nnbp.cli.evaluate_report import Report
from nnbp.cli.exit_status import FAILED
from nnbp.cli.options import (
    Number,
    complete_files,
    dataset_option,
    engine_option,
    json_option,
    threads_option,
)
from nnbp.cli.output import say

if TYPE_CHECKING:
    from nnbp.data import Dataset


@click.command
@click.argument(
    "models",
    metavar="MODEL...",
    nargs=-1,
    required=True,
    shell_complete=complete_files,
)
@dataset_option("the one it was trained on")
@click.option(
    "--min-accuracy",
    type=Number(0, 1),
    metavar="P",
    help="Exit with status 1 if the accuracy of a model is below P.",
)
@click.option("--per-class", is_flag=True, help="Add the accuracy of each class; JSON always has it.")
@click.option("--confusion", is_flag=True, help="Add the confusion matrix; JSON always has it.")
@click.option(
    "--errors",
    is_flag=True,
    help="Add each misclassified image: index in the file, label, prediction and its probability.",
)
@engine_option
@threads_option()
@json_option
@click.pass_context
def evaluate(
    context: click.Context,
    /,
    models: tuple[str, ...],
    dataset: str | None,
    min_accuracy: float | None,
    per_class: bool,
    confusion: bool,
    errors: bool,
    engine: str,
    threads: int | None,
    as_json: bool,
) -> None:
    """Print the accuracy of each MODEL (- for stdin) on the test set.

    Each accuracy has a 95 % confidence interval (Wilson's). Tables are separated by tabs, or aligned on a
    terminal.

    \b
      nnbp evaluate model.npz
      nnbp evaluate model.npz --min-accuracy 0.95 && ./deploy model.npz
      nnbp evaluate seed-*.npz | sort -r | head -n 1
      nnbp evaluate model.npz --errors | sort -k4 -gr
      nnbp evaluate model.npz --json | jq .confusion
    """
    blas.use_threads(threads)
    loading.check_names(models)
    report = Report(as_json, len(models) > 1, per_class, confusion, errors, engine, threads)
    loaded: dict[str, Dataset] = {}
    failed = False
    for where in models:
        model, name = loading.read_for(where, dataset)
        if name not in loaded:
            loaded[name] = loading.load_dataset(name)
        seen = loading.seen_with(model.settings, loaded[name])
        result = model.training.evaluate(seen.test, engine, threads or "auto")
        report.write(where, model, seen, result)
        if min_accuracy is not None and result.accuracy < min_accuracy:
            named = f"{where}: " if len(models) > 1 else ""
            say(f"nnbp: {named}accuracy {result.accuracy:.4f} is below {min_accuracy:g}")
            failed = True
    if failed:
        context.exit(FAILED)
