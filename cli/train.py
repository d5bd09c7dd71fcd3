"""`nnbp train`: train a network, report every epoch, write the model."""

from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from nnbp import data
from nnbp.cli import blas, loading
from nnbp.cli.loading import STANDARD
from nnbp.cli.options import (
    check_sizes,
    dataset_option,
    engine_option,
    json_option,
    parse_sizes,
    seed_option,
    threads_option,
)
from nnbp.cli.output import Reports as Events
from nnbp.cli.setting_options import setting_options
from nnbp.cli.train_output import ModelOutput
from nnbp.settings import Settings

if TYPE_CHECKING:
    from nnbp.data import Dataset
    from nnbp.modelfile import Model


@click.command
@click.option(
    "--sizes",
    metavar="N,…,N",
    callback=parse_sizes,
    default="784,30,10",
    show_default=True,
    help="Neurons of each layer, from the pixels of an image to the classes.",
)
@setting_options
@click.option(
    "--validation",
    type=click.IntRange(0),
    metavar="N",
    show_default="a sixth of them",
    help="Training examples to hold out, from the end.",
)
@seed_option
@dataset_option("mnist; where that is not available, sample")
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    show_default="model.npz, or the model that is resumed",
    help="File to write the model to; - for stdout, and then the reports go to stderr.",
)
@click.option(
    "--resume",
    metavar="MODEL",
    help="Go on with a training from its model file (- for stdin), as if it had not been interrupted. "
    "All settings are kept; only --epochs may change.",
)
@click.option(
    "--diagnose",
    is_flag=True,
    help="After every epoch, report for each layer the fraction of saturated neurons, the mean norm of the "
    "deltas and the relative change of the weights, and remark on known trouble.",
)
@engine_option
@threads_option()
@json_option
@click.option("-q", "--quiet", is_flag=True, help="Report the end only, and show no bars.")
@click.pass_context
def train(
    context: click.Context,
    /,
    sizes: tuple[int, ...],
    dataset: str | None,
    validation: int | None,
    seed: int | None,
    output: str | None,
    resume: str | None,
    diagnose: bool,
    engine: str,
    threads: int | None,
    as_json: bool,
    quiet: bool,
    **choices: Any,
) -> None:
    """Train a network and write it to a model file after every epoch.

    Every epoch reports the cost and the accuracy on the training examples as they were met, and the accuracy
    on the validation examples. The test set is used once, at the end.

    \b
      nnbp train --sizes 784,100,10 --seed 1
      nnbp train --json | jq -r 'select(.event == "epoch") | .validation_accuracy'
      nnbp train -o - | nnbp evaluate -
      nnbp train --resume model.npz
    """
    settings = _settings(choices)
    blas.use_threads(threads)
    target = ModelOutput(output or (resume if resume not in (None, STANDARD) else "model.npz"))
    if resume is None:
        model, digits = _begin(target, settings, sizes, dataset, validation, seed, engine, bars=not quiet)
    else:
        model, digits = _resume(target, resume, _given(context), bars=not quiet)
    from nnbp.cli.train_run import TrainingRun

    events = Events(as_json, on_stderr=target.to_stdout)
    TrainingRun(model, digits, target, events, quiet, diagnose, threads).run()


def _begin(
    target: ModelOutput,
    settings: Settings,
    sizes: tuple[int, ...],
    dataset: str | None,
    validation: int | None,
    seed: int | None,
    engine: str,
    bars: bool,
) -> "tuple[Model, Dataset]":
    """A training that has not begun, and its data set; what can fail at once fails before any download."""
    # The data set's files are read and hashed while NumPy is imported.
    coming = data.Loading(dataset)
    check_sizes(sizes, data.shape(dataset))
    target.check()
    from nnbp.engines import choose_engine
    from nnbp.modelfile import Model
    from nnbp.training import Training

    training = Training.begin(sizes, settings, seed)
    training.engine = choose_engine(engine, training.network)
    digits = loading.finish(coming, bars)
    training.held_out = _held_out(validation, len(digits.train_labels), settings)
    return Model.of(training, digits), digits


def _resume(target: ModelOutput, where: str, given: dict[str, Any], bars: bool) -> "tuple[Model, Dataset]":
    """The training in a model file, with the options that were given, and its data set."""
    target.check()
    from nnbp.cli import train_resume

    return train_resume.resume(where, given, bars)


def _settings(choices: dict[str, Any]) -> Settings:
    """The settings, whose options are each sound; a usage error where they do not go together."""
    try:
        return Settings(**choices)
    except ValueError as error:
        raise click.UsageError(str(error)) from error


def _given(context: click.Context) -> dict[str, Any]:
    """The options that stand on the command line, rather than having their defaults."""
    return {
        name: value
        for name, value in context.params.items()
        if context.get_parameter_source(name) is ParameterSource.COMMANDLINE
    }


def _held_out(validation: int | None, total: int, settings: Settings) -> int:
    """How many of the training examples are held out; a usage error where that is too many or too few."""
    count = total // 6 if validation is None else validation
    if count >= total:
        raise click.BadParameter(
            f"to hold out {count:,} of {total:,} training examples leaves none", param_hint="--validation"
        )
    if settings.needs_validation and not count:
        raise click.BadParameter(
            "--patience and --keep best need the validation accuracy; hold some examples out",
            param_hint="--validation",
        )
    return count
