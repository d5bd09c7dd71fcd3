"""Epochs with the compiled library; `nnbp.sgd` uses NumPy."""

import time
from collections import deque
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from nnbp.arrays import Array, Integers, Layers
from nnbp.distorter import shape_of
from nnbp.evaluation import Evaluation
from nnbp.minibatches import Examples
from nnbp.native.library import instructions, library
from nnbp.native.pace import Pace, Way, processors, ways
from nnbp.native.parts import DISTORTED_PIXELS, AsTheyAre, Coming, Distorted, Ready
from nnbp.network import Network
from nnbp.settings import Settings
from nnbp.sgd import Progress, check_finite, diverged, ignore
from nnbp.updates import layer_rates

MOST_PIXELS = 1 << 23

# Multiply-adds per call, which make it take about ten milliseconds: long compared with starting threads, and
# short enough to notice quickly that the machine has other work.
CALL = 1 << 30

# Uniform random numbers that dropout draws per call, unless a single mini-batch needs more: 16 MB.
DRAWS = 1 << 22


def suits(network: Network, *images: npt.NDArray[Any]) -> bool:
    """Whether the engine supports them: a float32 network, and images of bytes in C order."""
    parameters = [array for layer in network.layers for array in layer]
    return (
        network.dtype == np.float32
        and network.sizes[0] <= MOST_PIXELS
        and all(array.flags.c_contiguous and array.flags.writeable for array in parameters)
        and all(some.dtype == np.uint8 and some.flags.c_contiguous for some in images)
    )


def multiply_adds_of(network: Network) -> int:
    """Multiply-adds of the forward pass of one example, with all of its pixels."""
    return sum(n_in * n_out for n_in, n_out in pairwise(network.sizes))


def draws_per_example(network: Network, settings: Settings) -> int:
    """Uniform random numbers that dropout draws for an example."""
    pixels, *hidden, _ = network.sizes
    return (pixels if settings.input_dropout else 0) + (sum(hidden) if settings.dropout else 0)


class Epochs:
    """Epochs of training, in the library's preallocated buffers."""

    def __init__(
        self,
        network: Network,
        velocity: Layers,
        examples: Examples,
        settings: Settings,
        rng: np.random.Generator,
        threads: int | None = None,
        shape: tuple[int, int] | None = None,
    ) -> None:
        """Updates `network`, `velocity` and `rng` in place; at most `threads` threads, or one per processor.

        shape  rows and columns of the images, if they are distorted; None: they are square

        Raises ValueError if the examples or the layers' rates do not match the network, and for images that
        cannot be distorted.
        """
        examples.check(network.sizes)
        self._layer_rates = layer_rates(settings, network)
        self._network, self._velocity, self._rng, self._settings = network, velocity, rng, settings
        self._examples = _supply(examples, settings, shape)
        self._total = len(examples.labels)
        batch_size = min(settings.batch_size, self._total)
        self._engine = library().Network(
            sizes=network.sizes,
            batch_size=batch_size,
            cost=settings.cost,
            velocity=bool(velocity),
            dropout=settings.dropout > 0,
            instructions=instructions(),
        )
        multiply_adds = multiply_adds_of(network)
        self._draws = draws_per_example(network, settings)
        most_examples = min(CALL // multiply_adds, DRAWS // max(1, self._draws))
        if settings.distortion is not None:
            most_examples = min(most_examples, DISTORTED_PIXELS // network.sizes[0])
        self._per_call = max(1, most_examples // batch_size) * batch_size
        self._most = most = processors() if threads is None else threads
        density = self._examples.density * (1.0 - settings.input_dropout)
        self._pace = Pace(ways(most, multiply_adds * batch_size, density), time.perf_counter)

    def run(self, epoch: int, progress: Progress = ignore) -> Evaluation:
        """Train for one epoch; returns the cost and answers of the examples, each measured before its step.

        Raises DivergenceError if a cost or a parameter is no longer finite. An epoch cut short by this error
        or by Ctrl-C leaves the network unchanged.
        """
        order = self._rng.permutation(self._total)
        exchange(self._engine.set_layer, self._network, self._velocity)
        figures = self._steps(epoch, order, progress)
        exchange(self._engine.get_layer, self._network, self._velocity)
        check_finite(self._network, epoch, self._settings, self._total)
        return figures

    def _steps(self, epoch: int, order: Integers, progress: Progress) -> Evaluation:
        classes = self._network.sizes[-1]
        confusion = np.zeros((classes, classes), np.int64)
        cost_sum = 0.0
        seen = 0
        parts = deque[Ready | Coming](self._examples.parts(order, self._per_call, self._rng))
        while parts:
            # Taken out, so that its images are let go after it: all of them may be more than memory holds.
            part = parts.popleft()
            following = parts[0] if parts else None
            cost_sum, not_finite = self._train(epoch, part, following, confusion, cost_sum)
            if not_finite >= 0:
                raise diverged(epoch, seen + not_finite, self._settings, self._total)
            seen = min(seen + self._per_call, self._total)
            progress(seen)
        return Evaluation(cost_sum / self._total, confusion)

    def _train(
        self,
        epoch: int,
        coming: Ready | Coming,
        following: Ready | Coming | None,
        confusion: npt.NDArray[np.int64],
        cost_sum: float,
    ) -> tuple[float, int]:
        """Train on a part; the sum of costs so far, and the first example of infinite cost, or -1."""
        settings, found = self._settings, (cost_sum, -1)

        def call(way: Way) -> None:
            nonlocal found
            part = coming.get(way.threads)
            # With a processor to spare, the next part is made meanwhile.
            if following is not None and way.threads < self._most:
                following.begin()
            found = self._engine.train(
                images=part.images,
                dense=way.dense,
                labels=part.labels,
                order=part.order,
                draws=self._draw(len(part.order)),
                learning_rate=settings.rate(epoch),
                layer_rates=self._layer_rates,
                l1=settings.l1 / self._total,
                l2=settings.l2 / self._total,
                momentum=settings.momentum,
                nesterov=settings.nesterov,
                dropout=settings.dropout,
                input_dropout=settings.input_dropout,
                max_norm=settings.max_norm,
                threads=way.threads,
                confusion=confusion,
                cost_sum=cost_sum,
            )

        def prepare(way: Way) -> None:
            # In this way it would have been made ahead.
            if way.threads < self._most and not coming.begun:
                coming.begin()
                coming.get(1)

        self._pace.run(call, coming.count, prepare)
        return found

    def _draw(self, examples: int) -> Array | None:
        """The random numbers that decide what is dropped, in the order of `nnbp.dropout`."""
        if not self._settings.dropout and not self._settings.input_dropout:
            return None
        return self._rng.random(examples * self._draws, np.float32)


def _supply(examples: Examples, settings: Settings, shape: tuple[int, int] | None) -> AsTheyAre | Distorted:
    if settings.distortion is None:
        return AsTheyAre(examples)
    return Distorted(examples, settings.distortion, shape_of(examples.images.shape[1], shape))


def exchange(transfer: Callable[..., None], network: Network, velocity: Layers) -> None:
    """Transfer each layer's parameters, and their velocity if any, to the library or back."""
    for number, (weights, biases) in enumerate(network.layers):
        transfer(number, weights, biases, *(velocity[number] if velocity else (None, None)))
