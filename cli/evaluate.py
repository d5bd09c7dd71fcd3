"""`nnbp evaluate`: the accuracy of a model on the test set, as a figure or as a gate."""

import math
from typing import TYPE_CHECKING

import click

from nnbp import data
from nnbp.cli import modelfiles, processor
from nnbp.cli.options import Number, dataset_option, json_option, model_argument, threads_option
from nnbp.cli.output import Reports, Terminal
from nnbp.errors import RejectedFileError

if TYPE_CHECKING:
    from nnbp.storage import Model

FAILED = 1


@click.command
@model_argument
@dataset_option("the one that the model was trained on")
@click.option(
    "--min-accuracy",
    type=Number(0, 1),
    metavar="P",
    help="End with status 1 if the accuracy is below P, 0 to 1.",
)
@threads_option
@json_option
@click.pass_context
def evaluate(
    context: click.Context,
    model: str,
    dataset: str | None,
    min_accuracy: float | None,
    threads: int | None,
    as_json: bool,
) -> None:
    """Tell the accuracy of MODEL (- for stdin) on the test set.

    \b
      nnbp evaluate model.npz
      nnbp evaluate model.npz --min-accuracy 0.95 && ./deploy model.npz
      nnbp evaluate model.npz --json | jq .confusion
    """
    processor.use_threads(threads)
    # From here on NumPy is there, and has read how many threads it may use.
    from nnbp.costs import COSTS
    from nnbp.evaluation import evaluate as evaluate_network
    from nnbp.minibatches import Examples

    subject = modelfiles.read(model)
    name = modelfiles.dataset_of(subject) if dataset is None else dataset
    _check_shape(model, subject, name, data.shape(name))
    with Terminal() as terminal:
        digits = data.load(name, terminal)
    examples = Examples(digits.test_images, digits.test_labels)
    result = evaluate_network(subject.network, examples, COSTS[subject.settings.cost])
    values = {
        "accuracy": result.accuracy,
        "correct": result.correct,
        "total": result.total,
        "cost": result.cost if math.isfinite(result.cost) else None,
        "confusion": result.confusion.tolist(),
        "dataset": digits.name,
        "model": model,
    }
    counts = f"{result.correct:,} of {result.total:,}"
    text = f"accuracy {result.accuracy:.4f} ({counts}) on {digits.name}; cost {result.cost:.4f}"
    Reports(as_json).event("evaluation", values, text)
    if min_accuracy is not None and result.accuracy < min_accuracy:
        click.echo(f"nnbp: accuracy {result.accuracy:.4f} is below {min_accuracy:g}", err=True)
        context.exit(FAILED)


def _check_shape(where: str, model: "Model", name: str, shape: data.Shape) -> None:
    sizes = model.network.sizes
    # Fewer classes than outputs are no hindrance: a folder may lack some of them.
    if sizes[0] != shape.pixels or sizes[-1] < shape.classes:
        raise RejectedFileError(
            where,
            f"the model takes {sizes[0]:,} pixels and knows {sizes[-1]:,} classes; "
            f"{name} has {shape.pixels:,} pixels and {shape.classes:,} classes",
            "name the data set that it was made for with --dataset",
        )
