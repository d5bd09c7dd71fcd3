"""A model as safetensors: its weights and biases under their names, for other libraries."""

import json

import numpy as np

from nnbp import optional
from nnbp.exchange.facts import facts
from nnbp.modelfile import Model

# It is no program, only numbers.
INPUTS: tuple[str, ...] = ()
OUTPUTS: tuple[str, ...] = ()


def to_bytes(model: Model) -> bytes:
    """The weights and biases as a safetensors file, the same bytes for the same model.

    Its tensors are `weights_1` (n_0, n_1) and `biases_1` (n_1,), up to layer L, in float32. Raises
    MissingPackageError without the package safetensors.
    """
    library = optional.require("safetensors.numpy", "safetensors", "safetensors")
    tensors = {
        f"{kind}_{layer}": np.ascontiguousarray(array, np.float32)
        for layer, pair in enumerate(model.network.layers, 1)
        for kind, array in zip(("weights", "biases"), pair, strict=True)
    }
    return _in_order(library.save(tensors, metadata=facts(model)))


def _in_order(content: bytes) -> bytes:
    """The file with the keys of its header sorted: the library writes them in an order that changes."""
    # Eight bytes of length and a JSON header, filled up with spaces to a multiple of eight; then the tensors.
    begin = 8 + int.from_bytes(content[:8], "little")
    header = json.dumps(json.loads(content[8:begin]), sort_keys=True, separators=(",", ":")).encode()
    header += b" " * (-len(header) % 8)
    return len(header).to_bytes(8, "little") + header + content[begin:]
