"""The four files of MNIST, gzipped or not, as arrays, for the other scripts of this folder."""

import gzip
from pathlib import Path

import numpy as np
import numpy.typing as npt

Bytes = npt.NDArray[np.uint8]


def load(folder: Path) -> tuple[Bytes, Bytes, Bytes, Bytes]:
    """Training images (n, 784) and labels, test images and labels."""
    train = read(folder, "train-images-idx3-ubyte", 16), read(folder, "train-labels-idx1-ubyte", 8)
    test = read(folder, "t10k-images-idx3-ubyte", 16), read(folder, "t10k-labels-idx1-ubyte", 8)
    return train[0].reshape(len(train[1]), -1), train[1], test[0].reshape(len(test[1]), -1), test[1]


def read(folder: Path, name: str, header: int) -> Bytes:
    """The bytes after the header."""
    path = folder / name
    content = path.read_bytes() if path.exists() else gzip.decompress((folder / f"{name}.gz").read_bytes())
    return np.frombuffer(content, np.uint8, offset=header)
