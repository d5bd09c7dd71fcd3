"""The compiled library frees what it allocates, and reports memory that it cannot allocate."""

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from support.compiled import images_of
from support.door import evaluation, network, training
from support.program import run_script

MEBIBYTE = 1 << 20
RESIDENT = Path("/proc/self/statm")

pytestmark = [
    pytest.mark.skipif(not RESIDENT.exists(), reason="this system does not say how much memory is in use"),
    pytest.mark.skipif("san" in os.environ.get("LD_PRELOAD", ""), reason="a sanitizer keeps what is freed"),
]


def in_use() -> int:
    return int(RESIDENT.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def growth(work: Callable[[], object], times: int) -> int:
    """Bytes by which the memory in use grows, from the second time on."""
    work()
    before = in_use()
    for _ in range(times):
        work()
    return in_use() - before


def test_calls_free_their_answers_and_costs() -> None:
    # 100,000 answers of 4 bytes and as many costs of 8.
    count = 100_000
    shown = images_of(np.zeros((count, 1), np.uint8), 0)
    labels, small = np.zeros(count, np.int32), network(sizes=(1, 3))
    asked = evaluation(images=shown, labels=labels, threads=1)
    assert growth(lambda: small.evaluate(**asked), 100) < 20 * MEBIBYTE
    asked = training(images=shown, labels=labels, order=np.arange(count), threads=1, layer_rates=(1.0,))
    assert growth(lambda: small.train(**asked), 100) < 20 * MEBIBYTE


def test_networks_and_images_are_freed() -> None:
    # 2 MB of weights; 2 MB of lists of lit pixels, 2 MB of their offsets, and 0.5 MB of the array.
    weights, biases = np.ones((500, 1000), np.float32), np.zeros(1000, np.float32)

    def one_network() -> None:
        network(sizes=(500, 1000), batch_size=1).set_layer(0, weights, biases, None, None)

    def some_images() -> None:
        assert images_of(np.full((250_000, 2), 7, np.uint8), 4 * MEBIBYTE).kept

    assert growth(one_network, 100) < 40 * MEBIBYTE
    assert growth(some_images, 100) < 40 * MEBIBYTE


def test_refused_calls_free_the_arrays_that_they_took() -> None:
    labels = np.full(250_000, 3, np.int32)

    def refused() -> None:
        own = labels.copy()
        with pytest.raises(ValueError, match="labels"):
            network(sizes=(1, 3)).evaluate(
                **evaluation(images=images_of(np.zeros((len(own), 1), np.uint8), 0), labels=own)
            )

    assert growth(refused, 100) < 20 * MEBIBYTE


def test_refused_sizes_are_freed() -> None:
    # 8 KB each.
    wrong = (1,) * 999 + (0,)

    def refused() -> None:
        for _ in range(200):
            with pytest.raises(ValueError, match="sizes"):
                network(sizes=wrong)

    assert growth(refused, 50) < 20 * MEBIBYTE


def test_too_little_memory_is_an_error_after_which_all_goes_on(tmp_path: Path) -> None:
    done = run_script("out_of_memory", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    requests = ["network MemoryError", "lists MemoryError", "answers MemoryError"]
    assert done.stdout.splitlines() == [*requests * 3, "a small network granted"]
