"""`nnbp gradients`: one line per example, with its cost and the norm of its gradient."""

from typing import TYPE_CHECKING

import click

from nnbp.cli import blas, loading
from nnbp.cli.near import NearChoice
from nnbp.cli.options import dataset_option, json_option, model_argument, threads_option
from nnbp.cli.output import Table

if TYPE_CHECKING:
    from nnbp.data import Dataset
    from nnbp.minibatches import Examples

SPLITS = ("train", "validation", "test")

# Nine digits tell all weights apart, which are float32, and per_example_figures.py gets as many right.
COLUMNS = {
    "index": "%d",
    "label": "%d",
    "prediction": "%d",
    "probability": "%.9g",
    "cost": "%.9g",
    "gradient_norm": "%.9g",
}


@click.command
@model_argument
@click.option(
    "--split",
    type=NearChoice(SPLITS),
    default="test",
    show_default=True,
    help="Which examples to use; train and validation are split as for training.",
)
@click.option("--layers", is_flag=True, help="Add a column with the gradient norm of each layer.")
@dataset_option("the one it was trained on")
@threads_option("1")
@json_option
def gradients(
    model: str, split: str, layers: bool, dataset: str | None, threads: int | None, as_json: bool
) -> None:
    """Print the cost and the gradient norm of each example, for MODEL (- for stdin).

    The columns, below a header, are: index in the data set's file, counted from 0; label; prediction;
    probability of the label (the activation of its output); cost; norm of the gradient with respect to all
    weights and biases. They are separated by tabs, or aligned on a terminal.

    \b
      nnbp gradients model.npz | awk -F '\\t' '$2 != $3'
      nnbp gradients model.npz --split train | sort -t$'\\t' -k6 -gr | head
      nnbp gradients model.npz --json --layers | jq .gradient_norm_1
    """
    blas.use_threads(threads)
    from nnbp.costs import COSTS
    from nnbp.per_example_figures import per_example_diagnostics

    trained, loaded = loading.load_both(model, dataset)
    start, examples = _examples(loaded, split, trained.origin.validation)
    numbered = [f"gradient_norm_{n}" for n in range(1, len(trained.network.sizes))] if layers else []
    table = Table(as_json, "example", COLUMNS | dict.fromkeys(numbered, "%.9g"))
    for block in per_example_diagnostics(trained.network, examples, COSTS[trained.settings.cost]):
        stop = start + len(block.labels)
        columns = [*block[:-1], *(block.layer_norms.T if layers else ())]
        table.rows(list(zip(range(start, stop), *(column.tolist() for column in columns), strict=True)))
        start = stop
    loaded.check_unchanged()


def _examples(loaded: "Dataset", split: str, validation: int) -> tuple[int, "Examples"]:
    """The index of a split's first example in its file, and its examples; `validation` were held out."""
    from nnbp.minibatches import Examples

    if split == "test":
        return 0, Examples(*loaded.test)
    cut = len(loaded.train_labels) - validation
    if cut < 1 or (split == "validation" and not validation):
        raise click.BadParameter(
            f"the model's training held out {validation:,} examples, but {loaded.name} has "
            f"{len(loaded.train_labels):,} training examples: no {split} examples are left; "
            "name another split",
            param_hint="'--split'",
        )
    training, held_out = Examples(*loaded.training).hold_out(validation)
    return (0, training) if split == "train" else (cut, held_out)
