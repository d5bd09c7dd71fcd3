"""Labels with NumPy alone: `python -m benchmarks.predict.with_numpy MODEL < IMAGES`."""

import sys

import numpy as np
import numpy.typing as npt

from benchmarks.predict.script import answer, layers

network = layers(sys.argv[1])


def probabilities(a: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    for weights, biases in network:
        a = 1 / (1 + np.exp(-(a @ weights + biases)))
    return a


answer(probabilities)
