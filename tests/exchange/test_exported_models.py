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

import nnbp
from nnbp import Model, Predictor, Settings, Training, data
from nnbp.exchange import to_onnx, to_safetensors

SAMPLE = data.load("sample")
IMAGES, _ = SAMPLE.test
PIXELS = (IMAGES.reshape(len(IMAGES), -1) / np.float32(255)).astype(np.float32)

# In float32 nnbp and a runtime each sum in an order of their own, to z of up to 34, where rounding is 2e-6.
ROUNDING = 4e-6


def model_of(sizes: tuple[int, ...], cost: str, examples: int = 500) -> Model:
    training = Training.begin(sizes, Settings(epochs=1, cost=cost, init="scaled"), seed=3)
    list(training.run((SAMPLE.training[0][:examples], SAMPLE.training[1][:examples])))
    return Model.of(training, SAMPLE)


@pytest.mark.parametrize("cost", ["quadratic", "cross-entropy", "log-likelihood"])
@pytest.mark.parametrize("sizes", [(784, 10), (784, 20, 15, 12, 10), (784, 100, 10)], ids=str)
def test_onnxruntime_gives_the_outputs_and_the_labels_of_nnbp(
    sizes: tuple[int, ...], cost: str, engine: str
) -> None:
    model = model_of(sizes, cost, 10_000)
    network = model.network
    labels, exact = Predictor(network, cost, engine).answers(IMAGES)
    for float32, most in ((False, 1e-6), (True, ROUNDING)):
        session = onnxruntime.InferenceSession(to_onnx.to_bytes(model, float32))
        for count in (len(PIXELS), 1):
            probabilities, label = session.run(["probabilities", "label"], {"images": PIXELS[:count]})
            assert np.abs(probabilities - exact[:count]).max() <= most
            np.testing.assert_array_equal(label, labels[:count])
            assert (probabilities.dtype, label.dtype) == (np.float32, np.int64)


def test_float64_is_not_stored_and_can_be_avoided_altogether() -> None:
    model = model_of((784, 20, 10), "cross-entropy")
    wide, narrow = (onnx.load_from_string(to_onnx.to_bytes(model, float32)) for float32 in (False, True))
    for file in (wide, narrow):
        assert {number.data_type for number in file.graph.initializer} == {onnx.TensorProto.FLOAT}
    operators = ["Gemm", "Sigmoid", "Gemm", "ArgMax", "Sigmoid"]
    assert [node.op_type for node in narrow.graph.node] == operators
    assert [node.op_type for node in wide.graph.node if node.op_type != "Cast"] == operators


def test_an_onnx_file_names_its_versions_and_how_the_model_was_made() -> None:
    found: Any = onnx.load_from_string(to_onnx.to_bytes(model_of((784, 10), "quadratic")))
    assert (found.ir_version, found.opset_import[0].version) == (7, 13)
    texts = {prop.key: prop.value for prop in found.metadata_props}
    assert (found.producer_name, found.producer_version) == ("nnbp", nnbp.__version__)
    assert [value.name for value in found.graph.input] == list(to_onnx.INPUTS) == ["images"]
    outputs = [value.name for value in found.graph.output]
    assert outputs == list(to_onnx.OUTPUTS) == ["probabilities", "label"]
    assert texts["sizes"] == "784,10"
    assert (texts["cost"], texts["output"], texts["seed"]) == ("quadratic", "sigmoid", "3")
    assert (texts["dataset"], texts["dataset_sha256"]) == ("sample", SAMPLE.sha256)
    assert texts["learning_rate"] == "0.5"
    assert (texts["nnbp_version"], texts["epochs_done"], texts["validation"]) == (nnbp.__version__, "1", "0")
    assert texts["engine"] in ("native", "numpy")


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
