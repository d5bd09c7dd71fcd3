"""The keys of a recipe's tables, and the kinds of their values."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from nnbp.settings import Settings

# The keys of each table, and what each value is.
_TEXT, NUMBER, _WHOLE, _FLAG, NUMBERS = (
    "a text of one line",
    "a number",
    "a whole number",
    "true or false",
    "a list of numbers",
)
TOP = {
    "title": _TEXT,
    "goal": NUMBER,
    "paper": _FLAG,
    "differences": _TEXT,
    "reason": _TEXT,
    "note": _TEXT,
    "published": "a table",
    "training": "a table",
}
PUBLISHED = {
    "accuracy": NUMBER,
    "authors": _TEXT,
    "year": _WHOLE,
    "source": _TEXT,
    "measured": _TEXT,
    "on": _TEXT,
    "examples": _WHOLE,
    "url": _TEXT,
}
_KINDS: dict[type, str] = {int: _WHOLE, float: NUMBER, str: _TEXT, bool: _FLAG, tuple: NUMBERS}
# A recipe reports the last epoch.
_NOT_IN_RECIPES = ("keep", "patience")
_SETTINGS = {
    field.name: _KINDS[type(field.default)] for field in fields(Settings) if field.name not in _NOT_IN_RECIPES
}
TRAINING = {"sizes": NUMBERS, "validation": _WHOLE, "dataset": _TEXT, **_SETTINGS}


def check(where: str, table: Mapping[str, Any], known: Mapping[str, str], needed: tuple[str, ...]) -> None:
    """Raise ValueError for a key that is unknown or missing, or a value of another type."""
    for key, value in table.items():
        if key not in known:
            if key in _NOT_IN_RECIPES:
                raise ValueError(f"{where} has {key}, but the figure of a recipe is that of the last epoch")
            raise ValueError(f"{where} has the unknown key {key!a:.40}; known are {', '.join(known)}")
        if not _is(value, known[key]):
            raise ValueError(f"{key} is {value!a:.40}; it has to be {known[key]}")
    for key in needed:
        if key not in table:
            raise ValueError(f"{where} has no {key}")


def _is(value: object, kind: str) -> bool:
    """Whether a value is of this kind; a flag is no number."""
    if isinstance(value, bool) or kind == _FLAG:
        return isinstance(value, bool) and kind == _FLAG
    if kind == NUMBERS:
        return isinstance(value, list) and all(_is(each, NUMBER) for each in value)
    if kind == _TEXT:
        return isinstance(value, str) and value.isprintable()
    types: dict[str, Any] = {NUMBER: int | float, _WHOLE: int}
    return isinstance(value, types.get(kind, dict))
