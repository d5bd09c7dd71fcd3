"""The compiled engine: the same training as `nnbp.sgd`, without the zeros and without waiting for Python.

Whatever is done for speed alone lives behind this wall. The rest of the package uses

    missing()     why the engine cannot be used here, if it cannot
    suits()       whether it takes these examples
    Epochs        an epoch of training
    Evaluator     answers to examples

and gets what NumPy would give, but for rounding. Importing this imports neither NumPy nor the library itself.
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
