"""The network, the mini-batch and the gradients that `nnbp check` works on."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from nnbp.cli import loading
from nnbp.gradcheck.fault import Fault

if TYPE_CHECKING:
    import numpy as np

    from nnbp.arrays import Array, Layers
    from nnbp.costs import Cost
    from nnbp.network import Network

    Problem = tuple[Network, Array, Array, Cost]

# When a fault has no effect, and how to give it one.
NO_EFFECT = {
    Fault.BP1_WITHOUT_SIGMA_PRIME: "with the {cost} cost; add --cost quadratic",
    Fault.MISSING_TRANSPOSE: "without a hidden layer, or below layers of one neuron; change --sizes",
    Fault.BP2_WITHOUT_SIGMA_PRIME: "without a hidden layer; add one to --sizes",
    Fault.BIASES_NOT_SUMMED: "in a mini-batch of one example; raise --batch-size",
    Fault.AVERAGED_TWICE: "in a mini-batch of one example; raise --batch-size",
}


@dataclass(frozen=True)
class Options:
    """The options of a check, with the seed and the number of samples filled in."""

    sizes: tuple[int, ...]
    cost: str
    batch_size: int
    samples: int | None
    plant: str | None
    seed: int
    dataset: str | None


def build_problem(options: Options, rng: "np.random.Generator") -> "tuple[Problem, str]":
    """A random network, a mini-batch and the cost, and the name of the data set."""
    import numpy as np

    from nnbp.costs import COSTS
    from nnbp.network import Network

    network = Network.random(options.sizes, rng, dtype=np.float64)
    inputs, targets, source = examples(options.dataset, options.sizes, options.batch_size, rng)
    return (network, inputs, targets, COSTS[options.cost]), source


def find_gradients(problem: "Problem", plant: str | None) -> "Layers":
    """The gradients to check. Raises a usage error if the planted fault has no effect."""
    from nnbp.backprop import mean_gradients
    from nnbp.gradcheck import faults

    if plant is None:
        return mean_gradients(*problem)
    try:
        return faults.plant(plant, *problem)
    except ValueError as error:
        reason = NO_EFFECT[Fault(plant)].format(cost=problem[-1].name)
        raise click.BadParameter(f"this fault has no effect {reason}", param_hint="'--plant'") from error


def examples(
    dataset: str | None, sizes: tuple[int, ...], count: int, rng: "np.random.Generator"
) -> "tuple[Array, Array, str]":
    """Inputs (B, n_0) and one-hot targets (B, n_L) in float64, and the name of the data set."""
    import numpy as np

    classes = np.eye(sizes[-1])
    if dataset is None:
        return rng.random((count, sizes[0])), classes[rng.integers(0, sizes[-1], count)], "random"
    loaded = loading.load_dataset(dataset)
    available = len(loaded.train_labels)
    if count > available:
        raise click.BadParameter(
            f"{count:,} examples are needed, but {loaded.name} has only {available:,} training examples",
            param_hint="'--batch-size'",
        )
    which = rng.choice(available, count, replace=False)
    images, labels = loaded.train_images[which], loaded.train_labels[which]
    loaded.check_unchanged()
    return images / 255.0, classes[labels], loaded.name
