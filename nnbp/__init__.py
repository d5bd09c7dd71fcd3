"""nnbp: sigmoid networks, trained by mini-batch gradient descent and backpropagation.

The names below are the public API. They are looked up on first use (PEP 562), so that the command line can
answer `--help` without importing NumPy.

    import nnbp, nnbp.data

    digits = nnbp.data.load("sample")
    training = nnbp.Training.begin((784, 30, 10), nnbp.Settings(epochs=3), seed=1)
    for report in training.run(digits.training):
        print(report.epoch, report.train_accuracy)
    training.network.predict(digits.test.images)
    training.save("model.npz", digits)
"""

from nnbp import lazy

# Not from typing, whose import is most of this one's time: Ctrl-C has no silent end until it is over.
TYPE_CHECKING = False

if TYPE_CHECKING:
    from nnbp.backprop import mean_gradients as mean_gradients
    from nnbp.comparison import Comparison as Comparison
    from nnbp.costs import COSTS as COSTS
    from nnbp.diagnosis import Checkup as Checkup
    from nnbp.engines import choose_engine as choose_engine
    from nnbp.engines import evaluate as evaluate
    from nnbp.errors import DivergenceError as DivergenceError
    from nnbp.errors import DownloadError as DownloadError
    from nnbp.errors import EngineError as EngineError
    from nnbp.errors import MissingPackageError as MissingPackageError
    from nnbp.errors import NnbpError as NnbpError
    from nnbp.errors import RejectedFileError as RejectedFileError
    from nnbp.evaluation import Evaluation as Evaluation
    from nnbp.gradcheck import GradientCheck as GradientCheck
    from nnbp.gradcheck import LayerCheck as LayerCheck
    from nnbp.gradcheck import check_gradients as check_gradients
    from nnbp.minibatches import Examples as Examples
    from nnbp.modelfile import Model as Model
    from nnbp.modelfile import Origin as Origin
    from nnbp.modelfile import load as load
    from nnbp.modelfile import save as save
    from nnbp.network import Network as Network
    from nnbp.outputs import Predictor as Predictor
    from nnbp.per_example import activations_and_deltas as activations_and_deltas
    from nnbp.per_example import gradient_inner_products as gradient_inner_products
    from nnbp.per_example import mean_clipped_gradients as mean_clipped_gradients
    from nnbp.per_example import per_example_gradients as per_example_gradients
    from nnbp.per_example import squared_gradient_norms as squared_gradient_norms
    from nnbp.per_example import squared_gradient_norms_by_layer as squared_gradient_norms_by_layer
    from nnbp.per_example_figures import Diagnostics as Diagnostics
    from nnbp.per_example_figures import per_example_diagnostics as per_example_diagnostics
    from nnbp.reports import EpochReport as EpochReport
    from nnbp.settings import ENGINES as ENGINES
    from nnbp.settings import Settings as Settings
    from nnbp.training import Training as Training
    from nnbp.updates import regularization as regularization

__version__ = "0.1.0"

__getattr__, __dir__, __all__ = lazy.names(
    __name__,
    {
        "backprop": ["mean_gradients"],
        "comparison": ["Comparison"],
        "costs": ["COSTS"],
        "diagnosis": ["Checkup"],
        "engines": ["choose_engine", "evaluate"],
        "errors": [
            "DivergenceError",
            "DownloadError",
            "EngineError",
            "MissingPackageError",
            "NnbpError",
            "RejectedFileError",
        ],
        "evaluation": ["Evaluation"],
        "gradcheck": ["GradientCheck", "LayerCheck", "check_gradients"],
        "minibatches": ["Examples"],
        "modelfile": ["Model", "Origin", "load", "save"],
        "network": ["Network"],
        "outputs": ["Predictor"],
        "per_example": [
            "activations_and_deltas",
            "gradient_inner_products",
            "mean_clipped_gradients",
            "per_example_gradients",
            "squared_gradient_norms",
            "squared_gradient_norms_by_layer",
        ],
        "per_example_figures": ["Diagnostics", "per_example_diagnostics"],
        "settings": ["ENGINES", "Settings"],
        "reports": ["EpochReport"],
        "training": ["Training"],
        "updates": ["regularization"],
    },
    subpackages=["data"],
)
__all__ += ["__version__"]
