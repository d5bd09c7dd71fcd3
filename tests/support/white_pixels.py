"""Images of three pixels, of which one is white, and networks whose answer is its number."""

from pathlib import Path

import numpy as np

from nnbp import Settings, Training
from support.datasets import idx_bytes


def write_folder(folder: Path, white: list[int], labels: list[int]) -> None:
    """A data set in which image n has the white pixel white[n]; the training set is the test set."""
    folder.mkdir()
    images = b"".join(bytes(255 if pixel == n else 0 for pixel in range(3)) for n in white)
    for split in ("train", "t10k"):
        (folder / f"{split}-images-idx3-ubyte").write_bytes(idx_bytes((len(white), 1, 3), images))
        (folder / f"{split}-labels-idx1-ubyte").write_bytes(idx_bytes((len(labels),), bytes(labels)))


def answering(path: Path, shift: int = 0, gain: float = 8.0) -> Path:
    """A model that answers with the number of the white pixel, plus `shift`, at z = gain − 1."""
    training = Training.begin((3, 3), Settings(cost="cross-entropy"), seed=1)
    training.network.weights[0][:] = np.roll(np.eye(3), shift, axis=1) * gain
    training.network.biases[0][:] = -1.0
    training.save(path)
    return path
