"""Labels with PyTorch: `python -m benchmarks.predict.with_torch MODEL < IMAGES`."""

import sys
from typing import Any

import torch

from benchmarks.predict.script import answer, layers

modules: list[Any] = []
for weights, biases in layers(sys.argv[1]):
    linear = torch.nn.Linear(*weights.shape)
    linear.load_state_dict({"weight": torch.tensor(weights.T), "bias": torch.tensor(biases)})
    modules += [linear, torch.nn.Sigmoid()]
network = torch.nn.Sequential(*modules)

with torch.inference_mode():
    answer(lambda pixels: network(torch.from_numpy(pixels)).numpy())
