"""Trainings on distorted images: new in every epoch, the same with either engine and when resumed."""

import threading
import weakref
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from support import oracles
from support.compiled import AVAILABLE
from support.problems import byte_examples

from nnbp import DivergenceError, Examples, Settings, Training, modelfile
from nnbp.background import Background
from nnbp.distorter import Distorter, for_epoch
from nnbp.distortions import PRESETS
from nnbp.minibatches import MiniBatches
from nnbp.native.warping import distort

FULL: dict[str, Any] = {
    "elastic": (20.0, 3.0), "rotate": 20.0, "scale": 0.2, "shear": 0.1, "shift": 1.0
}  # fmt: skip
SIZES = (48, 11, 4)
SHAPE = (6, 8)
ENGINES = ("numpy", *(("native",) if AVAILABLE else ()))


def examples(count: int = 57) -> Examples:
    return byte_examples(count, 48, 4)


def trained(engine: str = "numpy", threads: int = 1, **choices: Any) -> Training:
    training = Training.begin(SIZES, Settings(**{"epochs": 2, "batch_size": 7, **FULL, **choices}), seed=3)
    list(training.run(examples(), 10, engine=engine, threads=threads, shape=SHAPE))
    return training


def bytes_of(training: Training) -> bytes:
    return b"".join(array.tobytes() for array in oracles.flatten(training.network.layers))


@pytest.mark.parametrize("engine", ENGINES)
def test_every_setting_of_the_distortion_changes_the_training(engine: str) -> None:
    none = dict.fromkeys(FULL, 0.0) | {"elastic": (0.0, 0.0)}
    found = {
        bytes_of(trained(engine, **{**none, name: value})) for name, value in [*FULL.items(), ("l1", 0.0)]
    }
    assert len(found) == len(FULL) + 1


@pytest.mark.skipif(not AVAILABLE, reason="the compiled engine is missing")
@pytest.mark.parametrize("choices", [{}, {"dropout": 0.3}, {"momentum": 0.5, "l2": 1.0}], ids=str)
def test_both_engines_train_on_the_same_images(choices: dict[str, Any]) -> None:
    numpy, native = trained("numpy", **choices), trained("native", **choices)
    for ours, theirs in zip(
        oracles.flatten(numpy.network.layers), oracles.flatten(native.network.layers), strict=True
    ):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-5)
    assert numpy.rng.bit_generator.state == native.rng.bit_generator.state


@pytest.mark.skipif(not AVAILABLE, reason="the compiled engine is missing")
def test_images_made_ahead_and_several_threads_give_the_same_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    alone = bytes_of(trained("native", threads=1))
    assert bytes_of(trained("native", threads=2)) == alone
    # Parts of two mini-batches.
    monkeypatch.setattr("nnbp.native.epochs.DISTORTED_PIXELS", 14 * 48)
    assert bytes_of(trained("native", threads=2)) == alone
    assert bytes_of(trained("native", threads=1)) == alone


@pytest.mark.parametrize("engine", ENGINES)
def test_a_training_stopped_within_a_distorted_epoch_and_resumed_ends_with_the_same_bytes(
    engine: str,
) -> None:
    whole = trained(engine, epochs=3, dropout=0.2)
    training = Training.begin(SIZES, whole.settings, seed=3)
    reports = training.run(examples(), 10, engine=engine, threads=1, shape=SHAPE)
    next(reports)
    saved = modelfile.dumps(modelfile.Model(training))

    def stop(seen: int) -> None:
        raise KeyboardInterrupt

    resumed = modelfile.loads(saved, "here").training
    broken = modelfile.loads(saved, "here").training
    with pytest.raises(KeyboardInterrupt):
        list(broken.run(examples(), engine=engine, threads=1, shape=SHAPE, progress=stop))
    list(resumed.run(examples(), engine=engine, threads=1, shape=SHAPE))
    assert bytes_of(resumed) == bytes_of(whole)
    assert resumed.reports == whole.reports


def test_every_epoch_meets_every_image_anew_and_once() -> None:
    """By the images that reach the network: none is an original, and none comes twice."""
    settings = Settings(**FULL)
    shown = examples()
    network = Training.begin(SIZES, seed=1).network
    batches = MiniBatches(shown, network, 7)
    rng = np.random.default_rng(5)
    met: list[Any] = []
    for _ in range(2):
        assert settings.distortion is not None
        distorter = Distorter(settings.distortion, SHAPE, rng)
        order = rng.permutation(57)
        for block in batches.blocks(order, distorter):
            met += [
                row for batch in block.minibatches for row in (batch.inputs * 255).round().astype(np.uint8)
            ]
    assert len(met) == 2 * 57
    assert not {row.tobytes() for row in met} & {image.tobytes() for image in shown.images}
    assert len({row.tobytes() for row in met}) == 2 * 57


def test_validation_and_test_images_are_not_distorted() -> None:
    training = trained()
    seen = training.evaluate(Examples(*examples()).hold_out(10)[1], engine="numpy")
    assert seen.accuracy == training.reports[-1].validation_accuracy


@pytest.mark.parametrize("engine", ENGINES)
def test_images_that_cannot_be_distorted_are_refused(engine: str) -> None:
    def refused(shown: Examples, shape: tuple[int, int] | None) -> str:
        training = Training.begin(SIZES, Settings(**FULL), seed=1)
        with pytest.raises(ValueError, match="images") as caught:
            training.run(shown, engine=engine, shape=shape)
        return str(caught.value)

    assert "48 pixels are not square" in refused(examples(), None)
    assert "(n, 7 · 7) was expected" in refused(examples(), (7, 7))
    if engine == "numpy":
        assert "only bytes" in refused(Examples(examples().images / 255, examples().labels), SHAPE)


def test_square_images_need_no_shape() -> None:
    settings = Settings(**FULL, epochs=1)
    square = byte_examples(20, 49, 4)
    shaped, unshaped = (Training.begin((49, 5, 4), settings, seed=1) for _ in range(2))
    list(shaped.run(square, shape=(7, 7)))
    list(unshaped.run(square))
    assert bytes_of(shaped) == bytes_of(unshaped)


def test_the_generators_of_epochs_differ() -> None:
    """Each epoch's distortions begin with a number that the training draws; so does resuming."""
    rng = np.random.default_rng(1)
    maps = [for_epoch(PRESETS["full"], (28, 28), rng).draw(3).tobytes() for _ in range(3)]
    assert all(a != b for a, b in pairwise(maps))


@pytest.mark.skipif(not AVAILABLE, reason="the compiled engine is missing")
@pytest.mark.parametrize(("threads", "ahead"), [(1, 0), (2, 4)])
def test_one_thread_makes_its_images_itself_and_others_have_them_made_ahead(
    threads: int, ahead: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = []

    class Counted(Background[Any]):
        def __init__(self, call: Any) -> None:
            started.append(call)
            super().__init__(call)

    monkeypatch.setattr("nnbp.native.parts.Background", Counted)
    # Parts of two mini-batches, of 47 examples.
    monkeypatch.setattr("nnbp.native.epochs.DISTORTED_PIXELS", 14 * 48)
    trained("native", threads, epochs=1)
    assert len(started) == ahead


@pytest.mark.skipif(not AVAILABLE, reason="the compiled engine is missing")
def test_a_training_that_diverges_leaves_no_thread_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nnbp.native.epochs.DISTORTED_PIXELS", 14 * 48)
    with pytest.raises(DivergenceError, match="epoch 1"):
        trained("native", threads=2, learning_rate=1e30)
    for thread in threading.enumerate():
        if isinstance(thread, Background):
            thread.join(10)
    assert not any(isinstance(thread, Background) for thread in threading.enumerate())


@pytest.mark.skipif(not AVAILABLE, reason="the compiled engine is missing")
@pytest.mark.parametrize("threads", [1, 2])
def test_images_that_were_trained_on_are_let_go(threads: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise an epoch on a data set larger than memory would need all of it."""
    made: list[Any] = []
    alive: list[int] = []

    def remember(*arguments: Any, **choices: Any) -> Any:
        images = distort(*arguments, **choices)
        made.append(weakref.ref(images))
        return images

    monkeypatch.setattr("nnbp.native.parts.distort", remember)
    monkeypatch.setattr("nnbp.native.epochs.DISTORTED_PIXELS", 7 * 48)
    training = Training.begin(SIZES, Settings(epochs=1, batch_size=7, **FULL), seed=3)
    counted = training.run(
        examples(), engine="native", threads=threads, shape=SHAPE,
        progress=lambda seen: alive.append(sum(each() is not None for each in made)),
    )  # fmt: skip
    list(counted)
    assert len(made) == 9
    # The ones trained on, the next ones, and perhaps those of a thread that has not quite ended.
    assert max(alive) <= 3
