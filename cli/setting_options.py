"""The options that become the settings of a training, with the library's defaults."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict
from typing import Any, TypeVar

import click

from nnbp.cli.grouped import GroupedOption
from nnbp.cli.near import NearChoice
from nnbp.cli.options import Number, Numbers
from nnbp.settings import COST_NAMES, INITIALIZATIONS, KEEPS, MAX_EPOCHS, SCHEDULES, Settings

_Command = TypeVar("_Command", bound=Callable[..., Any])

_POSITIVE, _NOT_NEGATIVE = Number(0, min_open=True), Number(0)
_FRACTION = Number(0, 1, max_open=True)

# For each option of a group: the name of its setting, its type, the placeholder for its value, and its help.
_GROUPS: dict[str, list[tuple[str, Any, str | None, str]]] = {
    "Network": [
        (
            "init",
            NearChoice(INITIALIZATIONS),
            None,
            "Initial weights: of standard deviation 1/√n_in (scaled) or 1 (standard), or with biases that "
            "centre the weighted inputs (centred).",
        ),
        (
            "cost",
            NearChoice(COST_NAMES),
            None,
            "Cost function to minimize. The output layer is a softmax for log-likelihood, otherwise sigmoid.",
        ),
    ],
    "Training": [
        ("epochs", click.IntRange(1, MAX_EPOCHS), "N", "Passes over the training examples."),
        (
            "batch_size",
            click.IntRange(1),
            "N",
            "Examples per mini-batch; the last one may have fewer.",
        ),
        (
            "momentum",
            _FRACTION,
            "μ",
            "Momentum coefficient: the fraction of the previous step added to the next.",
        ),
        ("nesterov", None, None, "Use Nesterov momentum; needs --momentum."),
    ],
    "Learning rate": [
        ("learning_rate", _POSITIVE, "η", "Learning rate, before the schedule changes it."),
        (
            "layer_rates",
            Numbers(),
            "F,…,F",
            "Factors of the learning rate, one for each layer, such as 8,1 for 784,30,10.",
        ),
        (
            "schedule",
            NearChoice(SCHEDULES),
            None,
            "Learning-rate schedule over the epochs; linear and cosine decay towards 0.",
        ),
        ("step_every", click.IntRange(1), "N", "With --schedule step: epochs between steps."),
        (
            "step_factor",
            Number(0, 1, min_open=True),
            "F",
            "With --schedule step: factor by which each step multiplies the rate.",
        ),
        (
            "warmup",
            click.IntRange(0),
            "N",
            "Number of warm-up epochs: the learning rate rises linearly to its full value.",
        ),
    ],
    "Regularization": [
        ("l1", _NOT_NEGATIVE, "λ", "L1 regularization: adds λ/n Σ|w| to the cost of n training examples."),
        ("l2", _NOT_NEGATIVE, "λ", "L2 regularization: adds λ/2n Σw² to the cost of n training examples."),
        ("dropout", _FRACTION, "P", "Dropout probability of each hidden neuron."),
        ("input_dropout", _FRACTION, "P", "Dropout probability of each pixel."),
        (
            "max_norm",
            _NOT_NEGATIVE,
            "C",
            "Largest norm of the weights into a hidden neuron; larger ones are scaled down (0: none are).",
        ),
        (
            "patience",
            click.IntRange(0),
            "N",
            "Early stopping: stop after N epochs without a better validation accuracy (0: never).",
        ),
        (
            "keep",
            NearChoice(KEEPS),
            None,
            "Network to save: that of the last epoch, or the one with the best validation accuracy.",
        ),
    ],
    "Data": [
        (
            "deskew",
            None,
            None,
            "Deskew images, here and wherever the model is used: shear them until they stand upright.",
        ),
    ],
}

# Defaults that would not explain themselves.
_DEFAULTS = {"layer_rates": "1 for each"}

# What a setting needs, in the words of the command line; for the others those of the error will do.
_NEEDS = {
    "nesterov": "it needs a --momentum above 0",
    "warmup": "it has to be less than --epochs",
    "elastic": "α has to be from 0 to 1000, and σ from 0.5 to 20 pixels",
    "layer_rates": "every factor has to be a finite number above 0",
}


def setting_options(command: _Command) -> _Command:
    """An option for each setting."""
    options = [(group, *option) for group, options in _GROUPS.items() for option in options]
    for group, name, kind, metavar, text in reversed(options):
        command = click.option(
            option_name(name),
            cls=GroupedOption,
            group=group,
            type=kind,
            is_flag=kind is None,
            metavar=metavar,
            default=getattr(Settings, name),
            show_default=_DEFAULTS.get(name, kind is not None),
            help=text,
        )(command)
    return command


def setting_values(settings: Settings) -> dict[str, Any]:
    """The settings as values of an event, with the key `cost_function`, because `cost` is a number there."""
    return {"cost_function" if name == "cost" else name: value for name, value in asdict(settings).items()}


def option_name(setting: str) -> str:
    """The option of a setting."""
    return f"--{setting.replace('_', '-')}"


def settings_from(values: Mapping[str, Any]) -> Settings:
    """The settings. Raises a usage error that names the option if a value is out of range."""
    try:
        return Settings(**values)
    except ValueError as error:
        raise usage_error(error) from error


def usage_error(error: ValueError) -> click.BadParameter:
    """The usage error for one of `Settings` or `Distortion`, which begin with the name of the field."""
    name, _, found = str(error).partition(" is ")
    return click.BadParameter(_NEEDS.get(name, found), param_hint=repr(option_name(name)))


def check_layer_rates(settings: Settings, sizes: Sequence[int]) -> None:
    """Raise a usage error unless there is a factor for each layer, or none."""
    factors, layers = len(settings.layer_rates), len(sizes) - 1
    if factors not in (0, layers):
        raise click.BadParameter(
            f"expected {layers} factors, one for each layer, found {factors}",
            param_hint="'--layer-rates'",
        )


def ignored_options(settings: Settings, sizes: Sequence[int], given: Collection[str]) -> list[str]:
    """A sentence for each setting that was given but has no effect, with the reason."""
    reasons = without_effect(settings)
    for name in ("dropout", "max_norm"):
        if getattr(settings, name) and len(sizes) == 2:
            reasons[name] = "without a hidden layer"
    return [
        f"{option_name(name)} has no effect {reason}" for name, reason in reasons.items() if name in given
    ]


def without_effect(settings: Settings) -> dict[str, str]:
    """The settings that have no effect in combination with the others, and why."""
    if settings.schedule != "step":
        return dict.fromkeys(("step_every", "step_factor"), "without --schedule step")
    if settings.step_every >= settings.epochs:
        reason = f"in {settings.epochs} epochs, since the first step comes after {settings.step_every}"
        return dict.fromkeys(("step_every", "step_factor"), reason)
    return {}
