"""The figures of a training so far, and the values to compare them with: all that a remark depends on."""

from collections.abc import Sequence
from dataclasses import dataclass

from nnbp.reports import EpochReport
from nnbp.settings import Settings

# Above chance by less than this part of the way to 1, nothing was learned; the first epoch on MNIST has 0.9.
LEARNED = 0.05
# Below this part, little was learned; of two classes with 30 % of the labels flipped, 0.4 can be learned.
LEARNED_LITTLE = 0.3


@dataclass(frozen=True)
class LayerHealth:
    """The figures of a layer, counted from 1 above the input; not finite where numbers overflow.

    saturated   fraction of activations below 0.05 or above 0.95
    delta_norm  mean over the examples of ‖δ‖, the error of the layer
    update      norm of the epoch's change of the weights, relative to the norm of the weights
    """

    layer: int
    saturated: float
    delta_norm: float
    update: float


@dataclass(frozen=True)
class Evidence:
    """The figures of an epoch, and the values to compare them with.

    reports     of all epochs so far
    stuck       fraction of examples with a saturated wrong output
    examples    number of training examples
    chance      accuracy of the best constant answer: the frequency of the most common class
    blind_cost  cost of answering every example with the frequencies of the classes
    """

    settings: Settings
    reports: Sequence[EpochReport]
    layers: Sequence[LayerHealth]
    stuck: float
    examples: int
    chance: float
    blind_cost: float

    @property
    def report(self) -> EpochReport:
        """Of the last epoch."""
        return self.reports[-1]

    @property
    def learned_nothing(self) -> bool:
        """Whether the training accuracy is hardly above chance."""
        return self._learned < LEARNED

    @property
    def learned_little(self) -> bool:
        """Whether most of what can be learned from noisy labels is still to be learned."""
        return self._learned < LEARNED_LITTLE

    @property
    def _learned(self) -> float:
        """How far the training accuracy is on its way from chance to 1."""
        return (self.report.train_accuracy - self.chance) / (1.0 - self.chance)

    @property
    def started(self) -> int:
        """Epochs since the warm-up, in which low rates and what follows from them are intended."""
        return self.report.epoch - self.settings.warmup

    @property
    def update(self) -> float:
        """The largest update of a layer."""
        return max(layer.update for layer in self.layers)
