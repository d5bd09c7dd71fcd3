"""The compiled engine: what `sgd.Epochs` and `evaluation.Evaluator` do, at the speed of the processor.

Importing this package imports nothing heavy.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from nnbp.arrays import Array
    from nnbp.costs import Cost
    from nnbp.evaluation import Evaluation
    from nnbp.minibatches import Examples
    from nnbp.network import Network
    from nnbp.settings import Settings


def missing() -> str | None:
    """Why the compiled engine cannot be used here; None where it can."""
    return "the compiled engine is not built"


def describe() -> dict[str, str]:
    """Facts about the compiled engine, such as its instruction set, by name."""
    return {}


def suits(network: "Network", examples: "Examples") -> bool:
    """Whether it takes this network (float32) and these images (bytes)."""
    return False


class Epochs:
    """As `nnbp.sgd.Epochs`."""

    def __init__(
        self,
        network: "Network",
        velocity: "Sequence[tuple[Array, Array]]",
        training: "Examples",
        settings: "Settings",
        rng: "np.random.Generator",
        threads: int | None = None,
    ) -> None:
        raise NotImplementedError

    def run(self, epoch: int) -> "Evaluation":
        raise NotImplementedError


class Evaluator:
    """As `nnbp.evaluation.Evaluator`."""

    def __init__(
        self, network: "Network", examples: "Examples", cost: "Cost", threads: int | None = None
    ) -> None:
        raise NotImplementedError

    def run(self) -> "Evaluation":
        raise NotImplementedError
