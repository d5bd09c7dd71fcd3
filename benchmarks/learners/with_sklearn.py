"""scikit-learn's MLPClassifier, an epoch at each call.

With one-hot labels its outputs are sigmoids with the cross-entropy cost, as in nnbp's default network. It has
no quadratic cost for classifiers, and trains with cross-entropy instead.
"""

import warnings
from typing import TYPE_CHECKING

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

from benchmarks.learners import Problem

if TYPE_CHECKING:
    import numpy.typing as npt

    from benchmarks.learners import Layers


class Sklearn:
    """A classifier that continues its training (`warm_start`), with the examples in a given order."""

    def __init__(self, problem: Problem) -> None:
        # It warns at every call that trains for one epoch.
        warnings.simplefilter("ignore", ConvergenceWarning)
        row = problem.row
        self.images = problem.images()
        self.targets = problem.targets().astype(np.int8)
        self.classifier = MLPClassifier(
            hidden_layer_sizes=row.sizes[1:-1],
            activation="logistic",
            solver="sgd",
            # It divides alpha by the size of the mini-batch, nnbp λ by the number of all examples.
            alpha=row.l2 * row.batch_size / len(self.images),
            batch_size=row.batch_size,
            learning_rate_init=row.learning_rate,
            momentum=0.0,
            max_iter=1,
            shuffle=False,
            tol=0.0,
            warm_start=True,
        )
        self._begin(problem)

    def _begin(self, problem: Problem) -> None:
        """Let the classifier make its arrays, in a fit to one example per class, and fill in the network."""
        classes = problem.row.sizes[-1]
        batch_size = self.classifier.batch_size
        self.classifier.set_params(batch_size=classes)
        self.classifier.fit(self.images[:classes], np.eye(classes, dtype=np.int8))
        self.classifier.set_params(batch_size=batch_size)
        self.classifier.coefs_ = [w for w, _ in problem.layers()]
        self.classifier.intercepts_ = [b for _, b in problem.layers()]

    def epoch(self, order: "npt.NDArray[np.int64]") -> None:
        self.classifier.fit(self.images[order], self.targets[order])

    def layers(self) -> "Layers":
        return list(zip(self.classifier.coefs_, self.classifier.intercepts_, strict=True))


def begin(problem: Problem) -> Sklearn:
    return Sklearn(problem)
