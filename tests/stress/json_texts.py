"""JSON texts changed at random: in their values, their keys and their grammar."""

import json
import random
from typing import Any

HOSTILE: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 2, 2**31, 2**63, 2**64, 2**128, -(2**63), 10**400, 0.0, -0.0, 0.5, 1.0,
    1e-320, 1e308, float("nan"), float("inf"), "", "0.5", "best", "native", "PCG64", "a" * 101, "\x1b[31m",
    "line\nline", "\u202e", "\ud800", "é", [], [[]], {}, {"": {}}, [0] * 50,
)  # fmt: skip

# In the place of a value, or anywhere in the text.
PIECES = (
    b"1e400", b"-1e400", b"1E-400", b"0.1000000000000000055511151231257827", b"00", b"+1", b"1.", b".5",
    b"0x10", b"Infinity", b"NaN", b"-NaN", b"nul", b"\xff\xfe", b"\0", b"\r\n", b" ", b",", b":", b'"', b"{",
    b"}", b"[", b"]", b'\\', b'"\\u0000"', b"//", b"9" * 5_000, b"[" * 100_000,
    b'{"a":' * 3_000, b"[" * 9 + b"]" * 9,
)  # fmt: skip


def change(rng: random.Random, text: bytes) -> bytes:
    """The JSON text of an object after one change."""
    value = None if rng.random() < 0.25 else _parse(text)
    if value is None:
        return _change_text(rng, text)
    _change_value(rng, value)
    spaced = rng.random() < 0.2
    changed = json.dumps(value, sort_keys=rng.random() < 0.8, separators=None if spaced else (",", ":"))
    return changed.encode()


def _parse(text: bytes) -> Any:
    """The value of a text, or None if an earlier change has damaged it."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) and value else None


def _change_text(rng: random.Random, text: bytes) -> bytes:
    """Insert a piece, replace a value by it, or write a key twice."""
    piece = rng.choice(PIECES)
    colons = [index for index, byte in enumerate(text) if byte == ord(":")]
    if not colons or rng.random() < 0.3:
        at = rng.randrange(len(text) + 1)
        return text[:at] + piece + text[at:]
    colon = rng.choice(colons)
    end = next((index for index in range(colon, len(text)) if text[index] in b",}"), len(text))
    if rng.random() < 0.7:
        return text[: colon + 1] + piece + text[end:]
    begin = max(text.rfind(b",", 0, colon), text.rfind(b"{", 0, colon)) + 1
    return text[:end] + b"," + text[begin:end] + text[end:]


def _change_value(rng: random.Random, root: Any) -> None:
    """Replace, remove, add, double or exchange a value somewhere in the tree."""
    parents = [parent for parent in _containers(root) if parent]
    parent = rng.choice(parents)
    keys = list(parent) if isinstance(parent, dict) else list(range(len(parent)))
    key, action = rng.choice(keys), rng.randrange(10)
    if action < 6:
        parent[key] = _hostile(rng, parent[key])
    elif action == 6:
        del parent[key]
    elif action == 7:
        other = rng.choice(keys)
        parent[key], parent[other] = parent[other], parent[key]
    elif isinstance(parent, dict):
        parent[rng.choice(("more", "", "epochs", "state", "a" * 500, "\x1b"))] = rng.choice(HOSTILE)
    else:
        parent.append(parent[key])


def _hostile(rng: random.Random, value: Any) -> Any:
    """Another value: close to this one, or one that is hostile everywhere."""
    if type(value) is int and rng.random() < 0.5:
        return value + rng.choice((-1, 1, 2**32, 2**64))
    if type(value) is float and rng.random() < 0.5:
        return value * rng.choice((-1.0, 0.0, 2.0, 1e300)) + rng.choice((0.0, 1.0))
    return rng.choice(HOSTILE)


def _containers(value: Any) -> list[Any]:
    found = [value]
    for each in found:
        inner = each.values() if isinstance(each, dict) else each
        found += [child for child in inner if isinstance(child, dict | list)]
    return found
