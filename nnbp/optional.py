"""Packages that nnbp uses if they are installed, each an extra of the same name or another."""

from importlib import import_module
from typing import Any

from nnbp.errors import MissingPackageError


def require(module: str, where: str, extra: str) -> Any:
    """The module of an optional package, for the sake of `where`; `extra` installs it.

    Raises MissingPackageError if it is not installed.
    """
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] != module.partition(".")[0]:
            raise
        package = {"PIL": "Pillow"}.get(module.partition(".")[0], module.partition(".")[0])
        raise MissingPackageError(
            where, f"the package {package} is not installed", f"run `pip install 'nnbp[{extra}]'`"
        ) from error
