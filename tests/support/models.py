"""A small trained model for the tests of the model file."""

from typing import Any

import numpy as np

from nnbp import Examples, Model, Settings, Training
from nnbp.diagnoses import Diagnosis, LayerFigures


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


def diagnosed_model(epochs: int = 2, **choices: Any) -> Model:
    """The same with a diagnosis of each epoch, made up: with a remark, and figures that overflowed."""
    model = small_model(epochs, **choices)
    for epoch in range(1, epochs + 1):
        layers = LayerFigures(1, 0.25, None, None), LayerFigures(2, 0.5, 0.125 * epoch, 2.0)
        model.training.diagnosis.append(Diagnosis(epoch, layers, None if epoch > 1 else "‖δ‖: try, [or] not"))
    return model
