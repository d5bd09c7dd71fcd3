"""nnbp: sigmoid networks, trained by mini-batch gradient descent and backpropagation.

The names below are the library. They are looked up on first use (PEP 562), so that the command line can
answer `--help` without importing NumPy.

    import nnbp, nnbp.data, nnbp.processor

    chosen = nnbp.processor.set_up((784, 30, 10), batch_size=10)  # before NumPy is imported
    digits = nnbp.data.load("sample")
    training = nnbp.Examples(digits.train_images, digits.train_labels)
    settings = nnbp.Settings(epochs=3)
    state = nnbp.State.begin((784, 30, 10), settings, seed=1)
    for report in nnbp.train(state, training, None, settings, chosen.processes):
        print(report.epoch, report.train_accuracy)
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nnbp.backprop import activations_and_deltas as activations_and_deltas
    from nnbp.backprop import gradient_inner_products as gradient_inner_products
    from nnbp.backprop import mean_clipped_gradients as mean_clipped_gradients
    from nnbp.backprop import mean_gradients as mean_gradients
    from nnbp.backprop import per_example_gradients as per_example_gradients
    from nnbp.backprop import squared_gradient_norms as squared_gradient_norms
    from nnbp.backprop import squared_gradient_norms_by_layer as squared_gradient_norms_by_layer
    from nnbp.costs import COSTS as COSTS
    from nnbp.diagnostics import Diagnostics as Diagnostics
    from nnbp.diagnostics import per_example_diagnostics as per_example_diagnostics
    from nnbp.errors import DivergenceError as DivergenceError
    from nnbp.errors import DownloadError as DownloadError
    from nnbp.errors import NnbpError as NnbpError
    from nnbp.errors import ProcessError as ProcessError
    from nnbp.errors import RejectedFileError as RejectedFileError
    from nnbp.evaluation import Evaluation as Evaluation
    from nnbp.evaluation import evaluate as evaluate
    from nnbp.gradcheck import LayerCheck as LayerCheck
    from nnbp.gradcheck import check_gradients as check_gradients
    from nnbp.minibatches import Examples as Examples
    from nnbp.network import Network as Network
    from nnbp.settings import Settings as Settings
    from nnbp.sgd import EpochReport as EpochReport
    from nnbp.sgd import State as State
    from nnbp.sgd import train as train
    from nnbp.storage import Model as Model
    from nnbp.storage import Origin as Origin
    from nnbp.storage import load as load
    from nnbp.storage import save as save

__version__ = "0.1.0"

_HOMES = {
    "backprop": [
        "activations_and_deltas",
        "gradient_inner_products",
        "mean_clipped_gradients",
        "mean_gradients",
        "per_example_gradients",
        "squared_gradient_norms",
        "squared_gradient_norms_by_layer",
    ],
    "costs": ["COSTS"],
    "diagnostics": ["Diagnostics", "per_example_diagnostics"],
    "errors": ["DivergenceError", "DownloadError", "NnbpError", "ProcessError", "RejectedFileError"],
    "evaluation": ["Evaluation", "evaluate"],
    "gradcheck": ["LayerCheck", "check_gradients"],
    "minibatches": ["Examples"],
    "network": ["Network"],
    "settings": ["Settings"],
    "sgd": ["EpochReport", "State", "train"],
    "storage": ["Model", "Origin", "load", "save"],
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = ["__version__", *_HOME_OF]


def __getattr__(name: str) -> object:
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME_OF[name]}"), name)
