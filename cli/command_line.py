"""A training as the command line that does it."""

import shlex
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from nnbp.cli.setting_options import option_name
from nnbp.settings import Settings


def train_command(sizes: Sequence[int], settings: Settings, **others: Any) -> str:
    """`nnbp train` with these sizes and settings, without those that have their defaults.

    `others` are further options by their names; None, and False for a flag, leaves one out.
    """
    given = {name: value for name, value in asdict(settings).items() if value != getattr(Settings, name)}
    options = {"sizes": tuple(sizes), **given, **others}
    words = [
        _words(name, value) for name, value in options.items() if value is not None and value is not False
    ]
    return f"nnbp train {' '.join(words)}"


def _words(name: str, value: Any) -> str:
    """An option with its value, as a shell reads it."""
    if value is True:
        return option_name(name)
    return f"{option_name(name)} {shlex.quote(_text(value))}"


def _text(value: Any) -> str:
    """A value as its option takes it: 784,30,10 for a tuple, and 5 for 5.0."""
    if isinstance(value, tuple | list):
        return ",".join(map(_text, value))
    return repr(value).removesuffix(".0") if isinstance(value, float) else str(value)
