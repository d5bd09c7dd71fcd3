"""nnbp through its public names: the compiled engine, and the one in NumPy."""

from typing import TYPE_CHECKING

from benchmarks.learners import OURS, TEXTBOOK, Problem

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from benchmarks.learners import Layers


ENGINES = {OURS: "native", TEXTBOOK: "numpy"}


class Nnbp:
    """`Training.run`, which draws the same orders from its own generator."""

    def __init__(self, problem: Problem) -> None:
        self.training = problem.training
        engine = ENGINES[problem.library]
        self.reports = self.training.run(problem.examples, engine=engine, threads=problem.threads)

    def epoch(self, order: "npt.NDArray[np.int64]") -> None:
        next(self.reports)

    def layers(self) -> "Layers":
        network = self.training.network
        return [
            (w.astype("f4"), b.astype("f4")) for w, b in zip(network.weights, network.biases, strict=True)
        ]


def begin(problem: Problem) -> Nnbp:
    return Nnbp(problem)
