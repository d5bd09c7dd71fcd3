"""The compiled engine: the training of `nnbp.sgd`, without the zero pixels and without Python's overhead.

Everything done only for speed is in this folder. The rest of the package uses

    fused()       whether it uses fused multiply-add
    missing()     why the engine cannot be used on this machine, or None
    suits()       whether it supports a network and its examples
    Epochs        epochs of training
    Evaluator     evaluations
    Predictor     outputs for images

and gets the same results as with NumPy, up to rounding. Importing this imports neither NumPy nor the library.
"""

from typing import TYPE_CHECKING

from nnbp import lazy
from nnbp.native.library import describe as describe
from nnbp.native.library import fused as fused
from nnbp.native.library import missing as missing

if TYPE_CHECKING:
    from nnbp.native.epochs import Epochs as Epochs
    from nnbp.native.epochs import suits as suits
    from nnbp.native.evaluation import Evaluator as Evaluator
    from nnbp.native.prediction import Predictor as Predictor

__getattr__, __dir__, __all__ = lazy.names(
    __name__,
    {"epochs": ["Epochs", "suits"], "evaluation": ["Evaluator"], "prediction": ["Predictor"]},
)
__all__ += ["describe", "fused", "missing"]
