"""A small trained model for the tests of the model file."""

from typing import Any

import numpy as np

from nnbp import Examples, Model, Settings, Training


def small_examples(seed: int = 1) -> Examples:
    """Twelve random images of four pixels, and the same twelve again, to hold out."""
    rng = np.random.default_rng(seed)
    images, labels = rng.integers(0, 256, (12, 4), np.uint8), rng.integers(0, 2, 12)
    return Examples(np.concatenate([images, images]), np.concatenate([labels, labels]))


def small_model(epochs: int = 2, seed: int = 1, engine: str = "numpy", **choices: Any) -> Model:
    """A 4,3,2 network trained for this many epochs on random examples, in a model of the sample data set."""
    settings = Settings(**{"epochs": epochs, "batch_size": 5, **choices})
    training = Training.begin((4, 3, 2), settings, seed)
    for report in training.run(small_examples(seed), validation=12, engine=engine):
        if report.epoch == epochs:
            break
    return Model(training, "sample", "0123456789abcdef" * 4)
