"""The trainings of a recipe beside its published figure: mean, deviation, standard error, verdict."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, stdev

from nnbp.recipes.recipe import Recipe
from nnbp.recipes.results import Run

# Standard errors by which a mean may be lower than a published figure and still reproduce it.
TOLERANCE = 2.0

# Sums of floats; no figure is as exact.
_ROUNDING = 1e-12


@dataclass(frozen=True)
class Reproduction:
    """A recipe and its trainings. Accuracies are fractions, 0–1; without a training there are none."""

    recipe: Recipe
    runs: Sequence[Run]

    @property
    def mean(self) -> float:
        """The mean accuracy over the seeds."""
        return fmean(run.accuracy for run in self.runs)

    @property
    def deviation(self) -> float | None:
        """The standard deviation over the seeds, with n − 1; None for one seed."""
        return stdev(run.accuracy for run in self.runs) if len(self.runs) > 1 else None

    @property
    def seconds(self) -> float:
        """The mean time of a training."""
        return fmean(run.seconds for run in self.runs)

    @property
    def standard_error(self) -> float:
        """The standard error of the difference between the mean here, m, and the published accuracy, p.

        √(p(1 − p)/n + s²/k): p was measured on n examples; k seeds deviate by s. The second term is at most
        m(1 − m)/n′ of the n′ examples here, so that seeds that fail do not widen the allowance; and it is
        that for one seed, whose deviation is unknown. Without a published figure, only the second term.
        """
        published = self.recipe.published
        theirs = 0.0 if published is None else _variance(published.accuracy / 100, published.examples)
        ours = _variance(self.mean, self.runs[0].total)
        if self.deviation is not None:
            ours = min(ours, self.deviation**2 / len(self.runs))
        return math.sqrt(theirs + ours)

    @property
    def verdict(self) -> str | None:
        """Reproduced or below; reached or missed for a goal; None without trainings on its data set.

        Reproduced: the mean is at least the published accuracy minus two standard errors. A goal has none.
        """
        if not self.runs or any(run.dataset != self.recipe.dataset for run in self.runs):
            return None
        if self.recipe.published is None:
            return "reached" if self.mean >= (self.recipe.goal or 0) / 100 - _ROUNDING else "missed"
        least = self.recipe.published.accuracy / 100 - TOLERANCE * self.standard_error
        return "reproduced" if self.mean >= least - _ROUNDING else "below"


def _variance(accuracy: float, examples: int) -> float:
    """The variance of an accuracy measured on so many examples."""
    return accuracy * (1 - accuracy) / examples
