"""The options for distorting images: a preset, and a strength for each kind of distortion."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any, TypeVar

import click

from nnbp.cli.grouped import GroupedOption
from nnbp.cli.near import NearChoice
from nnbp.cli.options import Number, Numbers
from nnbp.cli.setting_options import usage_error
from nnbp.distortions import PRESETS, Distortion

_Command = TypeVar("_Command", bound=Callable[..., Any])


# For each strength: its type, the placeholder for its value, and its help.
_STRENGTHS: dict[str, tuple[Any, str, str]] = {
    "elastic": (
        Numbers(2),
        "α,σ",
        "Elastic distortion: noise, smoothed over σ pixels and multiplied by α, displaces the pixels.",
    ),
    "rotate": (Number(0, 180), "DEGREES", "Rotation by up to so many degrees, either way."),
    "scale": (Number(0, 0.5), "FRACTION", "Scaling of height and width, each by up to this fraction."),
    "shear": (Number(0, 1), "TANGENT", "Shear by up to this tangent: digits lean to the left or the right."),
    "shift": (Number(0, 100), "PIXELS", "Shift by up to so many pixels, across and down."),
}


def distort_options(command: _Command) -> _Command:
    """`--distort PRESET` and an option for each strength, all of them None if they are not given."""
    for name, (kind, metavar, text) in reversed(_STRENGTHS.items()):
        command = click.option(
            f"--{name}",
            cls=GroupedOption,
            group="Distortion",
            type=kind,
            metavar=metavar,
            help=text,
        )(command)
    return click.option(
        "--distort",
        cls=GroupedOption,
        group="Distortion",
        type=NearChoice(list(PRESETS)),
        help="Distort images at random: a preset for the five options below, each of which overrides it.",
    )(command)


def strengths(distort: str | None, given: Mapping[str, Any]) -> dict[str, Any]:
    """The five strengths by name: those given, not None; otherwise the preset's, or that of no distortion."""
    preset = Distortion() if distort is None else PRESETS[distort]
    return asdict(preset) | {name: given[name] for name in _STRENGTHS if given.get(name) is not None}


def without_preset(given: Mapping[str, Any]) -> dict[str, Any]:
    """The options given, with the strengths of the preset, if there is one, in its place."""
    rest = {name: value for name, value in given.items() if name != "distort"}
    return rest if given.get("distort") is None else rest | strengths(given["distort"], given)


def distortion_from(distort: str | None, given: Mapping[str, Any]) -> Distortion | None:
    """The distortion, or None without any. Raises a usage error that names an option out of range."""
    try:
        distortion = Distortion(**strengths(distort, given))
    except ValueError as error:
        raise usage_error(error) from error
    return distortion if distortion.has_effect else None
