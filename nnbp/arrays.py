"""The array types of the core: real floating-point numbers, float32 in training and float64 in checks."""

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.floating[Any]]
Integers = npt.NDArray[np.integer[Any]]

# For each layer an array shaped like its weights and one shaped like its biases: gradients, velocities.
Layers = list[tuple[Array, Array]]
