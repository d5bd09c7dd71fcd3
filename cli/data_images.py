"""The images of a data set that `nnbp data show` and `nnbp data export` are asked for."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any, TypeVar

import click

from nnbp.cli import loading
from nnbp.cli.near import NearChoice

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from nnbp.data import Dataset

SPLITS = ("train", "test")

_Command = TypeVar("_Command", bound=Callable[..., Any])


@dataclass(frozen=True)
class Example:
    """An image (rows, columns) of bytes, its index in the data set's file, and its label."""

    index: int
    label: int
    image: "NDArray[np.uint8]"


@dataclass(frozen=True)
class Chosen:
    """The ranges of indices asked for, and the split of the data set that they are in."""

    dataset: "Dataset"
    split: str
    ranges: tuple[range, ...]

    @property
    def count(self) -> int:
        """The number of images."""
        return sum(map(len, self.ranges))

    @property
    def indices(self) -> Iterator[int]:
        """The indices in the order asked for."""
        return chain.from_iterable(self.ranges)

    def __iter__(self) -> Iterator[Example]:
        images, labels = self.dataset.training if self.split == "train" else self.dataset.test
        for index in self.indices:
            yield Example(index, int(labels[index]), images[index].reshape(self.dataset.image_shape))


def parse_ranges(
    context: click.Context, parameter: click.Parameter, values: tuple[str, ...]
) -> tuple[range, ...]:
    """Indices such as 7 and 0-9, both ends included."""
    return tuple(map(_parse_range, values))


def _parse_range(value: str) -> range:
    match = re.fullmatch(r"([0-9]{1,18})(?:-([0-9]{1,18}))?", value)
    if match is None:
        raise click.BadParameter(
            f"{value!a:.60} is not an index; write one such as 7, or a range such as 0-9"
        )
    first = int(match[1])
    last = first if match[2] is None else int(match[2])
    if last < first:
        raise click.BadParameter(f"{value!a:.60} ends before it starts; write {last}-{first}")
    return range(first, last + 1)


def indices_argument(command: _Command) -> _Command:
    """`INDEX...`."""
    return click.argument("indices", metavar="INDEX...", nargs=-1, required=True, callback=parse_ranges)(
        command
    )


def split_option(command: _Command) -> _Command:
    """`--split train|test`."""
    return click.option(
        "--split",
        type=NearChoice(SPLITS),
        default="test",
        show_default=True,
        help="The file of the data set that the indices count in.",
    )(command)


def choose(name: str | None, split: str, ranges: tuple[range, ...]) -> Chosen:
    """Load the data set and choose from it. Raises a usage error for an index that it does not have."""
    dataset = loading.load_dataset(name)
    total = len((dataset.training if split == "train" else dataset.test).labels)
    highest = max(part[-1] for part in ranges)
    if highest >= total:
        raise click.BadParameter(
            f"there is no image {highest}; the {split} images of {dataset.name} are 0 to {total - 1}",
            param_hint="'INDEX...'",
        )
    return Chosen(dataset, split, ranges)
