"""`nnbp report`: one or more models as an HTML page that opens from the disk."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from nnbp.cli import blas, loading, saving
from nnbp.cli.options import complete_files, dataset_option, engine_option, json_option, threads_option
from nnbp.cli.output import Events

if TYPE_CHECKING:
    from nnbp.data import Dataset
    from nnbp.modelfile import Model
    from nnbp.report import Shown


@click.command
@click.argument("models", metavar="MODEL...", nargs=-1, required=True, shell_complete=complete_files)
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    default="report.html",
    show_default=True,
    shell_complete=complete_files,
    help="File to write, or - for stdout.",
)
@dataset_option("the one they were trained on")
@engine_option
@threads_option()
@json_option
def report(
    models: tuple[str, ...],
    output: str,
    dataset: str | None,
    engine: str,
    threads: int | None,
    as_json: bool,
) -> None:
    """Write an HTML page about one to eight MODELs (one may be - for stdin).

    It shows their settings, accuracy on the test set, learning curves, confused classes, most confident
    mistakes and first-layer weights, and has a field to draw a digit in, which the models answer at once. The
    file needs nothing else and no network connection.

    \b
      nnbp report model.npz
      nnbp report small.npz large.npz -o comparison.html
    """
    blas.use_threads(threads)
    _check_count(models)
    output = saving.destination(output, models)
    read, loaded = _load(models, dataset)
    page = _page(models, read, loaded, engine, threads)
    loaded.check_unchanged()
    saving.write(output, page)
    values = {"path": output, "models": list(models), "bytes": len(page)}
    text = f"{output}: {len(models)} model{'s' * (len(models) > 1)}, {len(page):,} bytes"
    Events(as_json, on_stderr=output == loading.STANDARD).event("report", values, text)


def _check_count(names: tuple[str, ...]) -> None:
    """Raises a usage error if the page has no room for so many."""
    from nnbp.report.page import MAX_MODELS

    if len(names) > MAX_MODELS:
        raise click.UsageError(f"there are {len(names)} models; a page has room for {MAX_MODELS}; name fewer")


def _load(names: tuple[str, ...], dataset: str | None) -> tuple[list["Model"], "Dataset"]:
    """The models, and the one data set for all of them. Raises a usage error if they differ in it."""
    loading.check_names(names)
    models, datasets = zip(*(loading.read_for(name, dataset) for name in names), strict=True)
    if len(set(datasets)) > 1:
        found = ", ".join(sorted(set(datasets)))
        raise click.UsageError(f"the models were trained on {found}; name one data set with --dataset")
    return list(models), loading.load_dataset(datasets[0])


def _page(
    names: tuple[str, ...], models: list["Model"], loaded: "Dataset", engine: str, threads: int | None
) -> bytes:
    """The page, in UTF-8."""
    from nnbp.report import Images, html

    shown = [
        _answers(name, model, loaded, engine, threads) for name, model in zip(names, models, strict=True)
    ]
    test = Images(loaded.name, loaded.test_images, loaded.test_labels, loaded.image_shape)
    return html(shown, test).encode("utf-8", "replace")


def _answers(where: str, model: "Model", loaded: "Dataset", engine: str, threads: int | None) -> "Shown":
    """A model with its answers to the test images."""
    from nnbp.outputs import Predictor
    from nnbp.report import Shown

    test = loading.seen_with(model.settings, loaded).test
    evaluation = model.training.evaluate(test, engine, threads or "auto")
    predictor = Predictor(model.network, model.settings.cost, engine, threads or "auto")
    predictions, outputs = predictor.answers(test.images)
    name = "standard input" if where == loading.STANDARD else Path(where).name
    return Shown(name, model, evaluation, predictions, outputs)
