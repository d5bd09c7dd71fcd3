"""The time that a forward and a backward pass of one mini-batch take."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from nnbp.arrays import Array
from nnbp.backprop import Backpropagation
from nnbp.costs import Cost
from nnbp.network import Network

ROUNDS = 200
SECONDS = 0.2
FEWEST_ROUNDS = 5


@dataclass(frozen=True)
class PassTimes:
    """Seconds of a forward pass, and of the backward pass after it: BP1 to BP4 and the mean."""

    forward: float
    backward: float


def time_passes(
    network: Network,
    inputs: Array,
    targets: Array,
    cost: Cost,
    clock: Callable[[], float] = time.perf_counter,
) -> PassTimes:
    """Medians of 5 to 200 rounds, as many as 0.2 seconds allow; inputs (B, n_0), targets (B, n_L)."""
    passes, z = Backpropagation(network, len(inputs), cost), np.empty_like(targets)
    forward: list[float] = []
    both: list[float] = []
    passes.run(inputs, targets, z)
    started = clock()
    while len(forward) < FEWEST_ROUNDS or (len(forward) < ROUNDS and clock() - started < SECONDS):
        # Alternating, so that other load on the machine slows both.
        began = clock()
        passes.forward.run(inputs, z)
        between = clock()
        passes.run(inputs, targets, z)
        passes.mean_gradients()
        both.append(clock() - between)
        forward.append(between - began)
    return PassTimes(statistics.median(forward), statistics.median(both) - statistics.median(forward))
