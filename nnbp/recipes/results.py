"""The trainings of recipes, and the JSON file that keeps them, so that none has to be trained twice."""

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, Self, TypeVar, get_origin

from nnbp.errors import RejectedFileError
from nnbp.recipes.recipe import Recipe

FORMAT = 1

_Record = TypeVar("_Record", "Run", "Estimate", "Machine")


@dataclass(frozen=True)
class Machine:
    """The machine of a training.

    processor     its name
    processors    number that nnbp could use
    instructions  instruction set of the compiled engine; None: NumPy
    """

    processor: str
    processors: int
    instructions: str | None


@dataclass(frozen=True)
class Run:
    """A training of a recipe.

    training  the recipe's sizes, validation examples and settings
    correct   of `total` test or validation examples, by the network of the last epoch
    seconds   from the loaded data set to this figure
    sha256    of the data set
    command   that trains the same network
    """

    recipe: str
    training: dict[str, Any]
    seed: int
    engine: str
    dataset: str
    sha256: str
    correct: int
    total: int
    seconds: float
    threads: int | None
    command: str
    version: str
    machine: Machine

    @property
    def accuracy(self) -> float:
        """The fraction of correct answers, 0–1."""
        return self.correct / self.total


@dataclass(frozen=True)
class Estimate:
    """The time that a recipe would take, measured on one epoch of `images` images.

    seconds  of all its epochs over the whole training set
    """

    recipe: str
    training: dict[str, Any]
    engine: str
    seconds: float
    images: int
    version: str
    machine: Machine


@dataclass(frozen=True)
class Results:
    """All trainings and estimates of a file, in the order of recipes and seeds."""

    runs: Sequence[Run] = ()
    estimates: Sequence[Estimate] = ()

    def of(self, recipe: Recipe, engine: str, dataset: str) -> list[Run]:
        """The trainings of a recipe as it is now, with this engine, on the data set of this name."""
        found = [run for run in self.runs if run.recipe == recipe.name and run.training == recipe.training]
        return [run for run in found if (run.engine, run.dataset) == (engine, dataset)]

    def estimate(self, recipe: Recipe, engine: str) -> Estimate | None:
        """The estimate for a recipe as it is now, with this engine."""
        of_it = (each for each in self.estimates if (each.recipe, each.engine) == (recipe.name, engine))
        return next((each for each in of_it if each.training == recipe.training), None)

    def with_run(self, run: Run) -> "Results":
        """These and another training, which replaces one of the same recipe, seed, engine and data set."""

        def place(run: Run) -> tuple[Any, ...]:
            return run.recipe, run.engine, run.dataset, run.seed

        others = [each for each in self.runs if place(each) != place(run)]
        return Results(sorted([*others, run], key=place), self.estimates)

    def with_estimate(self, estimate: Estimate) -> "Results":
        """These and another estimate, which replaces one for the same recipe and engine."""

        def place(each: Estimate) -> tuple[str, str]:
            return each.recipe, each.engine

        others = [each for each in self.estimates if place(each) != place(estimate)]
        return Results(self.runs, sorted([*others, estimate], key=place))

    def dumps(self) -> bytes:
        """As JSON."""
        values = {
            "format": FORMAT,
            "runs": [asdict(run) for run in self.runs],
            "estimates": [asdict(estimate) for estimate in self.estimates],
        }
        return (json.dumps(values, indent=1, ensure_ascii=False) + "\n").encode()

    @classmethod
    def loads(cls, content: bytes, where: str) -> Self:
        """From JSON. Raises RejectedFileError for anything that `dumps` does not write."""
        try:
            values = json.loads(content)
            if values["format"] != FORMAT:
                raise ValueError(f"format {values['format']}; this version reads {FORMAT}")
            runs = [_record(Run, each) for each in values["runs"]]
            estimates = [_record(Estimate, each) for each in values["estimates"]]
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            reason = f"not a file of results: {type(error).__name__}: {error}"
            raise RejectedFileError(where, reason, "name another page with -o, or delete it") from error
        return cls(runs, estimates)


def _record(kind: type[_Record], values: dict[str, Any]) -> _Record:
    """A record whose values have the types of its fields. Raises ValueError, TypeError or KeyError."""
    if "machine" in values:
        values = {**values, "machine": _record(Machine, values["machine"])}
    record = kind(**values)
    for field in fields(kind):
        wanted: Any = get_origin(field.type) if get_origin(field.type) is dict else field.type
        value = values[field.name]
        if isinstance(value, bool) or not isinstance(value, int | float if wanted is float else wanted):
            raise ValueError(f"{field.name} is {value!a:.40}")
        if wanted is float and not 0 <= value < math.inf:
            raise ValueError(f"{field.name} is {value}")
    if isinstance(record, Run) and not 0 <= record.correct <= record.total != 0:
        raise ValueError(f"{record.correct} of {record.total} is not a proportion")
    return record
