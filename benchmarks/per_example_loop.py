"""How much faster the NumPy engine is than a loop over the examples that takes the same steps.

Both train 784,30,10 with mini-batches of 10 on the bundled sample, in one thread, an epoch each in turn. Both
report the cost and the accuracy on the examples of an epoch. They begin with the same network, use the same
mini-batches, and must agree. Run it with `make bench PART=loop`.
"""

import copy
import os
import statistics
import time

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # NumPy reads it when it is imported

import numpy as np

import nnbp
import nnbp.data
from nnbp.arrays import Integers

SIZES = (784, 30, 10)
ROUNDS = 15
SETTINGS = nnbp.Settings(epochs=ROUNDS, batch_size=10, schedule="constant")


class Loop:
    """A network of two layers, trained by backpropagation, an example at a time.

    It is written out, because a loop over the equations of `nnbp.textbook`, which handle any number of layers
    and examples, takes about twice as long and would flatter the engine.
    """

    def __init__(self, network: nnbp.Network) -> None:
        self.weights = [w.T.copy() for w in network.weights]
        self.biases = [b.copy() for b in network.biases]

    def epoch(self, images: Integers, labels: Integers, order: Integers) -> tuple[float, float]:
        """Take the steps of an epoch; mean cost and accuracy."""
        eta, decay = SETTINGS.learning_rate, 1 - SETTINGS.learning_rate * SETTINGS.l2 / len(labels)
        targets = np.eye(10, dtype=np.float32)
        cost, correct, scale = 0.0, 0, np.float32(1 / 255)
        for start in range(0, len(order), SETTINGS.batch_size):
            batch = order[start : start + SETTINGS.batch_size]
            sum_w = [np.zeros_like(w) for w in self.weights]
            sum_b = [np.zeros_like(b) for b in self.biases]
            for index in batch:
                x, y = images[index] * scale, targets[labels[index]]
                hidden = 1 / (1 + np.exp(-(self.weights[0] @ x + self.biases[0])))
                z = self.weights[1] @ hidden + self.biases[1]
                delta = 1 / (1 + np.exp(-z)) - y
                sum_w[1] += np.outer(delta, hidden)
                sum_b[1] += delta
                delta_hidden = (self.weights[1].T @ delta) * hidden * (1 - hidden)
                sum_w[0] += np.outer(delta_hidden, x)
                sum_b[0] += delta_hidden
                cost += float(np.sum(np.logaddexp(0, z) - y * z))
                correct += int(np.argmax(z) == labels[index])
            rate = np.float32(eta / len(batch))
            self.weights = [
                np.float32(decay) * w - rate * dw for w, dw in zip(self.weights, sum_w, strict=True)
            ]
            self.biases = [b - rate * db for b, db in zip(self.biases, sum_b, strict=True)]
        return cost / len(order), correct / len(order)


def main() -> None:
    sample = nnbp.data.load("sample")
    examples = sample.training
    training = nnbp.Training.begin(SIZES, SETTINGS, seed=1)
    loop, orders = Loop(training.network), copy.deepcopy(training.rng)
    steps = -(-len(examples.labels) // SETTINGS.batch_size)
    reports = training.run(examples, engine="numpy")
    seconds: dict[str, list[float]] = {"mini-batches": [], "loop": []}
    for _ in range(ROUNDS):
        began = time.perf_counter()
        report = next(reports)
        between = time.perf_counter()
        cost, accuracy = loop.epoch(*examples, orders.permutation(len(examples.labels)))
        seconds["mini-batches"].append(between - began)
        seconds["loop"].append(time.perf_counter() - between)
        assert abs(report.cost - cost) < 1e-2 * cost, "the two do not take the same steps"
        assert abs(report.train_accuracy - accuracy) < 0.01, "the two do not take the same steps"
    for name, measured in seconds.items():
        print(f"{name:12}  {statistics.median(measured) / steps * 1e6:7.1f} µs a mini-batch")
    ratios = [b / a for a, b in zip(*seconds.values(), strict=True)]
    print(f"ratio         {statistics.median(ratios):7.1f}  ({min(ratios):.1f} to {max(ratios):.1f})")


if __name__ == "__main__":
    main()
