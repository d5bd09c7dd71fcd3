"""The options that become the settings of a training, each with the default that the library has."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any, TypeVar

import click

from nnbp.cli.options import Number
from nnbp.settings import COST_NAMES, INITIALIZATIONS, KEEPS, MAX_EPOCHS, SCHEDULES, Settings

_Command = TypeVar("_Command", bound=Callable[..., Any])

_POSITIVE, _NOT_NEGATIVE = Number(0, min_open=True), Number(0)
_FRACTION = Number(0, 1, max_open=True)

# Name of the setting, type, placeholder of the value in the help, and the help.
_CHOICES: list[tuple[str, Any, str | None, str]] = [
    ("epochs", click.IntRange(1, MAX_EPOCHS), "N", "Passes over the training examples."),
    (
        "batch_size",
        click.IntRange(1),
        "N",
        "Examples in a mini-batch; the last one of an epoch may have fewer.",
    ),
    ("learning_rate", _POSITIVE, "η", "Length of a step down the gradient, before the schedule changes it."),
    (
        "schedule",
        click.Choice(SCHEDULES),
        None,
        "How the learning rate changes over the epochs: linear and cosine take it down towards 0.",
    ),
    ("step_every", click.IntRange(1), "N", "Epochs between two steps of the step schedule."),
    (
        "step_factor",
        Number(0, 1, min_open=True),
        "F",
        "Factor by which a step of the step schedule multiplies the rate.",
    ),
    ("warmup", click.IntRange(0), "N", "Epochs in which the rate rises to its full height."),
    (
        "cost",
        click.Choice(COST_NAMES),
        None,
        "Cost function to minimize. log-likelihood has a softmax output, the others have sigmoids.",
    ),
    ("l1", _NOT_NEGATIVE, "λ", "L1 regularization: λ/n Σ|w| is added to the cost of n training examples."),
    ("l2", _NOT_NEGATIVE, "λ", "L2 regularization: λ/2n Σw² is added to the cost of n training examples."),
    (
        "momentum",
        _FRACTION,
        "μ",
        "Momentum coefficient: the fraction of the previous step added to the next.",
    ),
    ("nesterov", None, None, "Use Nesterov momentum."),
    ("dropout", _FRACTION, "P", "Fraction of hidden neurons dropped for each example."),
    (
        "init",
        click.Choice(INITIALIZATIONS),
        None,
        "Standard deviation of the first weights: 1/√n_in (scaled) or 1 (standard).",
    ),
    (
        "patience",
        click.IntRange(0),
        "N",
        "Stop after N epochs without a better validation accuracy; 0: never.",
    ),
    (
        "keep",
        click.Choice(KEEPS),
        None,
        "Which network to keep: that of the last epoch, or of the best validation accuracy.",
    ),
]


def setting_options(command: _Command) -> _Command:
    """An option for each setting."""
    for name, kind, metavar, text in reversed(_CHOICES):
        command = click.option(
            f"--{name.replace('_', '-')}",
            type=kind,
            is_flag=kind is None,
            metavar=metavar,
            default=getattr(Settings, name),
            show_default=kind is not None,
            help=text,
        )(command)
    return command


def setting_values(settings: Settings) -> dict[str, Any]:
    """The settings as values of an event, in which `cost` is a number: the function is `cost_function`."""
    return {"cost_function" if name == "cost" else name: value for name, value in asdict(settings).items()}
