"""Records as JSON, and back: dataclasses of numbers, names and tuples of numbers, with everything checked."""

import json
import math
from collections.abc import Mapping
from dataclasses import fields
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar, get_args, get_origin

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

_Record = TypeVar("_Record", bound="DataclassInstance")


def serialize(value: Any) -> bytes:
    """The JSON text of a value, always the same for the same value."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False).encode("ascii")


def parse(text: bytes) -> Any:
    """The value of a JSON text. Raises ValueError, or RecursionError for one nested too deeply."""
    return json.loads(
        text.decode("ascii"), parse_constant=_refuse_constant, object_pairs_hook=_refuse_second_keys
    )


def plain(record: "DataclassInstance") -> dict[str, Any]:
    """A record as a JSON object; an integer given for a float, or a NumPy number, becomes a float."""
    kinds = _kinds(type(record))
    return {name: _plain(getattr(record, name), kind) for name, kind in kinds.items()}


def build(kind: type[_Record], values: Any) -> _Record:
    """The record that a JSON object describes. Raises ValueError if a key, a type or a value is wrong."""
    check(kind.__name__, values, _kinds(kind))
    return kind(**{name: tuple(value) if type(value) is list else value for name, value in values.items()})


def check(where: str, values: Any, kinds: Mapping[str, Any]) -> None:
    """Raise ValueError if `values` is not an object with exactly these keys and types of values."""
    if type(values) is not dict or values.keys() != kinds.keys():
        raise ValueError(f"{where} does not have the keys {', '.join(kinds)}")
    for key, value in values.items():
        if not _is_sound(value, kinds[key]):
            raise ValueError(f"{where} has {value!a:.40} for {key}")


@cache
def _kinds(record: type["DataclassInstance"]) -> dict[str, Any]:
    return {field.name: field.type for field in fields(record)}


def _plain(value: Any, kind: Any) -> Any:
    if value is None:
        return None
    if get_origin(kind) is tuple:
        return [float(item) for item in value]
    return _alternatives(kind)[0](value)


def _is_sound(value: Any, kind: Any) -> bool:
    """Whether a value has this kind of a field; for a tuple of numbers, a list of finite floats."""
    if get_origin(kind) is tuple:
        if type(value) is not list or not all(_is_sound(item, float) for item in value):
            return False
        numbers = get_args(kind)
        return numbers[-1] is Ellipsis or len(value) == len(numbers)
    # Types are compared, because isinstance accepts True as an int.
    return type(value) in _alternatives(kind) and (type(value) is not float or math.isfinite(value))


def _alternatives(kind: Any) -> tuple[type, ...]:
    """The types of `int` or of `float | None`."""
    return getattr(kind, "__args__", (kind,))


def _refuse_constant(constant: str) -> None:
    raise ValueError(f"{constant} is not a number")


def _refuse_second_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(found := dict(pairs)) != len(pairs):
        raise ValueError("a key occurs twice")
    return found
