"""The compiled engine: the training of `nnbp.sgd`, without the zero pixels and without Python's overhead.

Everything done only for speed is in this folder. The rest of the package uses

    missing()     why the engine cannot be used on this machine, or None
    suits()       whether it supports a network and its examples
    Epochs        epochs of training
    Evaluator     evaluations

and gets the same results as with NumPy, up to rounding. Importing this imports neither NumPy nor the library.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from nnbp.native.library import describe as describe
from nnbp.native.library import missing as missing

if TYPE_CHECKING:
    from nnbp.native.epochs import Epochs as Epochs
    from nnbp.native.epochs import Evaluator as Evaluator
    from nnbp.native.epochs import suits as suits


def __getattr__(name: str) -> object:
    if name not in ("Epochs", "Evaluator", "suits"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module("nnbp.native.epochs"), name)
