"""The same training in several libraries: each trains the network of a Problem, an epoch at a time.

Each module has a `begin(problem)`, which returns a Learner. It is imported in its own process, after the
number of threads is set.
"""

from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Protocol

from benchmarks.grid import Row
from nnbp import native

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from nnbp import Examples, Network, Training

    Floats = npt.NDArray[np.float32]
    Layers = list[tuple[Floats, Floats]]

FLOOR = "floor"
OURS = "nnbp"
TEXTBOOK = "nnbp-numpy"
# For each library, the module that trains with it and the package that it needs.
LIBRARIES = {
    OURS: ("with_nnbp", "nnbp"),
    TEXTBOOK: ("with_nnbp", "nnbp"),
    "PyTorch": ("with_torch", "torch"),
    "scikit-learn": ("with_sklearn", "sklearn"),
    "JAX": ("with_jax", "jax"),
    FLOOR: ("floor", "numpy"),
}
# These compute their products with NumPy's BLAS.
WITH_NUMPY = (TEXTBOOK, FLOOR)


@dataclass(frozen=True)
class Problem:
    """A training for a library: the examples, and nnbp's own training at its beginning."""

    library: str
    row: Row
    threads: int
    examples: "Examples"  # images (n, n_0) as bytes, labels (n,)
    training: "Training"

    @property
    def network(self) -> "Network":
        return self.training.network

    def images(self) -> "Floats":
        """All images as float32, pixels 0–1; the other libraries convert them before the clock starts."""
        import numpy as np

        return self.examples.images.astype(np.float32) / np.float32(255)

    def targets(self) -> "Floats":
        """One-hot labels, (n, n_L)."""
        import numpy as np

        return np.eye(self.row.sizes[-1], dtype=np.float32)[self.examples.labels]

    def layers(self) -> "Layers":
        """Copies of the initial weights (n_in, n_out) and biases (n_out,) of each layer."""
        network = self.network
        return [
            (w.astype("f4", order="C"), b.astype("f4"))
            for w, b in zip(network.weights, network.biases, strict=True)
        ]


class Learner(Protocol):
    """A training in some library."""

    def epoch(self, order: "npt.NDArray[np.int64]") -> None:
        """Take one step for each mini-batch of the examples in this order; all are done on return."""

    def layers(self) -> "Layers | None":
        """The current network; None for the floor."""


def installed() -> list[str]:
    """The libraries that are installed."""
    found = [name for name, (_, package) in LIBRARIES.items() if find_spec(package) is not None]
    return [name for name in found if name != OURS or native.missing() is None]
