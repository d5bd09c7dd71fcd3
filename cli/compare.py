"""`nnbp compare`: two models on the same test images, and whether one is better."""

from typing import TYPE_CHECKING

import click

from nnbp.cli import blas, compare_report, loading
from nnbp.cli.options import complete_files, dataset_option, engine_option, json_option, threads_option
from nnbp.cli.output import Events

if TYPE_CHECKING:
    from nnbp.arrays import Integers
    from nnbp.comparison import Comparison
    from nnbp.data import Dataset
    from nnbp.modelfile import Model


@click.command
@click.argument("a", metavar="A", shell_complete=complete_files)
@click.argument("b", metavar="B", shell_complete=complete_files)
@dataset_option("the one both were trained on")
@engine_option
@threads_option()
@json_option
def compare(a: str, b: str, dataset: str | None, engine: str, threads: int | None, as_json: bool) -> None:
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
    found = compared(first, second, loaded, engine, threads)
    loaded.check_unchanged()
    values = compare_report.comparison_values(found, loaded.name, a, b)
    Events(as_json).event("comparison", values, compare_report.comparison_text(values))


def compared(a: "Model", b: "Model", loaded: "Dataset", engine: str, threads: int | None) -> "Comparison":
    """Both models' answers to the test images."""
    from nnbp.comparison import Comparison
    from nnbp.outputs import Predictor

    def answers(model: "Model") -> "Integers":
        predictor = Predictor(model.network, model.settings.cost, engine, threads or "auto")
        return predictor.answers(loading.seen_with(model.settings, loaded).test_images)[0]

    return Comparison.of(loaded.test_labels, answers(a), answers(b), loaded.classes)
