"""The compiled library in several threads of Python, and images whose array is gone."""

import threading
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from support.compiled import FUSED, images_of
from support.door import COUNT, evaluation, images, network, training
from support.problems import byte_examples

from nnbp.native.library import library


def test_two_threads_of_python_cannot_use_a_network_at_once() -> None:
    held = library().Network(
        sizes=(784, 800, 10), batch_size=100, cost="quadratic", velocity=False, dropout=False,
        instructions=FUSED[0],
    )  # fmt: skip
    shown = byte_examples(3000, 784, 10)
    arguments = training(
        images=images_of(shown.images, 1 << 26),
        labels=shown.labels,
        order=np.tile(np.arange(3000), 3),
        confusion=np.zeros((10, 10), np.int64),
    )
    thread = threading.Thread(target=held.train, kwargs=arguments)
    thread.start()
    refused, layer = 0, (1, np.zeros((800, 10), np.float32), np.zeros(10, np.float32), None, None)
    attempts: list[Callable[[], object]] = [
        lambda: held.train(**arguments),
        lambda: held.evaluate(**{name: arguments[name] for name in evaluation()}),
        lambda: held.get_layer(*layer),
        lambda: held.set_layer(*layer),
    ]
    while thread.is_alive():
        for attempt in attempts:
            try:
                attempt()
            except RuntimeError as error:
                assert "in use" in str(error)  # noqa: PT017 - whether it comes is a matter of time
                refused += 1
        time.sleep(0.001)
    thread.join()
    assert refused > 0
    held.get_layer(*layer)


def test_two_threads_of_python_can_use_the_same_images_at_once() -> None:
    shown, order = images(), np.tile(np.arange(COUNT), 1000)
    results: list[Any] = []

    def work() -> None:
        confusion = np.zeros((3, 3), np.int64)
        results.append(network().train(**training(images=shown, order=order, confusion=confusion)))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 4
    assert len(set(results)) == 1


def test_images_outlive_the_array_that_they_hold() -> None:
    confusions = []
    for most_bytes in (0, 1 << 20):
        shown = images_of(byte_examples(COUNT, 6, 3).images.copy(), most_bytes)
        confusions.append(np.zeros((3, 3), np.int64))
        network().evaluate(**evaluation(images=shown, confusion=confusions[-1]))
    assert confusions[0].tolist() == confusions[1].tolist()
