"""The time for distorting an image, with each preset and engine, and for the elastic field of an epoch.

Every row is a preset of `--distort`, on MNIST's training images or those of the sample, in one thread. The
engines take turns, so that other work of the machine slows both, and have to agree in every byte. The column
`epoch` is the time of an epoch of 784,100,10, with as many threads as help, relative to an undistorted one.
Run it with `make bench PART=distortion`.
"""

import os
import statistics
import time
from dataclasses import asdict

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # NumPy reads it when it is imported

import numpy as np

import nnbp
import nnbp.data
from benchmarks.medians import median_seconds
from nnbp import warping
from nnbp.distorter import Distorter
from nnbp.distortions import PRESETS, Distortion
from nnbp.native import warping as compiled

SECONDS = 2.0  # for each row
IMAGES = 2_000  # at a time
EPOCHS = 5


def epoch_seconds(distortion: Distortion, digits: nnbp.data.Dataset) -> float:
    """The median seconds of an epoch; the first one, which finds the fastest way, is left out."""
    settings = nnbp.Settings(epochs=EPOCHS + 1, batch_size=16, **asdict(distortion))
    began, seconds = time.perf_counter(), []
    for _ in nnbp.Training.begin((784, 100, 10), settings, seed=1).run(digits.training):
        seconds.append(time.perf_counter() - began)
        began = time.perf_counter()
    return statistics.median(seconds[1:])


def row(name: str, distortion: Distortion, digits: nnbp.data.Dataset, plain: float) -> str:
    """Measure one preset."""
    images, shape = digits.train_images[:IMAGES], digits.image_shape
    distorter = Distorter(distortion, shape, np.random.default_rng(1))
    maps, field = distorter.draw(IMAGES), distorter.field
    same = (warping.distort(images, maps, field, shape) == compiled.distort(images, maps, field, shape)).all()
    numpy, native, draw, make = median_seconds(
        [
            lambda: warping.distort(images, maps, field, shape),
            lambda: compiled.distort(images, maps, field, shape),
            lambda: distorter.draw(IMAGES),
            lambda: Distorter(distortion, shape, np.random.default_rng(1)),
        ],
        SECONDS,
    )
    each = "  ".join(f"{seconds / IMAGES * 1e6:7.2f}" for seconds in (native, numpy, draw))
    ratio = epoch_seconds(distortion, digits) / plain
    return f"{name:>8}  {each}  {make * 1e3:8.2f}  {ratio:8.2f}  {'yes' if same else 'NO'}"


def main() -> None:
    digits = nnbp.data.load()
    plain = epoch_seconds(Distortion(), digits)
    print(f"{digits.name}; µs an image, ms a field, epochs relative to {plain:.3f} s")
    print("  preset   native    NumPy     draw     field     epoch  equal")
    for name, distortion in PRESETS.items():
        print(row(name, distortion, digits, plain), flush=True)


if __name__ == "__main__":
    main()
