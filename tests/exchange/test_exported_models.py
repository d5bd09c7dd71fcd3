"""Models in other formats, compared with what their own libraries find in them."""

import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
import safetensors
import safetensors.numpy

from nnbp import Model, Settings, Training, data
from nnbp.exchange import to_onnx, to_safetensors

SAMPLE = data.load("sample")
IMAGES, _ = SAMPLE.test
PIXELS = (IMAGES.reshape(len(IMAGES), -1) / np.float32(255)).astype(np.float32)

# Both sum up to 784 products in float32 in an order of their own, to z of up to 16: rounding at 16 is 2e-6.
ROUNDING = 2e-6


def model_of(sizes: tuple[int, ...], cost: str) -> Model:
    training = Training.begin(sizes, Settings(epochs=1, cost=cost, init="scaled"), seed=3)
    list(training.run((SAMPLE.training[0][:500], SAMPLE.training[1][:500])))
    return Model.of(training, SAMPLE)


@pytest.mark.parametrize("cost", ["quadratic", "cross-entropy", "log-likelihood"])
@pytest.mark.parametrize("sizes", [(784, 10), (784, 20, 10), (784, 20, 15, 12, 10)], ids=str)
def test_onnxruntime_gives_the_outputs_and_the_labels_of_nnbp(sizes: tuple[int, ...], cost: str) -> None:
    model = model_of(sizes, cost)
    session = onnxruntime.InferenceSession(to_onnx.to_bytes(model))
    for count in (len(PIXELS), 1):
        probabilities, label = session.run(["probabilities", "label"], {"images": PIXELS[:count]})
        expected = model.network.outputs(IMAGES[:count], cost)
        assert np.abs(probabilities - expected).max() <= ROUNDING
        np.testing.assert_array_equal(label, model.network.predict(IMAGES[:count]))
        assert (probabilities.dtype, label.dtype) == (np.float32, np.int64)


def test_an_onnx_file_names_its_versions_and_how_the_model_was_made() -> None:
    found: Any = onnx.load_from_string(to_onnx.to_bytes(model_of((784, 10), "quadratic")))
    assert (found.ir_version, found.opset_import[0].version) == (7, 13)
    texts = {prop.key: prop.value for prop in found.metadata_props}
    assert texts["sizes"] == "784,10"
    assert (texts["cost"], texts["output"], texts["seed"]) == ("quadratic", "sigmoid", "3")
    assert (texts["dataset"], texts["dataset_sha256"]) == ("sample", SAMPLE.sha256)
    assert texts["learning_rate"] == "0.5"


def test_safetensors_have_the_weights_the_biases_and_how_the_model_was_made(tmp_path: Path) -> None:
    model = model_of((784, 20, 10), "log-likelihood")
    path = tmp_path / "model.safetensors"
    path.write_bytes(to_safetensors.to_bytes(model))
    found = safetensors.numpy.load_file(path)
    assert set(found) == {"weights_1", "biases_1", "weights_2", "biases_2"}
    for layer, (weights, biases) in enumerate(model.network.layers, 1):
        np.testing.assert_array_equal(found[f"weights_{layer}"], weights)
        np.testing.assert_array_equal(found[f"biases_{layer}"], biases)
    with safetensors.safe_open(path, "numpy") as file:
        texts = file.metadata()
    assert (texts["sizes"], texts["output"]) == ("784,20,10", "softmax")


def test_the_best_network_is_exported_if_that_is_kept() -> None:
    model = model_of((784, 10), "quadratic")
    best = model.network.copy()
    best.weights[0][:] = 0.5
    model.training.best = best
    assert (safetensors.numpy.load(to_safetensors.to_bytes(model))["weights_1"] == 0.5).all()


def test_the_header_of_safetensors_is_in_order_and_aligned() -> None:
    content = to_safetensors.to_bytes(model_of((784, 10), "quadratic"))
    (length,) = struct.unpack("<Q", content[:8])
    assert length % 8 == 0
    header = json.loads(content[8 : 8 + length])
    assert list(header) == sorted(header)
    assert list(header["__metadata__"]) == sorted(header["__metadata__"])


def test_the_same_model_has_the_same_bytes() -> None:
    for exchange in (to_onnx, to_safetensors):
        first, second = (exchange.to_bytes(model_of((784, 10), "quadratic")) for _ in range(2))
        assert first == second
