"""A small trained model for the tests of the model file."""

from typing import Any

import numpy as np

from nnbp import Examples, Model, Origin, Settings, State, train


def small_model(epochs: int = 2, seed: int = 1, **choices: Any) -> Model:
    """4,3,2, trained for so many epochs on random examples."""
    rng = np.random.default_rng(seed)
    shown = Examples(rng.random((12, 4)), rng.integers(0, 2, 12))
    settings = Settings(**{"epochs": epochs, "batch_size": 5, **choices})
    state = State.begin((4, 3, 2), settings, seed)
    for report in train(state, shown, shown, settings):
        if report.epoch == epochs:
            break
    origin = Origin("sample", "0123456789abcdef" * 4, validation=12, seed=seed, threads=1)
    return Model(state, settings, origin)
