"""What a page shows: models, each with its answers to the same test images."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from nnbp.arrays import Array, Integers
from nnbp.evaluation import Evaluation
from nnbp.modelfile import Model


@dataclass(frozen=True, eq=False)
class Images:
    """The images that every model of the page answers.

    name         of the data set
    images       (n, rows·columns), bytes 0–255
    labels       (n,)
    image_shape  rows and columns
    """

    name: str
    images: npt.NDArray[np.uint8]
    labels: Integers
    image_shape: tuple[int, int]


@dataclass(frozen=True, eq=False)
class Shown:
    """A model by the name of its file, with its answers to the test images.

    evaluation   on the test images
    predictions  (n,), the labels that its engine finds
    outputs      (n, n_L), the activations of the output layer
    """

    name: str
    model: Model
    evaluation: Evaluation
    predictions: Integers
    outputs: Array
