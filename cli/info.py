"""`nnbp info`: the contents of a model file, and how it was trained; or the engine that trains here."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from nnbp import data
from nnbp.cli import blas, info_system, loading
from nnbp.cli.options import json_option
from nnbp.cli.output import Reports
from nnbp.settings import Settings

if TYPE_CHECKING:
    from nnbp.modelfile import Model


@click.command
@click.argument("model", metavar="[MODEL]", required=False)
@click.option(
    "--system",
    "of_system",
    is_flag=True,
    help="Show instead the engine that would train MODEL (default: 784,30,10) on this machine, and why.",
)
@json_option
def info(model: str | None, of_system: bool, as_json: bool) -> None:
    """Show the contents of MODEL (- for stdin), and how it was trained.

    \b
      nnbp info model.npz
      nnbp info model.npz --json | jq '.reports[].validation_accuracy'
      nnbp info --system
    """
    blas.use_threads()
    if model is None and not of_system:
        raise click.UsageError("Missing argument 'MODEL'.")
    loaded = None if model is None else loading.read(model)
    if loaded is None or of_system:
        _show("system", *_system(loaded), as_json)
    else:
        _show("info", *_model(str(model), loaded), as_json)


def _show(event: str, values: dict[str, Any], shown: Sequence[tuple[str, str]], as_json: bool) -> None:
    width = max(len(name) for name, _ in shown)
    Reports(as_json).event(event, values, "\n".join(f"{name:{width}}  {text}" for name, text in shown))


def _system(model: "Model | None") -> tuple[dict[str, Any], list[tuple[str, str]]]:
    values = info_system.describe(model)
    return values, info_system.lines(values)


def _model(name: str, model: "Model") -> tuple[dict[str, Any], list[tuple[str, str]]]:
    values = _values(name, model)
    # The reports are too many for a person to read: JSON has them all, the text the last and the best.
    return values, [
        (key.replace("_", " "), _text(value)) for key, value in values.items() if key != "reports"
    ]


def _values(name: str, model: "Model") -> dict[str, Any]:
    from nnbp.costs import COSTS
    from nnbp.network import count_parameters
    from nnbp.training import best_epoch

    reports = [asdict(report) for report in model.training.reports]
    best = best_epoch(model.training.reports)
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
    """The command line that makes the same model again: all but the defaults."""
    origin, settings = model.origin, asdict(model.settings)
    dataset = origin.dataset if origin.dataset in data.names() else "FOLDER"
    options = {
        "sizes": ",".join(map(str, model.network.sizes)),
        **{name: value for name, value in settings.items() if value != getattr(Settings, name)},
        "validation": origin.validation,
        "seed": origin.seed,
        "dataset": dataset,
        "engine": origin.engine,
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
