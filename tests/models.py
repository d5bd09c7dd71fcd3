"""A small trained model for the tests of the model file."""

import numpy as np

from nnbp import Examples, Model, Network, Origin, Settings, train


def small_model(epochs: int = 2, seed: int = 1, sizes: tuple[int, ...] = (4, 3, 2)) -> Model:
    rng = np.random.Generator(np.random.PCG64(seed))
    network = Network.random(sizes, rng)
    shown = Examples(rng.random((12, sizes[0])), rng.integers(0, sizes[-1], 12))
    settings = Settings(epochs=epochs, batch_size=5)
    reports = tuple(train(network, shown, shown, settings, rng))
    origin = Origin("sample", "0123456789abcdef" * 4, validation=12, seed=seed)
    return Model(network, settings, origin, reports, rng.bit_generator.state)
