"""The times of the passes, measured with a clock that the test advances."""

from collections.abc import Iterable
from itertools import accumulate, chain, repeat

import numpy as np

from nnbp import COSTS, Network
from nnbp.gradcheck.timing import FEWEST_ROUNDS, ROUNDS, PassTimes, time_passes


def timed(steps: Iterable[float]) -> tuple[PassTimes, int]:
    """The result if the clock advances by these seconds between readings, and the readings."""
    readings = accumulate(chain(steps, repeat(0.0)))
    count = 0

    def clock() -> float:
        nonlocal count
        count += 1
        return next(readings)

    rng = np.random.default_rng(0)
    network = Network.random((5, 4, 3), rng, dtype=np.float64)
    inputs, targets = rng.random((2, 5)), np.eye(3)[[0, 2]]
    return time_passes(network, inputs, targets, COSTS["quadratic"], clock), count


def test_the_times_are_medians_and_slow_passes_have_five_rounds() -> None:
    # In each round: nothing, the forward pass, both passes.
    rounds = [(0.0, 1.0, 4.0), (0.0, 2.0, 5.0), (0.0, 9.0, 30.0), (0.0, 2.0, 5.0), (0.0, 3.0, 5.0)]
    times, readings = timed(chain([0.0], *rounds))
    assert times == PassTimes(forward=2.0, backward=3.0)
    assert FEWEST_ROUNDS == 5
    assert readings == 1 + 3 * 5 + 1


def test_fast_passes_have_two_hundred_rounds() -> None:
    _, readings = timed([])
    assert ROUNDS == 200
    assert readings == 1 + 3 * 200 + (200 - 5)
