"""The time for norms and clipping of the examples' gradients, relative to the plain mean of the gradients.

Each row is one network and size of mini-batch, in one thread and in buffers made once, as in training: both
passes and the products of the mean; both passes and the norms of all gradients; both passes, the norms and
the mean of the clipped gradients. The three take turns, so that other work of the machine slows all of them.
The last column is for the public functions, which make their buffers at each call. Run it with
`make bench PART=gradients`.
"""

import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # NumPy reads it when it is imported

import numpy as np

import nnbp
from benchmarks.medians import median_seconds
from nnbp.backprop import Backpropagation
from nnbp.per_example import clipping_factors, squared_gradient_norms

SECONDS = 3.0  # for each row
MAX_NORM = 1.0


def row(sizes: tuple[int, ...], batch_size: int) -> str:
    """Measure one network and size of mini-batch."""
    rng = np.random.default_rng(1)
    network, cost = nnbp.Network.random(sizes, rng), nnbp.COSTS["cross-entropy"]
    inputs = rng.random((batch_size, sizes[0]), np.float32)
    targets = np.eye(sizes[-1], dtype=np.float32)[rng.integers(0, sizes[-1], batch_size)]
    passes, z = Backpropagation(network, batch_size, cost), np.empty_like(targets)

    def mean() -> None:
        passes.run(inputs, targets, z)
        passes.mean_gradients()

    def norms() -> None:
        passes.run(inputs, targets, z)
        squared_gradient_norms(passes.below, passes.deltas)

    def clipped() -> None:
        passes.run(inputs, targets, z)
        scales = clipping_factors(squared_gradient_norms(passes.below, passes.deltas), MAX_NORM)
        passes.mean_gradients(times=scales[:, np.newaxis])

    def public_mean() -> None:
        nnbp.mean_gradients(network, inputs, targets, cost)

    def public_clipped() -> None:
        nnbp.mean_clipped_gradients(network, inputs, targets, cost, MAX_NORM)

    plain, *others = median_seconds([mean, norms, clipped, public_mean, public_clipped], SECONDS)
    ratios = others[0] / plain, others[1] / plain, others[3] / others[2]
    shown = "  ".join(f"{ratio:7.2f}" for ratio in ratios)
    return f"{','.join(map(str, sizes)):>10}  {batch_size:6,}  {plain * 1e6:10,.0f} µs  {shown}"


def main() -> None:
    print("                             mean  relative to the mean:")
    print("   network   batch       gradient    norms  clipped  as functions")
    for sizes in ((784, 30, 10), (784, 100, 10)):
        for batch_size in (10, 100, 1000):
            print(row(sizes, batch_size), flush=True)


if __name__ == "__main__":
    main()
