"""Records as JSON, and back: dataclasses of numbers and names, with every key, type and value checked."""

import json
import math
from collections.abc import Mapping
from dataclasses import fields
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

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
    values = {name: getattr(record, name) for name in kinds}
    return {name: None if value is None else _first(kinds[name])(value) for name, value in values.items()}


def build(kind: type[_Record], values: Any) -> _Record:
    """The record that a JSON object describes. Raises ValueError if a key, a type or a value is wrong."""
    check(kind.__name__, values, _kinds(kind))
    return kind(**values)


def check(where: str, values: Any, kinds: Mapping[str, Any]) -> None:
    """Raise ValueError if `values` is not an object with exactly these keys and types of values."""
    if type(values) is not dict or values.keys() != kinds.keys():
        raise ValueError(f"{where} does not have the keys {', '.join(kinds)}")
    for key, value in values.items():
        # Types are compared, because isinstance accepts True as an int.
        if type(value) not in _alternatives(kinds[key]) or (
            isinstance(value, float) and not math.isfinite(value)
        ):
            raise ValueError(f"{where} has {value!a:.40} for {key}")


@cache
def _kinds(record: type["DataclassInstance"]) -> dict[str, Any]:
    return {field.name: field.type for field in fields(record)}


def _alternatives(kind: Any) -> tuple[type, ...]:
    """The types of `int` or of `float | None`."""
    return getattr(kind, "__args__", (kind,))


def _first(kind: Any) -> type:
    return _alternatives(kind)[0]


def _refuse_constant(constant: str) -> None:
    raise ValueError(f"{constant} is not a number")


def _refuse_second_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(found := dict(pairs)) != len(pairs):
        raise ValueError("a key occurs twice")
    return found
