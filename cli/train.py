"""`nnbp train`: train a network, report every epoch, store the model."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from nnbp import data
from nnbp.cli import arithmetic, blas, signals, train_begin
from nnbp.cli.distort_options import distort_options, strengths, without_preset
from nnbp.cli.grouped import GroupedCommand, GroupedOption
from nnbp.cli.loading import STANDARD
from nnbp.cli.options import (
    check_sizes,
    complete_files,
    dataset_option,
    engine_option,
    parse_sizes,
    seed_option,
    threads_option,
)
from nnbp.cli.output import Events, say
from nnbp.cli.setting_options import check_layer_rates, ignored_options, setting_options, settings_from
from nnbp.cli.train_options import output_options
from nnbp.cli.train_store import Destination

if TYPE_CHECKING:
    from nnbp.data import Dataset
    from nnbp.modelfile import Model
    from nnbp.settings import Settings


@click.command(cls=GroupedCommand)
@click.option(
    "--sizes",
    cls=GroupedOption,
    group="Network",
    metavar="N,…,N",
    callback=parse_sizes,
    default="784,30,10",
    show_default=True,
    help="Neurons of each layer, from the pixels of an image to the classes.",
)
@setting_options
@distort_options
@seed_option
@dataset_option("mnist; sample if that is unavailable")
@click.option(
    "--validation",
    cls=GroupedOption,
    group="Data",
    type=click.IntRange(0),
    metavar="N",
    show_default="a sixth",
    help="Training examples to hold out for validation, from the end.",
)
@click.option(
    "-o",
    "--output",
    cls=GroupedOption,
    group="Model file",
    shell_complete=complete_files,
    metavar="FILE",
    show_default="model.npz, or the resumed model",
    help="File to write the model to; with - it goes to stdout, and events to stderr. Without -o, another "
    "model in model.npz is kept as model.npz~.",
)
@click.option(
    "--resume",
    cls=GroupedOption,
    group="Model file",
    shell_complete=complete_files,
    metavar="MODEL",
    help="Continue an interrupted training from its model file (- for stdin). Its settings are kept; only "
    "--epochs, --patience and --threads may change.",
)
@engine_option
@threads_option()
@output_options
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
    plot: bool,
    engine: str,
    threads: int | None,
    as_json: bool,
    quiet: bool,
    distort: str | None,
    **hyperparameters: Any,
) -> None:
    """Train a network and write it to a model file after every epoch.

    After every epoch it reports running averages of the cost and accuracy over the training examples, the
    penalty (the L1 and L2 terms of the cost), and the accuracy on the validation examples. The test set is
    used once, at the end.

    \b
      nnbp train --sizes 784,100,10 --seed 1
      nnbp train --sizes 784,100,10 --distort light --init centred
      nnbp train --json | jq -r 'select(.event == "epoch") | .validation_accuracy'
      nnbp train -o - | nnbp evaluate -
      nnbp train --resume model.npz
    """
    blas.use_threads(threads if threads or resume is None else arithmetic.threads_begun_with(resume))
    given = _given(context)
    target = Destination(_output(output, resume))
    begin: Callable[[], tuple[Model, Dataset]]
    if resume is None:
        hyperparameters |= strengths(distort, hyperparameters)
        settings = _settings(hyperparameters, sizes, dataset, given)
        begin = partial(train_begin.begin, settings, sizes, dataset, validation, seed, engine, not quiet)
    else:
        begin = partial(_resume, target, resume, without_preset(given), not quiet)
    # From here on there is something to clean up.
    signals.install()
    with target.reserved():
        model, loaded = begin()
        if resume is None and output is None:
            target.around_first = partial(_keeping_previous, target, model)
        from nnbp.cli.train_run import TrainingRun

        TrainingRun(
            model,
            loaded,
            target,
            Events(as_json, on_stderr=target.to_stdout),
            quiet=quiet,
            diagnose=diagnose,
            plot=plot,
            threads=threads,
            dataset_name=dataset,
            fallback=resume is None and dataset is None and loaded.name != "mnist",
        ).run()


def _settings(
    hyperparameters: dict[str, Any], sizes: tuple[int, ...], dataset: str | None, given: dict[str, Any]
) -> "Settings":
    """The settings of a new training; warns of options that have no effect. Raises usage errors."""
    settings = settings_from(hyperparameters)
    check_sizes(sizes, data.shape(dataset))
    check_layer_rates(settings, sizes)
    for reason in ignored_options(settings, sizes, given):
        say(f"nnbp: warning: {reason}")
    return settings


def _resume(target: Destination, where: str, given: dict[str, Any], bars: bool) -> "tuple[Model, Dataset]":
    """The training in a model file, changed by the options that were given, and its data set."""
    with signals.held_back():
        from nnbp import modelfile
        from nnbp.cli import train_resume

    model, loaded = train_resume.resume(where, given, bars)
    if model.training.reports:
        target.resume(modelfile.dumps(model), where)
    return model, loaded


def _keeping_previous(target: Destination, model: "Model") -> AbstractContextManager[None]:
    from nnbp.cli.train_backup import keeping_previous

    return keeping_previous(Path(target.name), model)


def _output(output: str | None, resume: str | None) -> str:
    """The file to write to: the one named, or the one resumed, or model.npz."""
    if output is not None:
        return output
    return "model.npz" if resume in (None, STANDARD) else str(resume)


def _given(context: click.Context) -> dict[str, Any]:
    """The options given on the command line."""
    return {
        name: value
        for name, value in context.params.items()
        if context.get_parameter_source(name) is ParameterSource.COMMANDLINE
    }
