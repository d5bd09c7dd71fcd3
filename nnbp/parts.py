"""A network cut into parts, one for each process of a team, and what the parts tell each other in a step.

The hidden layers 1, 3, 5, … are cut: each process has some of their neurons, with all weights that lead to
these and all that lead from them. So the layers of weights take turns:

    layers 1, 3, 5, …   (n_in, own)    cut by columns: all know what is below, and each has neurons of its own
    layers 2, 4, 6, …   (own, n_out)   cut by rows: z is the sum over the processes, each from its neurons

A last layer without a partner is everyone's. With one or two hidden layers one such sum, (B, n_out), is all
that a step needs of the others. Back from a layer that is cut by columns, save from the first, δ is a sum
over the processes, too (Shoeybi and others 2019, "Megatron-LM", arXiv:1909.08053, section 3).

A part is thus a network of its own, narrower where the whole is cut. The biases of a layer that is cut by
rows are the last process's: the constant neuron below it is 1 there, and 0 in the others. What is summed is
summed in the same order everywhere, so that all know the same z to the last bit.
"""

import mmap
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from nnbp.arrays import Array
from nnbp.network import Network
from nnbp.team import Team


def shared(shape: Sequence[int], dtype: npt.DTypeLike) -> npt.NDArray[Any]:
    """An array of zeros, in memory that processes which are forked from now on have in common.

    Raises MemoryError.
    """
    try:
        memory = mmap.mmap(-1, max(1, int(np.prod(shape)) * np.dtype(dtype).itemsize))
    except OSError as error:
        raise MemoryError(error.strerror) from error
    return np.ndarray(tuple(shape), dtype, memory)


class Sum:
    """The sum of one array of each process, (≤ B, n)."""

    def __init__(self, team: Team, batch_size: int, n: int, dtype: npt.DTypeLike) -> None:
        self._team = team
        # Two of each, in turn: nobody is so far behind as to look at what was there the time before last.
        self._turns = [[shared((batch_size, n), dtype) for _ in range(team.count)] for _ in range(2)]

    def run(self, array: Array) -> None:
        """Replace the array, (≤ B, n), by the sum."""
        self._turns.reverse()
        count = len(array)
        first, *others = (shown[:count] for shown in self._turns[0])
        np.copyto(self._turns[0][self._team.rank][:count], array)
        self._team.wait()
        np.add(first, others[0], out=array)
        for other in others[1:]:
            np.add(array, other, out=array)


class Cut:
    """What the parts have in common; made before the team starts.

    whole      the network, in shared memory
    velocity   likewise
    neurons    of the layers 0 to L, the slice of each process
    z          of each layer of weights, the sum of its weighted inputs, where it is cut by rows
    deltas     of each, the sum of δ below it, where it is cut by columns and not the first
    """

    def __init__(self, network: Network, velocity: Sequence[Array], batch_size: int, team: Team) -> None:
        sizes, dtype, count = network.sizes, network.dtype, team.count
        self.team = team
        self.whole = Network(sizes, [shared(layer.shape, dtype) for layer in network.parameters])
        self.velocity = [shared(layer.shape, dtype) for layer in velocity]
        last = len(sizes) - 1
        # Layer l of neurons is cut where weights lead to it and from it to another one.
        is_cut = [layer % 2 == 1 and layer < last for layer in range(len(sizes))]
        self.neurons = [
            [
                slice(n * rank // count, n * (rank + 1) // count) if cut else slice(0, n)
                for rank in range(count)
            ]
            for n, cut in zip(sizes, is_cut, strict=True)
        ]
        self.by_columns, self.by_rows = is_cut[1:], is_cut[:-1]
        self.z = [
            Sum(team, batch_size, n, dtype) if cut else None
            for n, cut in zip(sizes[1:], self.by_rows, strict=True)
        ]
        self.deltas = [
            Sum(team, batch_size, n, dtype) if cut and layer else None
            for layer, (n, cut) in enumerate(zip(sizes, self.by_columns, strict=False))
        ]


class Part:
    """The part of this process.

    whole      the network that is cut
    network    its own neurons, and all of those that are everyone's
    velocity   as the network's parameters
    neurons    of each hidden layer, which of the whole's these are
    constants  of each hidden layer, what its constant neuron is: 1, or 0 where another process has it
    z, deltas  as those of the cut
    """

    def __init__(self, cut: Cut) -> None:
        self._cut = cut
        self.whole = cut.whole
        rank = cut.team.rank
        self._is_first, self._is_last = rank == 0, rank == cut.team.count - 1
        self.neurons = [each[rank] for each in cut.neurons][1:-1]
        sizes = tuple(each[rank].stop - each[rank].start for each in cut.neurons)
        dtype = cut.whole.dtype
        self.network = Network(sizes, [np.zeros((n_in + 1, n_out), dtype) for n_in, n_out in pairwise(sizes)])
        self.velocity = [np.zeros_like(layer) for layer in self.network.parameters] if cut.velocity else []
        self.constants = [float(self._is_last or not by_rows) for by_rows in cut.by_rows[1:]]
        self.z, self.deltas = cut.z, cut.deltas

    def take(self) -> None:
        """Fill its parameters and velocity from the whole's."""
        for whole, own, _ in self._views():
            np.copyto(own, whole)

    def give(self) -> None:
        """Write its parameters and velocity into the whole's, and wait until all have done so."""
        for whole, own, is_to_write in self._views():
            if is_to_write:
                np.copyto(whole, own)
        self._cut.team.wait()

    def _views(self) -> Iterator[tuple[Array, Array, bool]]:
        """Views of the whole and of this part that correspond, and whether this process is to write them."""
        cut = self._cut
        for wholes, owns in (
            (cut.whole.parameters, self.network.parameters),
            (cut.velocity, self.velocity),
        ):
            for layer, (whole, own) in enumerate(zip(wholes, owns, strict=True)):
                below, above = (cut.neurons[at][cut.team.rank] for at in (layer, layer + 1))
                if cut.by_rows[layer]:
                    # The biases, which follow upon the last process's weights, are not the others'.
                    own = own if self._is_last else own[:-1]
                    yield whole[below.start : below.start + len(own)], own, True
                else:
                    yield whole[:, above], own, cut.by_columns[layer] or self._is_first
