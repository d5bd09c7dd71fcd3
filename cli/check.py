"""`nnbp check`: backpropagation against numerical differentiation, with a status to trust."""

import secrets
from typing import TYPE_CHECKING

import click

from nnbp import data
from nnbp.cli import blas, check_report, loading
from nnbp.cli.options import check_sizes, dataset_option, json_option, parse_sizes, seed_option
from nnbp.cli.output import Reports
from nnbp.settings import COST_NAMES, Settings

if TYPE_CHECKING:
    import numpy as np

    from nnbp.arrays import Array

FAILED = 1
FAULTS = (
    "bp1-without-sigma-prime",
    "missing-transpose",
    "bp2-without-sigma-prime",
    "biases-not-summed",
    "averaged-twice",
)


@click.command
@click.option(
    "--sizes",
    metavar="N,…,N",
    callback=parse_sizes,
    default="30,20,15,10",
    show_default=True,
    help="Neurons of each layer; the default takes about a second.",
)
@click.option(
    "--cost",
    type=click.Choice(COST_NAMES),
    default=Settings.cost,
    show_default=True,
    help="Cost function to differentiate.",
)
@click.option(
    "--batch-size",
    metavar="N",
    type=click.IntRange(1),
    default=Settings.batch_size,
    show_default=True,
    help="Examples in the mini-batch.",
)
@click.option(
    "--samples",
    metavar="N",
    type=click.IntRange(1),
    show_default="all of up to 5,000 in the network, else 100",
    help="Weights and biases of each layer to check, picked at random.",
)
@click.option(
    "--plant",
    metavar="FAULT",
    type=click.Choice(FAULTS),
    help=f"Check a backpropagation with this fault instead: {', '.join(FAULTS)}.",
)
@seed_option
@dataset_option("random examples")
@json_option
@click.pass_context
def check(
    context: click.Context,
    sizes: tuple[int, ...],
    cost: str,
    batch_size: int,
    samples: int | None,
    plant: str | None,
    seed: int | None,
    dataset: str | None,
    as_json: bool,
) -> None:
    """Compare backpropagation with numerical differentiation, in float64.

    For each layer of a random network it prints the largest relative difference from central differences and
    from the complex step, of the weights and of the biases. The status is 1 if one is above its tolerance.

    \b
      nnbp check --sizes 12,8,6,5 --cost quadratic
      nnbp check --sizes 784,30,10 --dataset sample
      nnbp check --plant missing-transpose || echo noticed
    """
    blas.use_threads()
    import numpy as np

    from nnbp import gradcheck
    from nnbp.backprop import mean_gradients
    from nnbp.costs import COSTS
    from nnbp.gradcheck import faults
    from nnbp.gradcheck.timing import time_passes
    from nnbp.network import Network

    check_sizes(sizes, None if dataset is None else data.shape(dataset))
    seed = secrets.randbelow(2**32) if seed is None else seed
    samples = gradcheck.samples_for(sizes) if samples is None else samples
    rng = np.random.Generator(np.random.PCG64(seed))
    network = Network.random(sizes, rng, dtype=np.float64)
    inputs, targets, source = examples(dataset, sizes, batch_size, rng)
    problem = network, inputs, targets, COSTS[cost]
    try:
        gradients = mean_gradients(*problem) if plant is None else faults.plant(plant, *problem)
    except ValueError as error:
        raise click.BadParameter(f"{error}; change one of these", param_hint="--plant") from error
    reports = Reports(as_json)
    planted = "" if plant is None else f"; planted: {plant}"
    if not as_json:
        shown = ",".join(map(str, sizes))
        click.echo(f"{shown} on {source} examples: {cost}, mini-batch of {batch_size}; seed {seed}{planted}")
        click.echo(check_report.HEADING)
    layers = []
    for layer in gradcheck.check_gradients(*problem, gradients, samples, rng):
        layers.append(layer)
        reports.event("layer", check_report.layer_values(layer), check_report.layer_text(layer))
    values = {
        "sizes": sizes,
        "cost": cost,
        "batch_size": batch_size,
        "seed": seed,
        "dataset": source,
        "samples": samples,
        "plant": plant,
        **check_report.verdict(layers),
        **check_report.times(layers, time_passes(*problem)),
    }
    reports.event(
        "check", values, f"{check_report.verdict_text(layers, values)}\n{check_report.times_text(values)}"
    )
    if not values["agrees"]:
        context.exit(FAILED)


def examples(
    dataset: str | None, sizes: tuple[int, ...], count: int, rng: "np.random.Generator"
) -> "tuple[Array, Array, str]":
    """Inputs (B, n_0) and one-hot targets (B, n_L) in float64, and their name."""
    import numpy as np

    classes = np.eye(sizes[-1])
    if dataset is None:
        return rng.random((count, sizes[0])), classes[rng.integers(0, sizes[-1], count)], "random"
    digits = loading.load_dataset(dataset)
    available = len(digits.train_labels)
    if count > available:
        raise click.BadParameter(
            f"{count:,} examples are wanted, and {digits.name} has {available:,} to train on",
            param_hint="--batch-size",
        )
    which = rng.choice(available, count, replace=False)
    return digits.train_images[which] / 255.0, classes[digits.train_labels[which]], digits.name
