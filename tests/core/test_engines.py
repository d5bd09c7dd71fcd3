"""Each engine against a loop over the examples, and the choice between the two."""

from typing import Any

import numpy as np
import pytest
from support import oracles
from support.problems import byte_examples

from nnbp import EngineError, Examples, Network, Settings, Training, choose_engine, evaluate, native
from nnbp.costs import COSTS
from nnbp.engines import Threads


@pytest.mark.parametrize("sizes", [(12, 3), (12, 9, 3), (20, 33, 17, 5)])
@pytest.mark.parametrize(
    "choices",
    [
        {},
        {"l2": 0.0, "cost": "quadratic", "learning_rate": 2.0},
        {"cost": "log-likelihood", "schedule": "constant"},
        {"l1": 0.9},
        {"l1": 0.4, "l2": 1.3, "batch_size": 1},
        {"momentum": 0.9, "learning_rate": 0.1},
        {"momentum": 0.9, "nesterov": True, "learning_rate": 0.1},
        {"momentum": 0.5, "nesterov": True, "l1": 0.4, "l2": 1.3},
        {"dropout": 0.4},
        {"dropout": 0.2, "momentum": 0.8, "l1": 0.1, "cost": "log-likelihood", "learning_rate": 0.1},
        {"batch_size": 47},
        {"batch_size": 1000},
    ],
)
def test_training_is_that_of_a_loop_over_the_examples(
    sizes: tuple[int, ...], choices: dict[str, Any], engine: str
) -> None:
    shown = byte_examples(47, sizes[0], sizes[-1], lit=0.5)
    settings = Settings(**{"epochs": 2, "batch_size": 10, "learning_rate": 0.3, "l2": 0.7, **choices})
    training = Training.begin(sizes, settings, seed=4)
    first = training.network.copy()
    reports = list(training.run(shown, engine=engine))
    rng = np.random.Generator(np.random.PCG64(4))
    Network.random(sizes, rng)  # the training also draws this first
    expected, figures = oracles.train(first.layers, shown.images / 255, shown.labels, settings, rng, "f4")
    for found, exact in zip(oracles.flatten(training.network.layers), oracles.flatten(expected), strict=True):
        assert oracles.relative_difference(found, exact) < 1e-5
    for report, (cost, accuracy) in zip(reports, figures, strict=True):
        assert report.cost == pytest.approx(cost, rel=1e-5)
        assert report.train_accuracy == pytest.approx(accuracy, abs=1e-12)
    assert rng.bit_generator.state == training.rng.bit_generator.state


def test_the_validation_accuracy_is_that_of_the_network_after_the_epoch(engine: str) -> None:
    shown, held_out = byte_examples(40, 12, 3), byte_examples(30, 12, 3, seed=1)
    settings = Settings(epochs=3)
    training = Training.begin((12, 8, 3), settings, seed=1)
    for report in training.run(shown, held_out, engine):
        layers = training.network.layers
        answers = [np.argmax(oracles.activations(layers, x / 255)[-1]) for x in held_out.images]
        assert report.validation_accuracy == np.mean(answers == held_out.labels)


FLOATS = Examples(np.zeros((2, 4)), np.zeros(2, int))
BYTES = Examples(np.zeros((2, 4), np.uint8), np.zeros(2, int))


def network(dtype: Any = np.float32) -> Network:
    return Network.random((4, 2), np.random.default_rng(0), dtype=dtype)


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the compiled engine were built; it takes float32 and bytes."""
    monkeypatch.delenv("NNBP_ENGINE", raising=False)
    monkeypatch.setattr(native, "missing", lambda: None)
    monkeypatch.setattr(
        native,
        "suits",
        lambda network, *images: (
            network.dtype == np.float32 and all(some.dtype == np.uint8 for some in images)
        ),
    )


@pytest.fixture
def not_built(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NNBP_ENGINE", raising=False)
    monkeypatch.setattr(native, "missing", lambda: "no compiler was found")


@pytest.mark.usefixtures("built")
def test_auto_is_the_compiled_engine_if_it_is_built_and_supports_the_examples(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert choose_engine("auto", network(), BYTES) == "native"
    assert choose_engine("auto", network(), BYTES, FLOATS) == "numpy"
    assert choose_engine("auto", network(np.float64), BYTES) == "numpy"
    assert choose_engine("auto", network(np.float64)) == "numpy"
    assert choose_engine("auto", network()) == "native"
    assert choose_engine("numpy", network(), BYTES) == "numpy"
    assert choose_engine("native", network(), BYTES) == "native"
    monkeypatch.setenv("NNBP_ENGINE", "numpy")
    assert choose_engine("auto", network(), BYTES) == "numpy"
    assert choose_engine("native", network(), BYTES) == "native"
    monkeypatch.setenv("NNBP_ENGINE", "")
    assert choose_engine("auto", network(), BYTES) == "native"
    monkeypatch.setenv("NNBP_ENGINE", "native")
    assert choose_engine("auto", network(), BYTES) == "native"
    assert choose_engine("auto", network(), FLOATS) == "numpy"
    assert choose_engine("numpy", network(), BYTES) == "numpy"


@pytest.mark.usefixtures("built")
def test_the_compiled_engine_is_refused_for_examples_that_it_does_not_take() -> None:
    with pytest.raises(EngineError, match=r"^engine native: .* images of bytes; use --engine numpy$"):
        choose_engine("native", network(), FLOATS)
    with pytest.raises(EngineError):
        evaluate(network(), FLOATS, COSTS["quadratic"], "native")


@pytest.mark.usefixtures("built")
def test_one_engine_trains_and_validates_and_takes_the_examples_of_both() -> None:
    training = Training.begin((4, 2), seed=1)
    training.run(BYTES, validation=FLOATS)
    assert training.engine == "numpy"
    with pytest.raises(EngineError):
        training.run(BYTES, validation=FLOATS, engine="native")
    with pytest.raises(EngineError):
        training.evaluate(FLOATS, engine="native")


@pytest.mark.usefixtures("built")
@pytest.mark.parametrize(("threads", "expected"), [("auto", None), (1, 1), (3, 3)])
def test_the_compiled_engine_gets_the_number_of_threads(
    threads: Threads, expected: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    most: list[int | None] = []
    # The number of threads comes after the generator, and after the cost.
    for name, place in (("Epochs", 5), ("Evaluator", 3)):
        monkeypatch.setattr(
            native, name, lambda *arguments, place=place: most.append(arguments[place]), raising=False
        )
    Training.begin((4, 2), seed=1).run(BYTES, validation=BYTES, engine="native", threads=threads)
    assert most == [expected, expected]


@pytest.mark.parametrize("threads", [0, -1])
def test_a_number_of_threads_below_one_is_refused_at_once(threads: int, engine: str) -> None:
    training = Training.begin((4, 2), seed=1)
    with pytest.raises(ValueError, match="at least 1, or 'auto'"):
        training.run(BYTES, engine=engine, threads=threads)
    with pytest.raises(ValueError, match="at least 1, or 'auto'"):
        training.evaluate(BYTES, engine, threads)
    with pytest.raises(ValueError, match="at least 1, or 'auto'"):
        evaluate(training.network, BYTES, "quadratic", engine, threads)


@pytest.mark.usefixtures("not_built")
def test_without_the_compiled_engine_auto_is_numpy_and_native_is_an_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    expected = "engine native: no compiler was found; reinstall nnbp with a C compiler, or use --engine numpy"
    assert choose_engine("auto", network(), BYTES) == "numpy"
    with pytest.raises(EngineError) as caught:
        choose_engine("native", network())
    assert str(caught.value) == expected
    with pytest.raises(EngineError):
        Training.begin((4, 2), seed=1).run(BYTES, engine="native")
    monkeypatch.setenv("NNBP_ENGINE", "native")
    with pytest.raises(EngineError, match="no compiler was found"):
        choose_engine("auto", network(), BYTES)


def test_an_unknown_engine_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValueError, match="not one of auto, native, numpy"):
        choose_engine("steam", network())
    monkeypatch.setenv("NNBP_ENGINE", "steam")
    with pytest.raises(EngineError, match=r"^NNBP_ENGINE: it is 'steam'; set it to native or numpy"):
        choose_engine("auto", network())
    assert choose_engine("numpy", network()) == "numpy"
