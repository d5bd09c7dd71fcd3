"""How long a forward and a backward pass of one mini-batch take."""

import statistics
import time
from dataclasses import dataclass

import numpy as np

from nnbp.arrays import Array
from nnbp.backprop import Backpropagation, Workspace
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


def time_passes(network: Network, inputs: Array, targets: Array, cost: Cost) -> PassTimes:
    """Medians of up to 200 rounds, as many as 0.2 seconds allow; inputs (B, n_0), targets (B, n_L)."""
    padded = np.hstack([inputs, np.ones_like(inputs[:, :1])])
    backpropagation = Backpropagation(
        Workspace(network, len(inputs)), padded, targets, np.empty_like(targets), cost
    )
    sums = [np.zeros_like(layer) for layer in network.parameters]
    forward: list[float] = []
    both: list[float] = []
    backpropagation.run()
    started = time.perf_counter()
    while len(forward) < FEWEST_ROUNDS or (len(forward) < ROUNDS and time.perf_counter() - started < SECONDS):
        # In turn, so that whatever else the machine does slows both.
        began = time.perf_counter()
        backpropagation.forward.run()
        between = time.perf_counter()
        backpropagation.run()
        backpropagation.add_mean_gradients(factor=1.0, to=sums)
        both.append(time.perf_counter() - between)
        forward.append(between - began)
    return PassTimes(statistics.median(forward), statistics.median(both) - statistics.median(forward))
