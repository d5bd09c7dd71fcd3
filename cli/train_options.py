"""The options of `nnbp train` that say what it shows."""

from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

import click

from nnbp.cli.grouped import GroupedOption
from nnbp.cli.options import json_option

_Command = TypeVar("_Command", bound=Callable[..., Any])

_flag = partial(click.option, cls=GroupedOption, group="Output", is_flag=True)

_OPTIONS = (
    _flag(
        "--diagnose",
        help="After each epoch, print each layer's fraction of saturated neurons, mean norm of δ and "
        "relative change of the weights, and warn about known problems.",
    ),
    _flag(
        "--plot",
        help="Draw the cost and the accuracies on standard error: growing below the table on a terminal, "
        "otherwise and with -q once, at the end.",
    ),
    json_option,
    _flag("-q", "--quiet", help="Print only the final result, without progress bars."),
)


def output_options(command: _Command) -> _Command:
    """`--diagnose`, `--plot`, `--json` and `--quiet`."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command
