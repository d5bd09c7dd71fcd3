"""The sizes of layers: the number of parameters, and the networks that can be built and stored."""

from collections.abc import Sequence
from itertools import pairwise
from numbers import Integral

MAX_PARAMETERS = 32_000_000
MAX_LAYERS = 1_000
BYTES_PER_PARAMETER = 4


def count_parameters(sizes: Sequence[int]) -> int:
    """The number of weights and biases in a network of these layer sizes."""
    return sum((n_in + 1) * n_out for n_in, n_out in pairwise(sizes))


def check_sizes(sizes: Sequence[int]) -> None:
    """Raise ValueError if a network of these layer sizes cannot be built, trained and stored."""
    if isinstance(sizes, str) or not all(isinstance(size, Integral) for size in sizes):
        raise ValueError(f"sizes are {sizes!r:.60}; whole numbers were expected, such as (784, 30, 10)")
    if len(sizes) < 2:
        raise ValueError("a network has at least two layers, an input and an output")
    if len(sizes) > MAX_LAYERS:
        raise ValueError(f"{len(sizes):,} layers; at most {MAX_LAYERS:,} can be stored")
    if min(sizes) < 1:
        raise ValueError("every layer has at least one neuron")
    parameters = count_parameters(sizes)
    if parameters > MAX_PARAMETERS:
        raise ValueError(
            f"{parameters:,} parameters ({parameters * BYTES_PER_PARAMETER:,} bytes); "
            f"at most {MAX_PARAMETERS:,} ({MAX_PARAMETERS * BYTES_PER_PARAMETER:,} bytes) are allowed"
        )
