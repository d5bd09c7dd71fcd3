"""Ctrl-C in the middle of a call: the call ends soon, and the network can be used afterwards."""

import signal
import time
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from pathlib import Path
from types import FrameType
from typing import Any

import numpy as np
import pytest
from support.compiled import AVAILABLE, FUSED, Way, bytes_of, engine_for, exchange, images_of, train
from support.door import PLAIN
from support.problems import byte_examples
from support.program import run_script

from nnbp import Network, Settings, Training
from nnbp.native.library import library


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("method", ["train", "evaluate"])
def test_ctrl_c_ends_a_long_call_within_a_fraction_of_its_time(
    method: str, threads: int, tmp_path: Path
) -> None:
    done = run_script("interrupt_long_call", method, str(threads), AVAILABLE[0], cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert float(done.stdout) < 1 / 20


class AlarmError(Exception):
    """Raised by the handler of the signal."""


def interrupt(work: Callable[[], object], seconds: float) -> None:
    """Call `work` repeatedly until a signal arrives after this time."""

    def ring(number: int, frame: FrameType | None) -> None:
        raise AlarmError

    before = signal.signal(signal.SIGALRM, ring)
    try:
        signal.setitimer(signal.ITIMER_REAL, seconds)
        while True:
            work()
    except AlarmError:
        signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_an_interrupted_training_leaves_the_weights_of_a_whole_number_of_steps(threads: int) -> None:
    # Hidden neurons that are always 0, and outputs that are completely wrong: each step moves the output's
    # biases by the rate, and shrinks the weights.
    rate, count = 2.0**-16, 500_000
    network = Network(
        (40, 32, 2),
        [np.ones((40, 32), np.float32), np.zeros((32, 2), np.float32)],
        [np.full(32, -200.0, np.float32), np.array([-20.0, 20.0], np.float32)],
    )
    engine = library().Network(
        sizes=network.sizes, batch_size=1, cost="cross-entropy", velocity=False, dropout=False,
        instructions=FUSED[0],
    )  # fmt: skip
    training = Training(network, Settings(), np.random.default_rng(0))
    exchange(engine.set_layer, training)
    images = images_of(np.zeros((2, 40), np.uint8))

    def work() -> None:
        engine.train(
            images=images, dense=False, labels=np.zeros(2, np.int32), order=np.zeros(count, np.int64),
            draws=None, learning_rate=rate, **PLAIN | {"layer_rates": (1.0, 1.0), "l2": 1.0},
            threads=threads, confusion=np.zeros((2, 2), np.int64), cost_sum=0.0,
        )  # fmt: skip

    # On a busy machine, the threads may not have begun when the signal arrives.
    for seconds in (0.02, 0.2, 2.0, 20.0):
        interrupt(work, seconds)
        exchange(engine.get_layer, training)
        steps = round((20.0 - float(network.biases[-1][1])) / rate)
        if steps:
            break
    assert steps > 0
    assert network.weights[0] == pytest.approx((1.0 - rate) ** steps, rel=1e-5)


@pytest.mark.parametrize("threads", [1, 2])
def test_an_interrupted_step_is_taken_by_all_layers_or_by_none(threads: int) -> None:
    # Outputs that are completely wrong: each step moves their biases by the rate, which counts the steps.
    rate = 2.0**-16
    images = images_of(np.array([[250, 100, 30, 0]], np.uint8))

    def begun() -> tuple[Training, Any]:
        training = Training.begin((4, 17, 17, 17, 2), seed=1)
        training.network.biases[-1][:] = -20, 20
        engine = engine_for(training.network, 1, training.settings)
        exchange(engine.set_layer, training)
        return training, engine

    def train_steps(engine: Any, count: int) -> None:
        engine.train(
            images=images, dense=False, labels=np.zeros(1, np.int32), order=np.zeros(count, np.int64),
            draws=None, learning_rate=rate, **PLAIN | {"layer_rates": (1.0,) * 4},
            threads=threads, confusion=np.zeros((2, 2), np.int64), cost_sum=0.0,
        )  # fmt: skip

    # The signal is noticed at one of a dozen places in a step.
    for _ in range(20):
        found, engine = begun()
        interrupt(partial(train_steps, engine, 500_000), 0.02)
        exchange(engine.get_layer, found)
        expected, engine = begun()
        train_steps(engine, round((20.0 - float(found.network.biases[-1][1])) / rate))
        exchange(engine.get_layer, expected)
        assert bytes_of(found) == bytes_of(expected)


def test_a_call_hears_several_signals_one_after_another() -> None:
    # A million steps take about a second, and the engine asks for signals every ten milliseconds.
    count, heard = 1_000_000, list[float]()
    engine = engine_for(Training.begin((40, 32, 2), seed=1).network, 1, Settings())
    images = images_of(np.full((2, 40), 9, np.uint8))

    def hear(number: int, frame: FrameType | None) -> None:
        heard.append(time.monotonic())
        if len(heard) == 5:
            raise AlarmError

    before = signal.signal(signal.SIGALRM, hear)
    signal.setitimer(signal.ITIMER_REAL, 0.02, 0.02)
    try:
        with pytest.raises(AlarmError):
            engine.train(
                images=images, dense=False, labels=np.zeros(2, np.int32), order=np.zeros(count, np.int64),
                draws=None, learning_rate=0.1, **PLAIN,
                threads=1, confusion=np.zeros((2, 2), np.int64), cost_sum=0.0,
            )  # fmt: skip
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGALRM, before)
    assert min(later - earlier for earlier, later in pairwise(heard)) < 0.2


def test_a_signal_whose_handler_returns_does_not_end_a_call() -> None:
    shown, settings, heard = byte_examples(3000, 784, 10), Settings(epochs=1, batch_size=100), []
    before = signal.signal(signal.SIGALRM, lambda number, frame: heard.append(number))
    found = set()
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.01, 0.01)
        while len(heard) < 3:
            training = Training.begin((784, 300, 10), settings, seed=1)
            train(training, shown, Way(threads=2))
            found.add(bytes_of(training))
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGALRM, before)
    calm = Training.begin((784, 300, 10), settings, seed=1)
    train(calm, shown)
    assert found == {bytes_of(calm)}
