"""The diagnosis of an epoch as a training keeps it: the figures of its layers, and a remark."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nnbp.diagnosis import Health

# Layers in all diagnoses of a training together, so that a model file stays small however long it trains.
MAX_LAYERS_KEPT = 30_000
# No remark has more characters.
MAX_REMARK = 300


@dataclass(frozen=True)
class LayerFigures:
    """The figures of a layer as in `LayerHealth`; None for one that overflowed.

    Raises ValueError for a figure out of range.
    """

    layer: int
    saturated: float | None
    delta_norm: float | None
    update: float | None

    def __post_init__(self) -> None:
        if not (0 <= (self.saturated or 0) <= 1 and min(self.delta_norm or 0, self.update or 0) >= 0):
            raise ValueError(f"figures of layer {self.layer} are out of range")


@dataclass(frozen=True)
class Diagnosis:
    """The layers after an epoch, in order, and a remark in plain words if they match a known problem.

    Raises ValueError for layers that are not numbered 1, 2, 3, …, and for a remark that is not one.
    """

    epoch: int
    layers: tuple[LayerFigures, ...]
    remark: str | None

    def __post_init__(self) -> None:
        if [layer.layer for layer in self.layers] != list(range(1, len(self.layers) + 1)):
            raise ValueError("the layers of a diagnosis are not numbered 1, 2, 3, …")
        if self.remark is not None and not (self.remark.isprintable() and 0 < len(self.remark) <= MAX_REMARK):
            raise ValueError("a remark is not a printable sentence")

    @classmethod
    def of(cls, epoch: int, health: "Health") -> "Diagnosis":
        """The diagnosis to keep of the health after this epoch."""
        layers = (
            LayerFigures(
                layer.layer, _finite(layer.saturated), _finite(layer.delta_norm), _finite(layer.update)
            )
            for layer in health.layers
        )
        return cls(epoch, tuple(layers), health.remark)


def epochs_kept(layers: int) -> int:
    """How many epochs of a network with this many layers above the input are kept: the last ones."""
    return MAX_LAYERS_KEPT // layers


def keep(diagnoses: list[Diagnosis], latest: Diagnosis) -> None:
    """Add the diagnosis of an epoch to those before it, and remove the first where they become too many."""
    diagnoses.append(latest)
    del diagnoses[: -epochs_kept(len(latest.layers))]


def check(diagnoses: Sequence[Diagnosis], epochs: int, layers: int) -> None:
    """Raise ValueError if these are not diagnoses of a training of so many epochs and layers."""
    numbers = [diagnosis.epoch for diagnosis in diagnoses]
    if numbers != sorted(set(numbers)) or (numbers and not 1 <= numbers[0] <= numbers[-1] <= epochs):
        raise ValueError("the diagnosed epochs are not epochs of the training in their order")
    if any(len(diagnosis.layers) != layers for diagnosis in diagnoses):
        raise ValueError("a diagnosis has not as many layers as the network")
    if len(diagnoses) > epochs_kept(layers):
        raise ValueError("there are more diagnoses than a model file can hold")


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
