"""`nnbp train`: train a network, report every epoch, write the model."""

import secrets
from dataclasses import replace
from typing import Any

import click
from click.core import ParameterSource

from nnbp import data, processor
from nnbp.cli import modelfiles, subject
from nnbp.cli.choices import setting_options
from nnbp.cli.modelfiles import STANDARD, Output
from nnbp.cli.options import (
    check_sizes,
    dataset_option,
    json_option,
    parse_sizes,
    seed_option,
    threads_option,
)
from nnbp.cli.output import Reports
from nnbp.settings import Settings


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
@dataset_option("mnist; where that cannot be had, sample")
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    show_default="model.npz, or the model that is resumed",
    help="Where the model goes; - for stdout, and then the reports go to stderr.",
)
@click.option(
    "--resume",
    metavar="MODEL",
    help="Go on with a training from its model file (- for stdin), as if it had not been interrupted. "
    "Its choices stand; --epochs may be changed.",
)
@click.option(
    "--diagnose",
    is_flag=True,
    help="Report of each layer, every epoch, the share of saturated neurons, the mean norm of the deltas "
    "and the relative change of the weights, and remark on known trouble.",
)
@threads_option("as the training to resume had, else 1, or 2 for a large network and mini-batch")
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
    chosen = processor.set_up(sizes, choices["batch_size"], threads)
    # From here on NumPy is there, and has read which kernels it may use.
    from nnbp.cli.resuming import check_dataset, resumed
    from nnbp.cli.training import Training
    from nnbp.sgd import State
    from nnbp.storage import Model, Origin

    settings = _settings(choices)
    known = None if resume is None else modelfiles.read(resume)
    if known is None:
        check_sizes(sizes, data.shape(dataset))
    else:
        known = resumed(known, _given(context))
        begun_with = known.origin.threads
        chosen = processor.set_up(known.network.sizes, known.settings.batch_size, threads, begun_with)
        dataset = modelfiles.dataset_of(known) if dataset is None else dataset
    target = Output(output or (resume if resume not in (None, STANDARD) else "model.npz"))
    target.check()
    digits = subject.load_dataset(dataset, bars=not quiet)
    if known is None:
        validation = _held_out(validation, len(digits.train_labels), settings)
        seed = secrets.randbelow(2**32) if seed is None else seed
        origin = Origin(digits.name, digits.sha256, validation, seed)
        known = Model(State.begin(sizes, settings, seed), settings, origin)
    else:
        check_dataset(known, digits)
    known = replace(known, origin=replace(known.origin, threads=chosen.threads.value))
    reports = Reports(as_json, on_stderr=target.to_stdout)
    Training(known, digits, target, reports, quiet, diagnose).run(chosen.processes)


def _settings(choices: dict[str, Any]) -> Settings:
    """The settings, where each option is sound by itself; a usage error where they do not go together."""
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
            "--patience and --keep best go by the validation accuracy; hold some examples out",
            param_hint="--validation",
        )
    return count
