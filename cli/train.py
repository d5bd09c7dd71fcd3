"""`nnbp train`: train a network, report every epoch, write the model."""

import secrets
from typing import Any

import click

from nnbp import data
from nnbp.cli import processor
from nnbp.cli.modelfiles import Output
from nnbp.cli.options import Number, dataset_option, json_option, parse_sizes, threads_option
from nnbp.cli.output import Reports, Terminal
from nnbp.settings import COST_NAMES, INITIALIZATIONS, MAX_EPOCHS, SCHEDULES, Settings


@click.command
@click.option(
    "--sizes",
    metavar="N,…,N",
    callback=parse_sizes,
    default="784,30,10",
    show_default=True,
    help="Neurons of each layer, from the pixels of an image to the classes.",
)
@click.option(
    "--epochs",
    metavar="N",
    type=click.IntRange(1, MAX_EPOCHS),
    default=Settings.epochs,
    show_default=True,
    help="Passes over the training examples.",
)
@click.option(
    "--batch-size",
    metavar="N",
    type=click.IntRange(1),
    default=Settings.batch_size,
    show_default=True,
    help="Examples in a mini-batch; the last one of an epoch may have fewer.",
)
@click.option(
    "--learning-rate",
    metavar="η",
    type=Number(0, min_open=True),
    default=Settings.learning_rate,
    show_default=True,
    help="Length of a step down the gradient, in the first epoch.",
)
@click.option(
    "--schedule",
    type=click.Choice(list(SCHEDULES)),
    default=Settings.schedule,
    show_default=True,
    help="What becomes of the learning rate: linear takes it down towards 0, epoch by epoch.",
)
@click.option(
    "--cost",
    type=click.Choice(COST_NAMES),
    default=Settings.cost,
    show_default=True,
    help="What the gradient is of.",
)
@click.option(
    "--l2",
    metavar="λ",
    type=Number(0),
    default=Settings.l2,
    show_default=True,
    help="L2 regularization: λ/2n Σw² is added to the cost of n training examples.",
)
@click.option(
    "--init",
    type=click.Choice(INITIALIZATIONS),
    default=Settings.init,
    show_default=True,
    help="Standard deviation of the first weights: 1/√n_in (scaled) or 1 (standard).",
)
@click.option(
    "--validation",
    type=click.IntRange(0),
    metavar="N",
    show_default="a sixth of them",
    help="Training examples to hold out, from the end.",
)
@click.option(
    "--seed",
    metavar="N",
    type=click.IntRange(0, 2**64 - 1),
    show_default="a random one, which is reported",
    help="Seed of all random numbers.",
)
@dataset_option("mnist; where that cannot be had, sample")
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    default="model.npz",
    show_default=True,
    help="Where the model goes; - for stdout, and then the reports go to stderr.",
)
@threads_option
@json_option
@click.option("-q", "--quiet", is_flag=True, help="Report the end only, and show no bars.")
def train(
    sizes: tuple[int, ...],
    dataset: str | None,
    validation: int | None,
    seed: int | None,
    output: str,
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
    """
    threads = processor.use_threads(threads)
    # From here on NumPy is there, and has read how many threads it may use.
    from nnbp.cli.training import Training

    _check_sizes(sizes, data.shape(dataset))
    target = Output(output)
    target.check()
    terminal = Terminal(bars=not quiet)
    digits = data.load(dataset, terminal)
    terminal.close()
    validation = len(digits.train_labels) // 6 if validation is None else validation
    if validation >= len(digits.train_labels):
        raise click.BadParameter(
            f"to hold out {validation:,} of {len(digits.train_labels):,} training examples leaves none",
            param_hint="--validation",
        )
    training = Training(
        dataset=digits,
        sizes=sizes,
        settings=Settings(**choices),
        validation=validation,
        seed=secrets.randbelow(2**32) if seed is None else seed,
        threads=threads,
        output=target,
        reports=Reports(as_json, on_stderr=target.to_stdout),
        quiet=quiet,
    )
    training.run()


def _check_sizes(sizes: tuple[int, ...], shape: data.Shape) -> None:
    """Raise a usage error unless a network of these sizes can be built and fits the data set."""
    from nnbp.network import check_sizes

    try:
        check_sizes(sizes)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--sizes") from error
    for place, found, expected, what in (
        ("first", sizes[0], shape.pixels, "pixels"),
        ("last", sizes[-1], shape.classes, "classes"),
    ):
        if found != expected:
            raise click.BadParameter(
                f"the {place} layer has {found:,} neurons, but the data set has {expected:,} {what}",
                param_hint="--sizes",
            )
