"""`nnbp evaluate`: the accuracy of a model on the test set, printed or compared with a minimum."""

import math

import click

from nnbp.cli import blas, loading
from nnbp.cli.exit_status import FAILED
from nnbp.cli.options import (
    Number,
    dataset_option,
    engine_option,
    json_option,
    model_argument,
    threads_option,
)
from nnbp.cli.output import Events, say


@click.command
@model_argument
@dataset_option("the one it was trained on")
@click.option(
    "--min-accuracy",
    type=Number(0, 1),
    metavar="P",
    help="Exit with status 1 if the accuracy is below P.",
)
@engine_option
@threads_option()
@json_option
@click.pass_context
def evaluate(
    context: click.Context,
    model: str,
    dataset: str | None,
    min_accuracy: float | None,
    engine: str,
    threads: int | None,
    as_json: bool,
) -> None:
    """Print the accuracy of MODEL (- for stdin) on the test set.

    \b
      nnbp evaluate model.npz
      nnbp evaluate model.npz --min-accuracy 0.95 && ./deploy model.npz
      nnbp evaluate model.npz --json | jq .confusion
    """
    blas.use_threads(threads)
    trained, loaded = loading.load_both(model, dataset)
    result = trained.training.evaluate(loaded.test, engine, threads or "auto")
    loaded.check_unchanged()
    values = {
        "accuracy": result.accuracy,
        "correct": result.correct,
        "total": result.total,
        "cost": result.cost if math.isfinite(result.cost) else None,
        "confusion": result.confusion.tolist(),
        "dataset": loaded.name,
        "model": model,
    }
    counts = f"{result.correct:,} of {result.total:,}"
    text = f"accuracy {result.accuracy:.4f} ({counts}) on {loaded.name}; cost {result.cost:.4f}"
    Events(as_json).event("evaluation", values, text)
    if min_accuracy is not None and result.accuracy < min_accuracy:
        say(f"nnbp: accuracy {result.accuracy:.4f} is below {min_accuracy:g}")
        context.exit(FAILED)
