"""`nnbp compare`: two models on the same test images, and whether one is better."""

from typing import TYPE_CHECKING

import click

from nnbp.cli import blas, compare_report, loading
from nnbp.cli.options import complete_files, dataset_option, json_option, threads_option
from nnbp.cli.output import Events

if TYPE_CHECKING:
    from nnbp.comparison import Comparison
    from nnbp.data import Dataset
    from nnbp.modelfile import Model


@click.command
@click.argument("a", metavar="A", shell_complete=complete_files)
@click.argument("b", metavar="B", shell_complete=complete_files)
@dataset_option("the one both were trained on")
@threads_option("1")
@json_option
def compare(a: str, b: str, dataset: str | None, threads: int | None, as_json: bool) -> None:
    """Compare models A and B (one may be - for stdin) on the same test images.

    Prints both accuracies, their difference with a 95 % confidence interval (Newcombe's method 10 for paired
    proportions), how many images of each class only one of them gets right, and the verdict of McNemar's
    exact test: one model is better if p < 0.05.

    \b
      nnbp compare old.npz new.npz
      nnbp train -q -o - | nnbp compare old.npz - | tail -n 1
      nnbp compare old.npz new.npz --json | jq -e '.better == "b"'
    """
    blas.use_threads(threads)
    loading.check_names((a, b))
    (first, name), (second, other) = (loading.read_for(where, dataset) for where in (a, b))
    if name != other:
        raise click.UsageError(
            f"A was trained on {name} and B on {other}; name the data set to compare them on with --dataset"
        )
    loaded = loading.load_dataset(name)
    found = compared(first, second, loaded)
    loaded.check_unchanged()
    values = compare_report.comparison_values(found, loaded.name, a, b)
    Events(as_json).event("comparison", values, compare_report.comparison_text(values))


def compared(a: "Model", b: "Model", loaded: "Dataset") -> "Comparison":
    """Both models' answers to the test images."""
    import numpy as np

    from nnbp.comparison import Comparison

    images, labels = loaded.test
    # Enormous weights give outputs of inf or nan.
    with np.errstate(over="ignore", invalid="ignore"):
        answers_a, answers_b = a.network.predict(images), b.network.predict(images)
    return Comparison.of(labels, answers_a, answers_b, loaded.classes)
