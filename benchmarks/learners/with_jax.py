"""JAX: an epoch is one compiled call, a scan over its mini-batches."""

from functools import partial
from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp
import numpy as np

from benchmarks.grid import Row
from benchmarks.learners import Problem

if TYPE_CHECKING:
    import numpy.typing as npt

    from benchmarks.learners import Layers


class Jax:
    """Parameters and images on the device; compiles the epoch now, outside the measured time."""

    def __init__(self, problem: Problem) -> None:
        self.row = problem.row
        self.images = jnp.asarray(problem.images())
        self.targets = jnp.asarray(problem.targets())
        self.parameters: Any = [(jnp.asarray(w), jnp.asarray(b)) for w, b in problem.layers()]
        compiled = jax.jit(partial(_epoch, self.row), donate_argnums=0)
        order = self._cut(np.arange(len(self.images)))
        self.run = compiled.lower(self.parameters, self.images, self.targets, *order).compile()

    def epoch(self, order: "npt.NDArray[np.int64]") -> None:
        self.parameters = self.run(self.parameters, self.images, self.targets, *self._cut(order))
        jax.block_until_ready(self.parameters)

    def _cut(self, order: "npt.NDArray[np.int64]") -> tuple[Any, Any]:
        """Indices of the full mini-batches, (steps, B), and of the remainder."""
        full = len(order) - len(order) % self.row.batch_size
        indices = jnp.asarray(order.astype(np.int32))
        return indices[:full].reshape(-1, self.row.batch_size), indices[full:]

    def layers(self) -> "Layers":
        return [(np.array(w), np.array(b)) for w, b in self.parameters]


def _epoch(row: Row, parameters: Any, images: Any, targets: Any, full: Any, left: Any) -> Any:
    """One step for each mini-batch; `row` is a constant of the compiled function."""
    decay = row.l2 / len(images)

    def step(parameters: Any, which: Any) -> tuple[Any, None]:
        x, y = (rows.at[which].get(mode="promise_in_bounds") for rows in (images, targets))
        gradients = jax.grad(_cost)(parameters, x, y, row.cost)
        stepped = [
            (w - row.learning_rate * (dw + decay * w), b - row.learning_rate * db)
            for (w, b), (dw, db) in zip(parameters, gradients, strict=True)
        ]
        return stepped, None

    parameters, _ = jax.lax.scan(step, parameters, full)
    return step(parameters, left)[0] if len(left) else parameters


def _cost(parameters: Any, x: Any, y: Any, cost: str) -> Any:
    """The mean over the mini-batch, without the L2 term."""
    for w, b in parameters[:-1]:
        x = jax.nn.sigmoid(x @ w + b)
    w, b = parameters[-1]
    z = x @ w + b
    if cost == "quadratic":
        return jnp.sum((jax.nn.sigmoid(z) - y) ** 2) / (2 * len(y))
    return jnp.sum(jax.nn.softplus(z) - y * z) / len(y)


def begin(problem: Problem) -> Jax:
    return Jax(problem)
