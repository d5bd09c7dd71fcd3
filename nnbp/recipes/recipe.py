"""A recipe: a training, and the published figure or the goal that it is measured by."""

from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any

from nnbp.settings import Settings

# The examples that an accuracy is measured on.
PLACES = ("test", "validation")


@dataclass(frozen=True)
class Published:
    """A published figure.

    accuracy  percent
    on        the examples that it was measured on: test or validation
    examples  the number of these
    measured  the network that it belongs to, in words: that of the last epoch, the best of 30, …
    source    title, and the page, table or chapter
    """

    accuracy: float
    authors: str
    year: int
    source: str
    measured: str
    on: str = "test"
    examples: int = 10_000
    url: str | None = None

    @property
    def short(self) -> str:
        """The source in two words."""
        return f"{self.authors} {self.year}"


@dataclass(frozen=True)
class Recipe:
    """A training of a network, and what it should reach: a published figure, or a goal of nnbp's own.

    name         that of its file, without the suffix
    sizes        neurons of each layer
    validation   number of training examples held out, from the end
    dataset      the data set that the figure is of: a name, or a folder
    goal         percent of the test examples, where there is no published figure
    paper        whether it is only listed, with an estimate of its time
    differences  from the published training, in words
    reason       why the figure here is lower, shown where it is
    """

    name: str
    title: str
    sizes: tuple[int, ...]
    settings: Settings
    validation: int = 0
    dataset: str = "mnist"
    published: Published | None = None
    goal: float | None = None
    paper: bool = False
    differences: str | None = None
    reason: str | None = None
    note: str | None = None

    @property
    def on(self) -> str:
        """The examples that its accuracy is measured on: test or validation."""
        return "test" if self.published is None else self.published.on

    @property
    def training(self) -> dict[str, Any]:
        """What decides the figures of a training besides seed, engine and data set, as JSON has it."""
        values = {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in asdict(self.settings).items()
            if value != getattr(Settings, name)
        }
        return {"sizes": list(self.sizes), "validation": self.validation, "on": self.on, **values}

    @property
    def multiply_adds(self) -> int:
        """Multiply-adds of a forward pass of one example."""
        return sum(n_in * n_out for n_in, n_out in pairwise(self.sizes))
