"""PyTorch on the CPU, eager: the loop of its tutorials, with all images in one tensor."""

from typing import TYPE_CHECKING, Any

import torch
import torch.nn.functional as F  # noqa: N812 - as everyone calls it

from benchmarks.learners import Problem

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from benchmarks.learners import Layers


class Torch:
    """Linear layers with sigmoids between them, and `torch.optim.SGD`."""

    def __init__(self, problem: Problem) -> None:
        torch.set_num_threads(problem.threads)
        self.row = row = problem.row
        self.images = torch.from_numpy(problem.images())
        self.targets = torch.from_numpy(problem.targets())
        self.linear = [_linear(w, b) for w, b in problem.layers()]
        between: list[Any] = []
        for layer in self.linear:
            between += [layer, torch.nn.Sigmoid()]
        self.network = torch.nn.Sequential(*between[:-1])
        groups = [
            {
                "params": [layer.weight for layer in self.linear],
                "weight_decay": row.l2 / len(self.images),
            },
            {"params": [layer.bias for layer in self.linear], "weight_decay": 0.0},
        ]
        self.optimizer = torch.optim.SGD(groups, lr=row.learning_rate, fused=True)

    def epoch(self, order: "npt.NDArray[np.int64]") -> None:
        cost = _quadratic if self.row.cost == "quadratic" else _cross_entropy
        for which in torch.from_numpy(order).split(self.row.batch_size):
            self.optimizer.zero_grad()
            cost(self.network(self.images[which]), self.targets[which]).backward()
            self.optimizer.step()

    def layers(self) -> "Layers":
        return [
            (layer.weight.detach().numpy().T.copy(), layer.bias.detach().numpy().copy())
            for layer in self.linear
        ]


def _linear(weights: Any, biases: Any) -> Any:
    layer = torch.nn.Linear(*weights.shape)
    with torch.no_grad():
        layer.weight.copy_(torch.from_numpy(weights.T))
        layer.bias.copy_(torch.from_numpy(biases))
    return layer


def _quadratic(z: Any, targets: Any) -> Any:
    """½‖σ(z) − y‖², the mean over the mini-batch."""
    return F.mse_loss(torch.sigmoid(z), targets, reduction="sum") / (2 * len(z))


def _cross_entropy(z: Any, targets: Any) -> Any:
    """The sum over the outputs, the mean over the mini-batch."""
    return F.binary_cross_entropy_with_logits(z, targets, reduction="sum") / len(z)


def begin(problem: Problem) -> Torch:
    return Torch(problem)
