"""A model as ONNX: a graph that other programs run without nnbp."""

from itertools import count
from typing import Any

import numpy as np

from nnbp import __version__, optional
from nnbp.costs import COSTS
from nnbp.exchange.facts import facts
from nnbp.modelfile import Model

# Of 2020: the first opset with this Softmax, and the file version that came with it.
OPSET = 13
IR_VERSION = 7
INPUTS = ("images",)
OUTPUTS = ("probabilities", "label")


def to_bytes(model: Model) -> bytes:
    """The network as an ONNX file, the same bytes for the same model and the same version of onnx.

    Its input is `images`, (N, n_0) float32 of pixels 0–1, for any N; its outputs are `probabilities`,
    (N, n_L) float32, the activations of the output layer, and `label`, (N,) int64, the index of the largest.
    Raises MissingPackageError without the package onnx.
    """
    onnx = optional.require("onnx", "ONNX", "onnx")
    file = onnx.helper.make_model(
        _graph(onnx, model),
        producer_name="nnbp",
        producer_version=__version__,
        opset_imports=[onnx.helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
    )
    onnx.helper.set_model_props(file, facts(model))
    onnx.checker.check_model(file, full_check=True)
    return bytes(file.SerializeToString(deterministic=True))


def _graph(onnx: Any, model: Model) -> Any:
    node, info, types = onnx.helper.make_node, onnx.helper.make_tensor_value_info, onnx.TensorProto
    network = model.network
    nodes, numbers, below = [], [], "images"
    for layer, weights, biases in zip(count(1), network.weights, network.biases, strict=False):
        arrays = {f"weights_{layer}": weights, f"biases_{layer}": biases}
        numbers += [_tensor(onnx, name, array) for name, array in arrays.items()]
        nodes.append(node("Gemm", [below, *arrays], [f"z_{layer}"], name=f"layer_{layer}"))
        if layer < len(network.weights):
            below = f"a_{layer}"
            nodes.append(node("Sigmoid", [f"z_{layer}"], [below], name=f"sigmoid_{layer}"))
    z = f"z_{len(network.weights)}"
    if COSTS[model.settings.cost].output == "softmax":
        nodes.append(node("Softmax", [z], ["probabilities"], name="softmax", axis=1))
    else:
        nodes.append(node("Sigmoid", [z], ["probabilities"], name="sigmoid"))
    # Of z, as in `Network.predict`: activations that are saturated can be equal.
    nodes.append(node("ArgMax", [z], ["label"], name="argmax", axis=1, keepdims=0))
    inputs = [info("images", types.FLOAT, ["N", network.sizes[0]])]
    outputs = [
        info("probabilities", types.FLOAT, ["N", network.sizes[-1]]),
        info("label", types.INT64, ["N"]),
    ]
    return onnx.helper.make_graph(nodes, "nnbp", inputs, outputs, numbers)


def _tensor(onnx: Any, name: str, array: Any) -> Any:
    return onnx.numpy_helper.from_array(np.ascontiguousarray(array, np.float32), name)
