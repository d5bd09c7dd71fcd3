"""A small trained model for the tests of the model file."""

from typing import Any

import numpy as np

from nnbp import Examples, Model, Origin, Settings, State, train


def small_examples(seed: int = 1) -> Examples:
    """Twelve random images of four pixels."""
    rng = np.random.default_rng(seed)
    return Examples(rng.integers(0, 256, (12, 4), np.uint8), rng.integers(0, 2, 12))


def small_model(epochs: int = 2, seed: int = 1, engine: str = "numpy", **choices: Any) -> Model:
    """4,3,2, trained for so many epochs on random examples."""
    shown = small_examples(seed)
    settings = Settings(**{"epochs": epochs, "batch_size": 5, **choices})
    state = State.begin((4, 3, 2), settings, seed)
    for report in train(state, shown, shown, settings, engine):
        if report.epoch == epochs:
            break
    origin = Origin("sample", "0123456789abcdef" * 4, validation=12, seed=seed, engine=engine)
    return Model(state, settings, origin)
