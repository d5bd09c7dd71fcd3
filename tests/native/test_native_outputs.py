"""The compiled engine's outputs: right, the same in every way, and written only into arrays that fit."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support import oracles
from support.compiled import AVAILABLE, images_of
from support.door import COUNT, images, network, prediction, read_only
from support.problems import byte_examples
from support.program import run_script

from nnbp import COSTS, EngineError, Network
from nnbp.native.library import library
from nnbp.outputs import Predictor, outputs

SIZES = [(50, 5), (50, 30, 10), (60, 17, 40, 33), (9, 3, 1)]


def exact(network: Network, shown: Any, cost: str) -> Any:
    """The outputs, image by image, in float64."""
    layers = [(w.astype(float), b.astype(float)) for w, b in network.layers]
    return np.array([oracles.activations(layers, x, cost)[-1] for x in shown / 255])


@pytest.mark.parametrize("cost", COSTS)
@pytest.mark.parametrize("sizes", SIZES, ids=str)
@pytest.mark.parametrize("lit", [0.0, 0.2, 1.0])
def test_outputs_and_labels_are_those_of_the_loop_in_float64(
    cost: str, sizes: tuple[int, ...], lit: float
) -> None:
    made = Network.random(sizes, np.random.default_rng(1))
    shown = byte_examples(300, sizes[0], sizes[-1], lit).images
    labels, found = Predictor(made, cost, "native").answers(shown)
    right = exact(made, shown, cost)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, right, rtol=1e-7)
    np.testing.assert_allclose(found, made.outputs(shown, cost), rtol=1e-5, atol=1e-12)
    assert (right[np.arange(len(shown)), labels] >= right.max(axis=1) - 1e-6).all()


@pytest.mark.parametrize("cost", COSTS)
def test_every_way_gives_the_same_bytes(cost: str) -> None:
    made, shown = (
        Network.random((61, 100, 33, 15, 10), np.random.default_rng(2)),
        byte_examples(301, 61, 10).images,
    )
    seen = set()
    for threads in (1, 2, 3, 100):
        # Also those without fused multiply-add.
        for instructions in AVAILABLE:
            for most_bytes, batch_size in ((0, 128), (1 << 20, 7)):
                engine = library().Network(made.sizes, batch_size, cost, False, False, instructions)
                for number, layer in enumerate(made.layers):
                    engine.set_layer(number, *layer, None, None)
                found, answers = np.empty((301, 10), np.float32), np.empty(301, np.int32)
                engine.predict(images_of(shown, most_bytes, instructions), threads, found, answers)
                seen.add(found.tobytes() + answers.tobytes())
    assert len(seen) == 1


def test_enormous_weights_of_equal_neurons_cancel() -> None:
    """Their products are exact: rounded, they would leave 0.1, with a fused multiply-add."""
    rng = np.random.default_rng(0)
    hidden = np.repeat(rng.standard_normal((9, 20)).astype(np.float32), 2, axis=1)
    last = np.repeat((1e15 * rng.standard_normal((20, 5))).astype(np.float32), 2, axis=0)
    last[1::2] *= -1
    biases = np.array([-2, -1, 0, 1, 2], np.float32)
    made = Network((9, 40, 5), [hidden, last], [np.zeros(40, np.float32), biases])
    found = Predictor(made, "quadratic", "native").run(byte_examples(50, 9, 5).images)
    assert found == pytest.approx(np.tile(1 / (1 + np.exp(-biases.astype(float))), (50, 1)), rel=1e-7)


@pytest.mark.parametrize("instructions", AVAILABLE)
def test_every_pattern_of_lit_and_black_pixels_is_seen(instructions: str) -> None:
    patterns = np.unpackbits(np.arange(256, dtype=np.uint8)[:, None], axis=1)
    greys = patterns * np.arange(1, 256, 32, dtype=np.uint8)
    shown = np.concatenate([greys, greys[::-1], greys[:, :3]], axis=1)
    engine = library().Network((19, 19), 128, "quadratic", False, False, instructions)
    engine.set_layer(0, np.eye(19, dtype=np.float32) * 8, np.zeros(19, np.float32), None, None)
    found, answers = np.empty((256, 19), np.float32), np.empty(256, np.int32)
    engine.predict(images_of(shown, 0, instructions), 1, found, answers)
    assert found == pytest.approx(1 / (1 + np.exp(shown / -255 * 8)), rel=1e-5)


@pytest.mark.parametrize("engine", ["native", "numpy"])
def test_a_label_is_that_of_the_largest_weighted_input_though_outputs_are_rounded_to_1(engine: str) -> None:
    made = Network((2, 3), [np.zeros((2, 3), np.float32)], [np.array([40, 41, 0], np.float32)])
    labels, found = Predictor(made, "cross-entropy", engine).answers(np.zeros((2, 2), np.uint8))
    assert labels.tolist() == made.predict(np.zeros((2, 2), np.uint8)).tolist() == [1, 1]
    assert found[:, 0].tolist() == found[:, 1].tolist() == [1.0, 1.0]


def test_block_after_block_gives_what_all_images_at_once_do() -> None:
    made, shown = Network.random((20, 9, 4), np.random.default_rng(3)), byte_examples(300, 20, 4).images
    predictor = Predictor(made, "quadratic", "native")
    whole = predictor.run(shown)
    made.weights[0][:] = 0  # a predictor keeps the parameters it was made with
    blocks = [predictor.run(shown[start : start + 77]) for start in range(0, 300, 77)]
    assert np.concatenate(blocks).tobytes() == whole.tobytes()
    assert predictor.run(shown[:0]).shape == (0, 4)
    assert predictor.run(read_only(shown.copy())).tobytes() == whole.tobytes()


def test_numbers_are_for_numpy_and_refused_where_the_compiled_engine_is_demanded() -> None:
    made, shown = Network.random((20, 9, 4), np.random.default_rng(3)), byte_examples(30, 20, 4).images
    numbers = shown.astype(np.float32) / 255
    auto = Predictor(made, "quadratic")
    assert auto.run(numbers) == pytest.approx(auto.run(shown), abs=1e-6)
    for wrong in (numbers, np.asfortranarray(shown)):
        with pytest.raises(EngineError, match="images of bytes"):
            outputs(made, wrong, "quadratic", "native")
    with pytest.raises(EngineError, match="float32"):
        Predictor(Network.random((20, 4), np.random.default_rng(0), dtype=np.float64), "quadratic", "native")


@pytest.mark.parametrize("engine", ["native", "numpy"])
def test_images_of_another_shape_are_refused(engine: str) -> None:
    made = Network.random((20, 4), np.random.default_rng(0))
    for shape in ((3, 19), (3, 21), (20,)):
        with pytest.raises(ValueError, match="shape"):
            outputs(made, np.zeros(shape, np.uint8), "quadratic", engine)
    wrong: list[tuple[str, str, Any]] = [
        ("cubic", engine, 1),
        ("quadratic", "abacus", 1),
        ("quadratic", engine, 0),
    ]
    for arguments in wrong:
        with pytest.raises(ValueError, match=r"is not one of|at least 1"):
            Predictor(made, *arguments)


WRONG: list[dict[str, Any]] = [
    *(
        {"outputs": array}
        for array in (
            np.zeros((COUNT, 3)),
            np.zeros((COUNT, 3), np.int32),
            np.zeros((COUNT, 2), np.float32),
            np.zeros((COUNT - 1, 3), np.float32),
            np.zeros((COUNT + 1, 3), np.float32),
            np.zeros(COUNT * 3, np.float32),
            np.zeros((3, COUNT), np.float32).T,
            np.zeros((COUNT, 6), np.float32)[:, ::2],
            read_only(np.zeros((COUNT, 3), np.float32)),
            bytearray(COUNT * 12),
            None,
        )
    ),
    *(
        {"answers": array}
        for array in (
            np.zeros(COUNT, np.int64),
            np.zeros(COUNT, np.float32),
            np.zeros(COUNT - 1, np.int32),
            np.zeros(COUNT + 1, np.int32),
            np.zeros((COUNT, 1), np.int32),
            np.zeros(2 * COUNT, np.int32)[::2],
            read_only(np.zeros(COUNT, np.int32)),
            None,
        )
    ),
    *({"threads": threads} for threads in (0, -1, -(2**40))),
    *({"images": other} for other in (np.zeros((COUNT, 6), np.uint8), None, images(5), images(7))),
]


@pytest.mark.parametrize("changes", WRONG, ids=lambda changes: "-".join(changes))
def test_arguments_that_do_not_fit_are_refused_before_anything_is_written(changes: dict[str, Any]) -> None:
    arguments = prediction(**changes)
    with pytest.raises(ValueError, match=r"^(images|outputs|answers): |^threads: at least 1$"):
        network().predict(**arguments)
    for name in {"outputs", "answers"} - set(changes):
        assert not arguments[name].any()


@pytest.mark.parametrize("threads", [1, 2])
def test_ctrl_c_ends_a_long_prediction(threads: int, tmp_path: Path) -> None:
    done = run_script("interrupt_long_call", "predict", str(threads), AVAILABLE[0], cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert float(done.stdout) < 1 / 20
