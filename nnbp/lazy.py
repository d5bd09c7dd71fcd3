"""Public names of a package that are looked up on first use (PEP 562).

Importing the package then costs nothing: `nnbp --help` answers without NumPy.
"""

import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module


def names(
    package: str, homes: Mapping[str, Sequence[str]], subpackages: Sequence[str] = ()
) -> tuple[Callable[[str], object], Callable[[], list[str]], list[str]]:
    """`__getattr__`, `__dir__` and `__all__` of a package; `homes` maps its modules to their public names.

    `__dir__` also lists its public subpackages, once they are imported.
    """
    home_of = {name: home for home, names in homes.items() for name in names}

    def look_up(name: str) -> object:
        if name not in home_of:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        return getattr(import_module(f"{package}.{home_of[name]}"), name)

    def listed() -> list[str]:
        imported = [name for name in subpackages if f"{package}.{name}" in sys.modules]
        return sorted([*home_of, *imported])

    return look_up, listed, list(home_of)
