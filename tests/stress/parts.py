"""The parts: the modules of this folder that define CASES."""

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol, cast

import stress


class Part(Protocol):
    """The definitions of a part, except `check` and `missing`, which are optional."""

    CASES: int
    SECONDS: int
    run: Callable[[int, int, Path], Iterator[int]]


def names() -> list[str]:
    """All parts, those that may take longest first."""
    modules = [module.name for module in pkgutil.iter_modules(stress.__path__) if module.name != "__main__"]
    found = [name for name in modules if hasattr(importlib.import_module(f"stress.{name}"), "CASES")]
    return sorted(found, key=lambda name: -find(name).SECONDS)


def find(name: str) -> Part:
    """The part of this name."""
    return cast("Part", importlib.import_module(f"stress.{name}"))


def why_missing(name: str) -> str | None:
    """The reason why a part cannot run here, or None."""
    missing = getattr(find(name), "missing", None)
    return missing() if missing else None


def count(name: str, fraction: float) -> int:
    """The number of cases in this fraction of a part, at least one."""
    return max(1, round(find(name).CASES * fraction))
