"""`nnbp info`: what is in a model file, and how it was trained."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from nnbp import data
from nnbp.cli import modelfiles
from nnbp.cli.options import json_option, model_argument
from nnbp.cli.output import Reports
from nnbp.settings import Settings

if TYPE_CHECKING:
    from nnbp.storage import Model


@click.command
@model_argument
@json_option
def info(model: str, as_json: bool) -> None:
    """Show what is in MODEL (- for stdin), and how it was trained.

    \b
      nnbp info model.npz
      nnbp info model.npz --json | jq '.reports[].validation_accuracy'
    """
    subject = modelfiles.read(model)
    values = _values(model, subject)
    # The reports are too many for a person to read: JSON has them all, the text the last and the best.
    shown = {key.replace("_", " "): _text(value) for key, value in values.items() if key != "reports"}
    width = max(map(len, shown))
    lines = [f"{key:{width}}  {value}" for key, value in shown.items()]
    Reports(as_json).event("info", values, "\n".join(lines))


def _values(name: str, model: "Model") -> dict[str, Any]:
    from nnbp.costs import COSTS
    from nnbp.network import count_parameters
    from nnbp.sgd import best_epoch

    reports = [asdict(report) for report in model.state.reports]
    best = best_epoch(model.state.reports)
    return {
        "model": name,
        "version": model.version,
        "sizes": list(model.network.sizes),
        "parameters": count_parameters(model.network.sizes),
        "output": COSTS[model.settings.cost].output,
        **asdict(model.settings),
        **asdict(model.origin),
        "epochs_done": len(reports),
        "best_epoch": best,
        "best_validation_accuracy": None if best is None else reports[best - 1]["validation_accuracy"],
        "last_validation_accuracy": reports[-1]["validation_accuracy"] if reports else None,
        "last_train_accuracy": reports[-1]["train_accuracy"] if reports else None,
        "command": _command(model),
        "reports": reports,
    }


def _command(model: "Model") -> str:
    """The command line that makes the same model again: all that is not a default, and what could change."""
    origin, settings = model.origin, asdict(model.settings)
    dataset = origin.dataset if origin.dataset in data.names() else "FOLDER"
    options = {
        "sizes": ",".join(map(str, model.network.sizes)),
        **{name: value for name, value in settings.items() if value != getattr(Settings, name)},
        "validation": origin.validation,
        "seed": origin.seed,
        "dataset": dataset,
    }
    words = (
        f"--{name.replace('_', '-')}" + ("" if value is True else f" {value}")
        for name, value in options.items()
    )
    return f"nnbp train {' '.join(words)}"


def _text(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, list):
        return ",".join(map(str, value))
    return f"{value:.10g}" if isinstance(value, float) else str(value)
