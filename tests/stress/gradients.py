"""Backpropagation agrees with both numerical derivatives in any network, and no planted fault does."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from support.problems import problem

from nnbp import COSTS, Network, check_gradients
from nnbp.arrays import Array
from nnbp.costs import Cost
from nnbp.gradcheck.faults import FAULTS, plant
from stress.case import Case, each

CASES = 1_000
SECONDS = 60


def run(cases: int, seed: int, folder: Path) -> Iterator[int]:
    """Check this many random networks."""
    return each("gradients", check, cases, seed, folder)


def check(case: Case, folder: Path) -> None:
    """Check the gradients of a random network, also saturated or with tiny weights, then with every fault."""
    rng = case.rng()
    sizes = tuple(rng.randint(1, 13) for _ in range(rng.randint(2, 6)))
    cost, batch = COSTS[rng.choice(list(COSTS))], rng.randint(1, 12)
    network_seed = rng.randrange(2**32)
    posed = problem(sizes, batch, network_seed, rng.choice([1.0, 30.0, 0.01]))
    what = f"a {sizes} network with the {cost.name} cost and {batch} examples"
    found = list(check_gradients(*posed, cost))
    if not all(layer.agrees for layer in found):
        case.fail(f"the gradients of {what} do not agree: {found}")
    _plant_each(case, (*problem(sizes, batch, network_seed), cost), what)


def _plant_each(case: Case, posed: tuple[Network, Array, Array, Cost], what: str) -> None:
    for fault in FAULTS:
        try:
            wrong = plant(fault, *posed)
        except ValueError:  # it has no effect in this network
            continue
        samples = np.random.default_rng(case.number)
        if all(layer.agrees for layer in check_gradients(*posed, gradients=wrong, samples=20, rng=samples)):
            case.fail(f"{fault} is not noticed in {what}")
