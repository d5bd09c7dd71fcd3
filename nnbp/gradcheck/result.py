"""The results of a gradient check: of weights or biases, of a layer, of a network."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

CENTRAL_TOLERANCE = 1e-6
COMPLEX_TOLERANCE = 1e-12


@dataclass(frozen=True)
class Difference:
    """The difference between backpropagation and numerical differentiation, for `checked` of `total` numbers.

    central, complex_step    the largest relative differences; nan where a gradient is not a number
    """

    checked: int
    total: int
    central: float
    complex_step: float

    @property
    def agrees(self) -> bool:
        """Whether both are within their tolerances, which nan is not."""
        return self.central <= CENTRAL_TOLERANCE and self.complex_step <= COMPLEX_TOLERANCE


@dataclass(frozen=True)
class LayerCheck:
    """The check of a layer, counted from 1; `central_seconds`, the time of its central differences."""

    layer: int
    weights: Difference
    biases: Difference
    central_seconds: float

    @property
    def parts(self) -> tuple[tuple[str, Difference], tuple[str, Difference]]:
        """Both parts of the layer with their names."""
        return ("weights", self.weights), ("biases", self.biases)

    @property
    def agrees(self) -> bool:
        """Whether both parts agree."""
        return self.weights.agrees and self.biases.agrees

    @property
    def checked(self) -> int:
        """The number of parameters that were checked."""
        return self.weights.checked + self.biases.checked

    @property
    def total(self) -> int:
        """The number of parameters."""
        return self.weights.total + self.biases.total


@dataclass(frozen=True)
class GradientCheck:
    """The check of a network: the checks of its layers, at least one."""

    layers: Sequence[LayerCheck]

    @property
    def agrees(self) -> bool:
        """Whether all layers agree."""
        return all(layer.agrees for layer in self.layers)

    @property
    def wrong_layers(self) -> list[int]:
        """The layers that do not agree, counted from 1."""
        return [layer.layer for layer in self.layers if not layer.agrees]

    @property
    def wrong_parts(self) -> list[str]:
        """The parts that do not agree, such as "layer 2 biases"."""
        return [
            f"layer {layer.layer} {name}"
            for layer in self.layers
            for name, part in layer.parts
            if not part.agrees
        ]

    @property
    def checked(self) -> int:
        """The number of parameters that were checked."""
        return sum(layer.checked for layer in self.layers)

    @property
    def total(self) -> int:
        """The number of parameters."""
        return sum(layer.total for layer in self.layers)

    @property
    def central(self) -> float:
        """The largest relative difference from central differences; nan where a gradient is not a number."""
        return _largest(part.central for part in self._parts())

    @property
    def complex_step(self) -> float:
        """The largest relative difference from the complex step; nan where a gradient is not a number."""
        return _largest(part.complex_step for part in self._parts())

    @property
    def central_seconds(self) -> float:
        """Seconds that central differences take for all parameters, extrapolated from those checked."""
        return sum(layer.central_seconds * layer.total / layer.checked for layer in self.layers)

    def _parts(self) -> Iterator[Difference]:
        return (part for layer in self.layers for _, part in layer.parts)


def _largest(values: Iterator[float]) -> float:
    # NumPy's maximum is nan if any of them is, unlike Python's.
    return float(np.max(list(values)))
