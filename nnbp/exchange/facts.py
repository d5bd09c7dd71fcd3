"""How a model was made, as the texts that files of other formats have beside the numbers."""

from dataclasses import asdict

from nnbp.costs import COSTS
from nnbp.modelfile import Model


def facts(model: Model) -> dict[str, str]:
    """Version of nnbp, sizes, cost, output, data set, seed and settings by their names, without unknown ones.

    A model trained on deskewed images has `input`: what has to be done to images before. The same model has
    the same facts in the same order.
    """
    origin = model.origin
    known = {
        "nnbp_version": model.version,
        "sizes": ",".join(map(str, model.network.sizes)),
        "input": "images deskewed as by nnbp.data.deskew" if model.settings.deskew else None,
        "output": COSTS[model.settings.cost].output,
        "dataset": origin.dataset,
        "dataset_sha256": origin.dataset_sha256 or None,
        "validation": origin.validation,
        "seed": origin.seed,
        "engine": origin.engine,
        "epochs_done": len(model.training.reports),
        **asdict(model.settings),
    }
    return {name: _text(value) for name, value in sorted(known.items()) if value is not None}


def _text(value: object) -> str:
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)
