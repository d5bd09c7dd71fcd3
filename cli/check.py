"""`nnbp check`: backpropagation against numerical differentiation, with the verdict as the exit status."""

import secrets
from typing import TYPE_CHECKING

import click

from nnbp import __version__, data
from nnbp.cli import blas, check_report
from nnbp.cli.bars import bar
from nnbp.cli.check_problem import Options, build_problem, find_gradients
from nnbp.cli.exit_status import FAILED
from nnbp.cli.near import NearChoice
from nnbp.cli.options import check_sizes, dataset_option, json_option, parse_sizes, seed_option
from nnbp.cli.output import Events
from nnbp.gradcheck.fault import Fault
from nnbp.settings import COST_NAMES, Settings

if TYPE_CHECKING:
    import numpy as np

    from nnbp.arrays import Layers
    from nnbp.cli.check_problem import Problem
    from nnbp.gradcheck import GradientCheck


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
    type=NearChoice(COST_NAMES),
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
    show_default="all, or 100 if there are more than 5,000",
    help="Weights and biases of each layer to check, picked at random.",
)
@click.option(
    "--plant",
    metavar="FAULT",
    type=NearChoice([fault.value for fault in Fault]),
    help="\b\n" + "\n".join(["Check backpropagation with this fault:", *Fault]),
)
@seed_option
@dataset_option("random examples")
@json_option
@click.pass_context
def check(
    context: click.Context,
    /,
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

    For the weights and the biases of each layer of a random network it prints the largest relative difference
    from central differences and from the complex step. The status is 1 if one exceeds its tolerance.

    \b
      nnbp check --sizes 12,8,6,5 --cost quadratic
      nnbp check --sizes 784,30,10 --dataset sample
      nnbp check --plant missing-transpose || echo noticed
    """
    blas.use_threads()
    from nnbp.gradcheck import samples_for

    check_sizes(sizes, None if dataset is None else data.shape(dataset))
    seed = secrets.randbelow(2**32) if seed is None else seed
    samples = samples_for(sizes) if samples is None else samples
    options = Options(sizes, cost, batch_size, samples, plant, seed, dataset)
    if not run(options, Events(as_json)).agrees:
        context.exit(FAILED)


def run(options: Options, events: Events) -> "GradientCheck":
    """Check the gradients of a random network, and report the result."""
    import numpy as np

    from nnbp.gradcheck.timing import time_passes

    rng = np.random.Generator(np.random.PCG64(options.seed))
    problem, source = build_problem(options, rng)
    gradients = find_gradients(problem, options.plant)
    asked = {
        "sizes": options.sizes,
        "cost_function": options.cost,
        "batch_size": options.batch_size,
        "seed": options.seed,
        "dataset": source,
        "samples": options.samples,
        "plant": options.plant,
    }
    events.event("start", {"version": __version__, **asked}, check_report.start_text(asked))
    result = _check_layers(problem, gradients, options.samples, rng, events)
    values = asked | check_report.verdict(result) | check_report.times(result, time_passes(*problem))
    events.event("check", values, check_report.verdict_text(result, values))
    return result


def _check_layers(
    problem: "Problem",
    gradients: "Layers",
    samples: int | None,
    rng: "np.random.Generator",
    events: Events,
) -> "GradientCheck":
    from nnbp.gradcheck import GradientCheck, check_gradients, count_derivatives

    layers = []
    total = count_derivatives(problem[0].sizes, samples)
    with bar(True, total=total, unit="derivative") as progress:
        for layer in check_gradients(*problem, gradients, samples, rng, progress.update):
            layers.append(layer)
            events.event("layer", check_report.layer_values(layer), check_report.layer_text(layer))
    return GradientCheck(layers)
