"""How a model was trained: its settings and what is known of its training, as people read them."""

from collections.abc import Callable, Sequence
from dataclasses import asdict

from nnbp.report import parts
from nnbp.report.subject import Shown
from nnbp.reports import best_epoch
from nnbp.settings import Settings
from nnbp.sizes import count_parameters


def rows(models: Sequence[Shown]) -> list[tuple[str, ...]]:
    """Each setting: its name and its value for each model."""
    made = [(name, *(value(shown) for shown in models)) for name, value in _ROWS.items()]
    return made + [(name, *(cell(shown, key) for shown in models)) for name, key, cell in _settings(models)]


def _trained(shown: Shown) -> str:
    training = shown.model.training
    early = ", stopped early" if training.is_over and len(training.reports) < training.settings.epochs else ""
    return f"{len(training.reports):,} of {training.settings.epochs:,}{early}"


def _best(shown: Shown) -> str:
    best = best_epoch(shown.model.training.reports)
    if best is None:
        return "–"
    accuracy = shown.model.training.reports[best - 1].validation_accuracy
    return f"{best:,} ({parts.percent(accuracy or 0.0)})"


def _text(value: object) -> str:
    """A setting as people read it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None:
        return "–"
    if isinstance(value, tuple):
        return ", ".join(map(_text, value)) or "–"
    return f"{value:g}" if isinstance(value, float) else str(value)


_ROWS: dict[str, Callable[[Shown], str]] = {
    "layers": lambda shown: ",".join(str(size) for size in shown.model.network.sizes),
    "weights and biases": lambda shown: f"{count_parameters(shown.model.network.sizes):,}",
    "trained on": lambda shown: shown.model.dataset,
    "held out for validation": lambda shown: f"{shown.model.origin.validation:,}",
    "epochs": _trained,
    "best epoch": _best,
    "seed": lambda shown: _text(shown.model.origin.seed),
    "engine": lambda shown: _text(shown.model.origin.engine),
    "cost": lambda shown: shown.model.settings.cost,
    "mini-batch": lambda shown: f"{shown.model.settings.batch_size:,}",
    "learning rate": lambda shown: f"{shown.model.settings.learning_rate:g}, {shown.model.settings.schedule}",
    "L2 (λ)": lambda shown: _text(shown.model.settings.l2),
    "initial weights": lambda shown: shown.model.settings.init,
}
_IN_ROWS = {"epochs", "cost", "batch_size", "learning_rate", "schedule", "l2", "init"}


def _settings(models: Sequence[Shown]) -> list[tuple[str, str, Callable[[Shown, str], str]]]:
    """The other settings, where a model's differs from the default."""
    default = asdict(Settings())
    return [
        (key.replace("_", " "), key, lambda shown, name: _text(getattr(shown.model.settings, name)))
        for key in default
        if key not in _IN_ROWS and any(getattr(s.model.settings, key) != default[key] for s in models)
    ]
