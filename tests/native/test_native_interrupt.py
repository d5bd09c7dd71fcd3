"""Ctrl-C in the middle of a call: it is heard soon, and the network can be used afterwards."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import numpy as np
import pytest
from support.compiled import AVAILABLE, FUSED, Way, bytes_of, examples, exchange, images_of, train

import nnbp
from nnbp import Network, Settings, Training
from nnbp.native.library import library

# The package under test, wherever the other process starts.
ROOT = Path(nnbp.__file__).parent.parent

# A call on a network of 9 million weights that would take long; the delay in seconds is printed.
LONG_CALL = """
import os, sys, threading, time
import numpy as np
from nnbp.native.library import library
threads, what, instructions = int(sys.argv[1]), sys.argv[2], sys.argv[3]
library = library()
engine = library.Network(sizes=(784, 2000, 2000, 1500, 10), batch_size=8, cost="quadratic", velocity=False,
                         dropout=False, instructions=instructions)
images = library.Images(np.full((100_000, 784), 9, np.uint8), 0, instructions)
arguments = dict(images=images, dense=True, labels=np.zeros(100_000, np.int32), threads=threads,
                 confusion=np.zeros((10, 10), np.int64))
if what == "train":
    arguments |= dict(order=np.arange(100_000), draws=None, learning_rate=0.1, l1=0.0, l2=0.0, momentum=0.0,
                      nesterov=False, dropout=0.0, cost_sum=0.0)
def interrupt():
    global sent
    time.sleep(0.5)
    sent = time.perf_counter()
    os.kill(os.getpid(), 2)
sent = 0.0
thread = threading.Thread(target=interrupt)
thread.start()
try:
    getattr(engine, what)(**arguments)
except KeyboardInterrupt:
    print(time.perf_counter() - sent)
thread.join()
"""


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("what", ["train", "evaluate"])
def test_ctrl_c_ends_a_long_call_within_half_a_second(what: str, threads: int, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LONG_CALL, str(threads), what, AVAILABLE[0]],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=100,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert 0.0 < float(done.stdout) < 0.5


class AlarmError(Exception):
    """What the handler of the signal raises."""


def interrupt(work: Callable[[], object]) -> None:
    """Do this again and again, until a signal comes a fiftieth of a second later."""

    def ring(number: int, frame: FrameType | None) -> None:
        raise AlarmError

    before = signal.signal(signal.SIGALRM, ring)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.02)
        while True:
            work()
    except AlarmError:
        signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_the_weights_of_an_interrupted_training_are_those_after_some_number_of_steps(threads: int) -> None:
    # Hidden neurons that do nothing and outputs that are as wrong as can be: each step moves the output's
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
    state = Training(network, Settings(), np.random.default_rng(0))
    exchange(engine.set_layer, state)
    images = images_of(np.zeros((2, 40), np.uint8))

    def work() -> None:
        engine.train(
            images=images, dense=False, labels=np.zeros(2, np.int32), order=np.zeros(count, np.int64),
            draws=None, learning_rate=rate, l1=0.0, l2=1.0, momentum=0.0, nesterov=False, dropout=0.0,
            threads=threads, confusion=np.zeros((2, 2), np.int64), cost_sum=0.0,
        )  # fmt: skip

    interrupt(work)
    exchange(engine.get_layer, state)
    steps = round((20.0 - float(network.biases[-1][1])) / rate)
    assert steps > 0
    assert network.weights[0] == pytest.approx((1.0 - rate) ** steps, rel=1e-5)


def test_a_signal_whose_handler_goes_on_does_not_end_a_call() -> None:
    shown, settings, heard = examples(3000, 784, 10), Settings(epochs=1, batch_size=100), []
    before = signal.signal(signal.SIGALRM, lambda number, frame: heard.append(number))
    found = set()
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.01, 0.01)
        while len(heard) < 3:
            state = Training.begin((784, 300, 10), settings, seed=1)
            train(state, shown, settings, Way(threads=2))
            found.add(bytes_of(state))
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGALRM, before)
    calm = Training.begin((784, 300, 10), settings, seed=1)
    train(calm, shown, settings)
    assert found == {bytes_of(calm)}
