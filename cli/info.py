"""`nnbp info`: the contents of a model file and how it was trained, or the engine used on this machine."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from nnbp.cli import blas, info_command, info_system, loading
from nnbp.cli.options import complete_files, json_option
from nnbp.cli.output import Events
from nnbp.cli.setting_options import setting_values, without_effect
from nnbp.cli.text import wrapped
from nnbp.settings import Settings

if TYPE_CHECKING:
    from nnbp.modelfile import Model

_LABELS = {"diagnosis": "diagnosed epochs"}


@click.command
@click.argument("model", metavar="[MODEL]", required=False, shell_complete=complete_files)
@click.option(
    "--system",
    "of_system",
    is_flag=True,
    help="Show instead which engine would train MODEL (default: 784,30,10) on this machine, and why.",
)
@json_option
def info(model: str | None, of_system: bool, as_json: bool) -> None:
    """Show the contents of MODEL (- for stdin) and how it was trained.

    \b
      nnbp info model.npz
      nnbp info model.npz --json | jq '.reports[].validation_accuracy'
      nnbp info --system
    """
    blas.use_threads()
    if model is None and not of_system:
        raise click.UsageError("Missing argument 'MODEL', or option '--system'.")
    loaded = None if model is None else loading.read(model)
    if loaded is None or of_system:
        _show("system", *_system(loaded), as_json)
    else:
        _show("info", *_model(str(model), loaded), as_json)


def _show(event: str, values: dict[str, Any], rows: Sequence[tuple[str, str]], as_json: bool) -> None:
    width = max(len(name) for name, _ in rows)
    # A command wrapped with backslashes can still be copied.
    lines = [
        wrapped(f"{name:{width}}  {text}", indent=width + 2, end=" \\" if name == "command" else "")
        for name, text in rows
    ]
    Events(as_json).event(event, values, "\n".join(lines))


def _system(model: "Model | None") -> tuple[dict[str, Any], list[tuple[str, str]]]:
    values = info_system.describe(model)
    return values, info_system.lines(values)


def _model(name: str, model: "Model") -> tuple[dict[str, Any], list[tuple[str, str]]]:
    values = _values(name, model)
    # Too many reports for a person to read: JSON has all of them, the text only the last and the best.
    hidden = {"reports", "no_command", *_without_effect(model.settings)}
    shown = values if values["command"] else {**values, "command": f"none: {values['no_command']}"}
    if values["diagnosis"] is None:
        hidden.add("diagnosis")
    return values, [
        (_LABELS.get(key, key.replace("_", " ")), _text(key, value))
        for key, value in shown.items()
        if key not in hidden
    ]


def _without_effect(settings: Settings) -> set[str]:
    """The settings that had no effect: those of another schedule, or off, as they are by default."""
    off = {
        name
        for name, value in asdict(settings).items()
        if value == getattr(Settings, name) and not (any(value) if isinstance(value, tuple) else value)
    }
    return off | set(without_effect(settings))


def _values(name: str, model: "Model") -> dict[str, Any]:
    from nnbp.costs import COSTS
    from nnbp.reports import best_epoch
    from nnbp.sizes import count_parameters

    epochs = model.training.reports
    reports = [asdict(report) for report in epochs]
    best = best_epoch(epochs)
    reason = info_command.reason_for_none(model)
    return {
        "model": name,
        "version": model.version,
        "sizes": list(model.network.sizes),
        "parameters": count_parameters(model.network.sizes),
        "output": COSTS[model.settings.cost].output,
        **setting_values(model.settings),
        **asdict(model.origin),
        "epochs_done": len(reports),
        "best_epoch": best,
        "best_validation_accuracy": None if best is None else reports[best - 1]["validation_accuracy"],
        "last_validation_accuracy": reports[-1]["validation_accuracy"] if reports else None,
        "last_train_accuracy": reports[-1]["train_accuracy"] if reports else None,
        "test_accuracy": None if model.score is None else model.score.accuracy,
        "test_correct": None if model.score is None else model.score.correct,
        "test_total": None if model.score is None else model.score.total,
        "diagnosis": _diagnosis(model),
        "command": None if reason else info_command.command(model),
        "no_command": reason,
        "reports": reports,
    }


def _diagnosis(model: "Model") -> list[dict[str, Any]] | None:
    """The figures of the diagnosed epochs; None if there are none."""
    return [asdict(diagnosis) for diagnosis in model.training.diagnosis] or None


def _text(key: str, value: Any) -> str:
    if value is None:
        return "-"
    if key == "diagnosis":
        return f"{len(value):,}"
    if isinstance(value, list | tuple):
        return ",".join(f"{item:.10g}" for item in value)
    if key.endswith("accuracy"):
        return f"{value:.4f}"
    if key in ("parameters", "validation", "batch_size", "test_correct", "test_total"):
        return f"{value:,}"
    return f"{value:.10g}" if isinstance(value, float) else str(value)
