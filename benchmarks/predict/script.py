"""What the scripts of this part share: images from standard input, lines to standard output."""

import sys
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

Layers = list[tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]]
# Probabilities (n, 10) of pixels (n, 784), 0 to 1.
Probabilities = Callable[[npt.NDArray[np.float32]], npt.NDArray[np.float32]]

HEADER = 16  # bytes of an IDX file of images
AT_ONCE = 10_000  # images


def layers(model: str) -> Layers:
    """Weights (n_in, n_out) and biases of each layer in a model file."""
    with np.load(model) as file:
        count = sum(name.startswith("weights_") for name in file.files)
        return [(file[f"weights_{n}"], file[f"biases_{n}"]) for n in range(1, count + 1)]


def answer(probabilities: Probabilities) -> None:
    """Write index, label and probability of each image of 28×28 pixels on standard input."""
    sys.stdin.buffer.read(HEADER)
    index = 0
    while block := sys.stdin.buffer.read(AT_ONCE * 784):
        images = np.frombuffer(block, np.uint8).reshape(-1, 784)
        found = probabilities(np.divide(images, 255, dtype=np.float32))
        labels, likely = found.argmax(axis=1).tolist(), found.max(axis=1).tolist()
        rows = enumerate(zip(labels, likely, strict=True), index)
        sys.stdout.writelines([f"{n}\t{label}\t{p:.6g}\n" for n, (label, p) in rows])
        index += len(images)
