"""The compiled library: whether it is installed, and which instruction set it uses."""

import os
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType

from nnbp.errors import EngineError

# Selects one of the processor's instruction sets by name, to compare them.
VARIABLE = "NNBP_INSTRUCTIONS"

# setup.py writes the reason here if the library could not be compiled.
WHY_NOT = Path(__file__).parent / "not-built.txt"


@cache
def find(name: str = "nnbp.native._engine", why_not: Path = WHY_NOT) -> ModuleType | str:
    """The library, a module of that name, or the reason why it is missing."""
    try:
        return import_module(name)
    except ImportError as error:
        if not isinstance(error, ModuleNotFoundError):
            return f"its library cannot be loaded ({error})"
    try:
        return f"it could not be compiled ({why_not.read_text('utf-8', 'replace').strip()})"
    except OSError:
        return "it has not been compiled"


def missing() -> str | None:
    """Why the compiled engine cannot be used on this machine; None if it can."""
    found = find()
    return found if isinstance(found, str) else None


def library() -> ModuleType:
    """The compiled library. Raises ImportError if it is missing."""
    found = find()
    if isinstance(found, str):
        raise ImportError(found)
    return found


def instructions() -> str:
    """The instruction set to use: the best one that this processor supports, or $NNBP_INSTRUCTIONS.

    Raises EngineError if the variable names one that the processor does not support.
    """
    available: list[str] = library().instruction_sets()
    wanted = os.environ.get(VARIABLE) or available[0]
    if wanted not in available:
        here = ", ".join(available)
        raise EngineError(
            VARIABLE, f"it is {wanted!a:.40}; this processor has {here}", "choose one, or unset it"
        )
    return wanted


def describe() -> dict[str, str]:
    """The engine's part of `nnbp info --system`: empty if the engine is missing."""
    return {} if missing() else {"instructions": instructions()}


def fused() -> bool:
    """Whether the compiled engine uses fused multiply-add, which rounds once; only `baseline` lacks it."""
    return instructions() != "baseline"
