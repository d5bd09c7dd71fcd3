"""The types of arguments, and the options shared by several commands."""

import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click
from click.shell_completion import CompletionItem

from nnbp import data
from nnbp.cli.grouped import GroupedOption
from nnbp.cli.near import NearChoice, did_you_mean
from nnbp.settings import ENGINES

_Command = TypeVar("_Command", bound=Callable[..., Any])


def parse_sizes(context: click.Context, parameter: click.Parameter, value: str) -> tuple[int, ...]:
    """Layer sizes such as 784,30,10: digits and commas, at least two layers, none of them empty or zero."""
    if not re.fullmatch(r"[0-9]{1,18}(,[0-9]{1,18})+", value):
        raise click.BadParameter(
            f"{value!a:.60} is not a list of layer sizes; write at least two whole numbers separated by "
            "commas, such as 784,30,10"
        )
    sizes = tuple(int(size) for size in value.split(","))
    if 0 in sizes:
        raise click.BadParameter(f"{value!a:.60} has a layer of 0 neurons; every layer needs at least one")
    return sizes


def check_sizes(sizes: tuple[int, ...], shape: data.Shape | None) -> None:
    """Raise a usage error if a network of these sizes cannot be built or does not fit the data set."""
    from nnbp.sizes import check_sizes as check_network_sizes

    try:
        check_network_sizes(sizes)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="'--sizes'") from error
    if shape is None:
        return
    for place, found, expected, things in (
        ("first", sizes[0], shape.pixels, "pixels"),
        ("last", sizes[-1], shape.classes, "classes"),
    ):
        if found != expected:
            raise click.BadParameter(
                f"the {place} layer has {found:,} neurons, but the data set has {expected:,} {things}",
                param_hint="'--sizes'",
            )


class Number(click.FloatRange):
    """A finite number in a range; FloatRange alone accepts nan."""

    name = "number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        number = float(super().convert(value, param, ctx))
        if not math.isfinite(number):
            self.fail(f"{value!a:.40} is not a finite number", param, ctx)
        return number


# Generic only in newer versions of click.
class Numbers(click.ParamType):  # type: ignore[type-arg]
    """Finite numbers separated by commas, such as 8,1; `count` of them, or any number."""

    name = "numbers"

    def __init__(self, count: int | None = None) -> None:
        self._count = count

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[float, ...]:
        words = value.split(",") if isinstance(value, str) else value
        try:
            numbers = tuple(float(word) for word in words)
        except ValueError:
            numbers = ()
        wrong = len(numbers) != (len(words) if self._count is None else self._count)
        if wrong or not all(map(math.isfinite, numbers)):
            expected = "numbers" if self._count is None else f"{self._count} numbers"
            self.fail(f"{value!a:.40} is not a list of {expected} separated by commas", param, ctx)
        return numbers


def complete_files(context: click.Context, parameter: click.Parameter, value: str) -> list[CompletionItem]:
    """Let the shell complete file names."""
    return [CompletionItem(value, type="file")]


def complete_datasets(context: click.Context, parameter: click.Parameter, value: str) -> list[CompletionItem]:
    """The names of the data sets; the shell also completes folders."""
    # Folders come first: click's function for bash restarts its list of completions when it meets them.
    names = [CompletionItem(name) for name in data.names() if name.startswith(value)]
    return [CompletionItem(value, type="dir"), *names]


def dataset_option(default: str) -> Callable[[_Command], _Command]:
    """`--dataset NAME|FOLDER`; `default` describes the data set used without it."""
    known = ", ".join(data.names())

    def check(context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
        if value is not None and value not in data.names() and not Path(value).is_dir():
            raise click.BadParameter(
                f"{value!a:.100} is neither a data set ({known}) nor a folder with the four IDX files."
                f"{did_you_mean(value, data.names())}"
            )
        return value

    return click.option(
        "--dataset",
        cls=GroupedOption,
        group="Data",
        callback=check,
        shell_complete=complete_datasets,
        metavar="NAME|FOLDER",
        show_default=default,
        help=f"{known}, or a folder with the four IDX files.",
    )


def engine_option(command: _Command) -> _Command:
    """`--engine auto|native|numpy`."""
    return click.option(
        "--engine",
        cls=GroupedOption,
        group="Computing",
        type=NearChoice(ENGINES),
        default="auto",
        show_default=True,
        help="Compiled engine (native) or NumPy; auto uses the compiled one if it was built.",
    )(command)


def threads_option(default: str = "as many as speed it up") -> Callable[[_Command], _Command]:
    """`--threads N`; `default` describes the number used without it."""
    return click.option(
        "--threads",
        cls=GroupedOption,
        group="Computing",
        metavar="N",
        type=click.IntRange(min=1),
        show_default=default,
        help="Maximum number of threads.",
    )


def seed_option(command: _Command) -> _Command:
    """`--seed N`."""
    return click.option(
        "--seed",
        cls=GroupedOption,
        group="Training",
        metavar="N",
        type=click.IntRange(0, 2**64 - 1),
        show_default="random, and reported",
        help="Seed of all random numbers.",
    )(command)


def json_option(command: _Command) -> _Command:
    """`--json`."""
    return click.option(
        "--json",
        "as_json",
        cls=GroupedOption,
        group="Output",
        is_flag=True,
        help="Write JSON Lines: one object per event.",
    )(command)


def model_argument(command: _Command) -> _Command:
    """`MODEL`."""
    return click.argument("model", metavar="MODEL", shell_complete=complete_files)(command)
