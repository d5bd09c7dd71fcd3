"""The two engines, and the choice between them.

The NumPy engine (sgd.py, evaluation.py) is written to be read; the compiled one (native/) does the same,
faster. No other file of the core imports that folder.
"""

import os
from typing import Any, Literal, Protocol

import numpy as np
import numpy.typing as npt

from nnbp import evaluation, native, prediction, sgd
from nnbp.arrays import Array, Integers, Layers
from nnbp.costs import Cost, find_cost
from nnbp.errors import EngineError
from nnbp.evaluation import Evaluation
from nnbp.minibatches import Examples, ImagesAndLabels
from nnbp.network import Network
from nnbp.settings import ENGINES, Settings
from nnbp.sgd import Progress

ENGINE_VARIABLE = "NNBP_ENGINE"

# No machine has more; the compiled engine uses at most 64.
MOST_THREADS = 1 << 20

# auto: as many as help, up to one per processor.
Threads = int | Literal["auto"]


class Epochs(Protocol):
    """The epochs of a training, by either engine."""

    def run(self, epoch: int, progress: Progress) -> Evaluation:
        """Train for one epoch, and return the cost and answers of its examples."""


class Evaluator(Protocol):
    """Evaluations of one network on one set of examples, by either engine."""

    def run(self) -> Evaluation:
        """Evaluate the network in its current state."""


class Predictor(Protocol):
    """Outputs of one network, whose parameters are copied, by either engine."""

    def answers(self, images: npt.NDArray[Any]) -> tuple[Integers, Array]:
        """The predicted labels (n,), and the activations of the output layer, (n, n_L)."""


def choose_engine(wanted: str, network: Network, *examples: Examples) -> str:
    """The engine for these examples: "native" or "numpy".

    "auto" is the compiled engine if it was built, for float32 networks and images of bytes, unless
    NNBP_ENGINE is numpy. NNBP_ENGINE=native requires it to be built. Raises ValueError for an unknown engine,
    and EngineError if the compiled engine is requested but cannot be used, or NNBP_ENGINE is unknown.
    """
    return choose_engine_for(wanted, network, *(some.images for some in examples))


def choose_engine_for(wanted: str, network: Network, *images: npt.NDArray[Any]) -> str:
    """The same for images (n, n_0); without any, for images of bytes."""
    if wanted not in ENGINES:
        raise ValueError(f"engine {wanted!r} is not one of {', '.join(ENGINES)}")
    asked = _engine_of_the_environment() if wanted == "auto" else wanted
    if asked == "numpy":
        return "numpy"
    reason = native.missing()
    if reason and asked == "native":
        raise EngineError("engine native", reason, "reinstall nnbp with a C compiler, or use --engine numpy")
    suits = native.suits(network, *images)
    if not suits and wanted == "native":
        raise EngineError(
            "engine native", "it supports only float32 networks and images of bytes", "use --engine numpy"
        )
    return "native" if suits and not reason else "numpy"


def evaluate(
    network: Network,
    examples: ImagesAndLabels,
    cost: str | Cost,
    engine: str = "auto",
    threads: Threads = "auto",
) -> Evaluation:
    """Evaluate a network on these examples.

    examples    images (n, n_0), bytes 0–255 or numbers 0–1, and labels (n,), 0 to n_L − 1
    cost        one of COSTS, or its name: the one that the network was trained with
    engine      as for `choose_engine`
    threads     maximum for the compiled engine; auto: as many as help

    Raises ValueError for examples that do not match the sizes, an unknown cost or engine, and fewer threads
    than 1; and EngineError as `choose_engine` does.

    >>> import numpy as np
    >>> network = Network.random((4, 3), np.random.default_rng(0))
    >>> evaluate(network, (np.zeros((5, 4)), np.array([0, 1, 2, 0, 1])), "cross-entropy").total
    5
    """
    shown = Examples.of(examples)
    shown.check(network.sizes)
    return evaluator(choose_engine(engine, network, shown), network, shown, find_cost(cost), threads).run()


def evaluator(engine: str, network: Network, examples: Examples, cost: Cost, threads: Threads) -> Evaluator:
    """The evaluator of an engine, "native" or "numpy". Raises ValueError for a number of threads below 1."""
    most = _most(threads)
    if engine == "native":
        return native.Evaluator(network, examples, cost, most)
    return evaluation.Evaluator(network, examples, cost)


def predictor(engine: str, network: Network, cost: Cost, threads: Threads) -> Predictor:
    """The predictor of an engine, "native" or "numpy". Raises ValueError for a number of threads below 1."""
    most = _most(threads)
    if engine == "native":
        return native.Predictor(network, cost, most)
    return prediction.Predictor(network, cost)


def epochs(
    engine: str,
    network: Network,
    velocity: Layers,
    examples: Examples,
    settings: Settings,
    rng: np.random.Generator,
    threads: Threads,
    shape: tuple[int, int] | None,
) -> Epochs:
    """The epochs of an engine, "native" or "numpy"; they update `network`, `velocity` and `rng` in place.

    shape  rows and columns of the images, if they are distorted; None: they are square

    Raises ValueError for a number of threads below 1, rates for another number of layers, and images that
    cannot be distorted.
    """
    most = _most(threads)
    if engine == "native":
        return native.Epochs(network, velocity, examples, settings, rng, most, shape)
    return sgd.Epochs(network, velocity, examples, settings, rng, shape)


def _most(threads: Threads) -> int | None:
    if threads == "auto":
        return None
    if threads < 1:
        raise ValueError(f"threads is {threads}; it has to be at least 1, or 'auto'")
    return min(threads, MOST_THREADS)


def _engine_of_the_environment() -> str:
    named = os.environ.get(ENGINE_VARIABLE) or "auto"
    if named not in ENGINES:
        raise EngineError(ENGINE_VARIABLE, f"it is {named!a:.40}", "set it to native or numpy, or unset it")
    return named
