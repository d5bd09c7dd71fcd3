"""A model as ONNX: a graph that other programs run without nnbp."""

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


def to_bytes(model: Model, float32: bool = False) -> bytes:
    """The network as an ONNX file, the same bytes for the same model and the same version of onnx.

    Its input is `images`, (N, n_0) float32 of pixels 0–1, for any N; its outputs are `probabilities`,
    (N, n_L) float32, the activations of the output layer, and `label`, (N,) int64, the index of the largest.
    Between them the graph computes in float64, so that every runtime finds the same probabilities, or with
    `float32` in float32, for runtimes that lack float64. Raises MissingPackageError without the package onnx.
    """
    onnx = optional.require("onnx", "ONNX", "onnx")
    file = onnx.helper.make_model(
        _graph(onnx, model, float32),
        producer_name="nnbp",
        producer_version=__version__,
        opset_imports=[onnx.helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
    )
    onnx.helper.set_model_props(file, facts(model))
    onnx.checker.check_model(file, full_check=True)
    return bytes(file.SerializeToString(deterministic=True))


def _graph(onnx: Any, model: Model, float32: bool) -> Any:
    info, types = onnx.helper.make_tensor_value_info, onnx.TensorProto
    network = model.network
    nodes: list[Any] = []
    numbers: list[Any] = []

    def add(operator: str, below: list[str], name: str, **attributes: Any) -> str:
        nodes.append(onnx.helper.make_node(operator, below, [name], name=f"make_{name}", **attributes))
        return name

    def widened(name: str) -> str:
        return name if float32 else add("Cast", [name], f"{name}_float64", to=types.DOUBLE)

    def widened_number(name: str, array: Any) -> str:
        numbers.append(onnx.numpy_helper.from_array(np.ascontiguousarray(array, np.float32), name))
        return widened(name)

    below = widened("images")
    for layer, (weights, biases) in enumerate(network.layers, 1):
        parameters = [widened_number(f"weights_{layer}", weights), widened_number(f"biases_{layer}", biases)]
        z = add("Gemm", [below, *parameters], f"z_{layer}")
        if layer < len(network.layers):
            below = add("Sigmoid", [z], f"a_{layer}")
    # Of z, as in `Network.predict`: activations that are saturated can be equal.
    add("ArgMax", [z], "label", axis=1, keepdims=0)
    softmax = COSTS[model.settings.cost].output == "softmax"
    operator, attributes = ("Softmax", {"axis": 1}) if softmax else ("Sigmoid", {})
    last = add(operator, [z], "probabilities" if float32 else "probabilities_float64", **attributes)
    if not float32:
        add("Cast", [last], "probabilities", to=types.FLOAT)
    inputs = [info("images", types.FLOAT, ["N", network.sizes[0]])]
    outputs = [
        info("probabilities", types.FLOAT, ["N", network.sizes[-1]]),
        info("label", types.INT64, ["N"]),
    ]
    return onnx.helper.make_graph(nodes, "nnbp", inputs, outputs, numbers)
