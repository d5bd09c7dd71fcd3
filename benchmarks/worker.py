"""A process that trains one network in one library: `python -m benchmarks.worker`, started by `client`.

Requests come as lines of JSON on standard input, and each is answered with a line of JSON:

    {"do": "epoch"}     the wall-clock seconds of one epoch
    {"do": "evaluate"}  the accuracy on the test set and the mean output for the right label,
                        both computed by NumPy from the parameters of any library; null for the floor
"""

import copy
import json
import os
import sys
import time
from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Any, TextIO

from benchmarks import threads
from benchmarks.grid import SEED, Row
from benchmarks.learners import LIBRARIES, Learner, Problem

if TYPE_CHECKING:
    from benchmarks.learners import Layers
    from nnbp.data import Dataset


class Worker:
    """A training, and the test set to judge it by."""

    def __init__(self, problem: Problem, digits: "Dataset") -> None:
        self.orders = copy.deepcopy(problem.training.rng)
        self.total = len(problem.examples.labels)
        self.digits = digits
        module = import_module(f"benchmarks.learners.{LIBRARIES[problem.library][0]}")
        self.learner: Learner = module.begin(problem)

    def epoch(self) -> dict[str, float]:
        order = self.orders.permutation(self.total)
        began = time.perf_counter()
        self.learner.epoch(order)
        return {"seconds": time.perf_counter() - began}

    def evaluate(self) -> dict[str, float | None]:
        layers = self.learner.layers()
        return {"accuracy": None, "certainty": None} if layers is None else judge(layers, self.digits)


def judge(layers: "Layers", digits: "Dataset") -> dict[str, float | None]:
    """Accuracy and certainty, the mean output for the right label, on the test set."""
    import numpy as np

    outputs = digits.test_images.astype(np.float64) / 255
    for weights, biases in layers:
        z = outputs @ weights.astype(np.float64) + biases
        outputs = 1 / (1 + np.exp(-z.clip(-500, 500)))
    right = outputs[np.arange(len(outputs)), digits.test_labels]
    return {
        "accuracy": float(np.mean(outputs.argmax(axis=1) == digits.test_labels)),
        "certainty": float(right.mean()),
    }


def begin(library: str, row: Row, count: int, rounds: int, dataset: str) -> Worker:
    """A new training; NumPy and the library are imported here, after the threads are settled."""
    import nnbp
    import nnbp.data

    digits = nnbp.data.load(dataset)
    settings = nnbp.Settings(
        epochs=rounds,
        batch_size=row.batch_size,
        learning_rate=row.learning_rate,
        schedule="constant",
        cost=row.cost,
        l2=row.l2,
    )
    training = nnbp.Training.begin(row.sizes, settings, SEED)
    return Worker(Problem(library, row, count, nnbp.Examples(*digits.training), training), digits)


def answer(worker: Worker, requests: TextIO, answers: TextIO) -> None:
    """Answer requests until there are no more. The first line, the number of examples, signals readiness."""
    actions: dict[str, Callable[[], dict[str, Any]]] = {"epoch": worker.epoch, "evaluate": worker.evaluate}
    print(json.dumps({"examples": worker.total}), file=answers, flush=True)
    for line in requests:
        print(json.dumps(actions[json.loads(line)["do"]]()), file=answers, flush=True)


def main() -> None:
    """Begin the training that the argument describes, in JSON."""
    # Whatever a library prints goes to standard error, not between the answers.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    order = json.loads(sys.argv[1])
    if order["pinned"]:
        threads.pin(order["threads"])
    worker = begin(
        order["library"], Row.from_json(order["row"]), order["threads"], order["rounds"], order["dataset"]
    )
    answer(worker, sys.stdin, answers)


if __name__ == "__main__":
    main()
