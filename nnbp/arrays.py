"""The array types of the core: real floating-point numbers, float32 in training and float64 in checks."""

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.floating[Any]]
Integers = npt.NDArray[np.integer[Any]]

# An array shaped as the weights and one shaped as the biases, for each layer: gradients, velocities.
Layers = list[tuple[Array, Array]]
