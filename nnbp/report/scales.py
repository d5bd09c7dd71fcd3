"""The vertical scales of charts: how values become heights, and which values have a grid line."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from nnbp.notebook.learning_curve import Axis, axis, ticks


@dataclass(frozen=True)
class Scale:
    """The values that have a grid line, and the height of any value, in percent from the top."""

    levels: Sequence[float]
    height: Axis


def linear(values: Sequence[float]) -> Scale:
    """From one round number to another; a range below 2 % of the values does not fill it."""
    low, high = min(values), max(values)
    least = max(0.01, 0.02 * abs(high))
    if high - low < least:
        low, high = max(0.0, low - least), high + least
    levels = ticks(low, high)
    return Scale(levels, axis(levels[0], levels[-1], 100, 0))


def powers(values: Sequence[float]) -> Scale:
    """Logarithmic, from one power of ten to another; the values are above 0."""
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    high = max(high, low + 1)
    levels = range(low, high + 1, math.ceil((high - low) / 6))
    y = axis(low, high, 100, 0)
    return Scale([10.0**power for power in levels], lambda value: y(math.log10(value)))
