"""`nnbp predict`: the label and its probability for each image in files or on standard input."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from nnbp.cli import blas, loading
from nnbp.cli.exit_status import REJECTED_FILE
from nnbp.cli.loading import STANDARD
from nnbp.cli.near import NearChoice
from nnbp.cli.options import (
    Number,
    complete_files,
    engine_option,
    json_option,
    model_argument,
    threads_option,
)
from nnbp.data.images.fitting import MODES
from nnbp.errors import RejectedFileError

if TYPE_CHECKING:
    from nnbp.modelfile import Model


@click.command
@model_argument
@click.argument("files", metavar="[FILE]...", nargs=-1, shell_complete=complete_files)
@click.option(
    "--prepare",
    type=NearChoice(MODES),
    default="auto",
    show_default=True,
    help="Which images to crop, scale and centre like the digits of MNIST; auto: those of another size.",
)
@click.option(
    "--threshold", type=Number(0, 1), metavar="P", help="Below this probability, the label is ? (JSON: null)."
)
@click.option("--probabilities", is_flag=True, help="Add the probability of every class.")
@click.option("--show", is_flag=True, help="Draw each image as the network sees it, on stderr.")
@engine_option
@threads_option()
@json_option
@click.pass_context
def predict(
    context: click.Context,
    model: str,
    files: tuple[str, ...],
    prepare: str,
    threshold: float | None,
    probabilities: bool,
    show: bool,
    engine: str,
    threads: int | None,
    as_json: bool,
) -> None:
    """Print the label that MODEL (- for stdin) gives to each image in FILE.

    Without FILE, or if it is -, images come from standard input and are answered as they arrive. FILE is IDX,
    NPY, CSV or PGM, gzipped or not; with the package Pillow also PNG, JPEG or BMP.

    The columns, below a header, are: file; index of the image in it, from 0; label; probability of the label
    (the activation of its output). They are separated by tabs, or aligned on a terminal.

    If a picture has no ink, a warning says so, and its label is ? (JSON: null).

    If a file is missing, unreadable or rejected, the others are answered, and the status is 3.

    \b
      nnbp predict model.npz digit.png
      nnbp predict model.npz *.png --threshold 0.9 | awk -F '\\t' '$3 == "?"'
      nnbp data export 0-99 -o - | nnbp predict model.npz
    """
    names = files or (STANDARD,)
    _check_dashes(model, names)
    blas.use_threads(threads)
    trained = _read(model)
    if STANDARD in names:
        loading.check_standard_input("standard input", "pipe images in, or name files")
    from nnbp.cli.predict_run import Answers
    from nnbp.outputs import Predictor

    predictor = Predictor(trained.network, trained.settings.cost, engine, threads or "auto")
    answers = Answers(
        predictor,
        trained.network.sizes,
        names,
        as_json,
        probabilities,
        threshold,
        show,
        trained.settings.deskew,
    )
    good = [answers.of_file(name, prepare) for name in names]
    if not all(good):
        context.exit(REJECTED_FILE)


def _read(model: str) -> "Model":
    """The model at MODEL. Raises the errors of `loading.read`; that about a picture shows what to type."""
    try:
        return loading.read(model)
    except RejectedFileError as error:
        from nnbp.data.images import kinds

        if model == STANDARD or not (kind := kinds.of_file(Path(model))):
            raise
        remedy = "name the model before the pictures: nnbp predict MODEL FILE..."
        raise RejectedFileError(model, f"not a model file, but {kind}", remedy) from error


def _check_dashes(model: str, names: tuple[str, ...]) -> None:
    """Raise a usage error if standard input would be read twice."""
    if model == STANDARD and STANDARD in names:
        raise click.UsageError(
            "MODEL and the images cannot both come from standard input; name files of images"
        )
    if names.count(STANDARD) > 1:
        raise click.UsageError("standard input can be read only once; write - once")
