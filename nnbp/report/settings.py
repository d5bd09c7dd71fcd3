"""The first section: how good each model is, and the settings of its training."""

from collections.abc import Callable, Sequence
from dataclasses import asdict

from nnbp.intervals import wilson
from nnbp.notebook.markup import Element, element
from nnbp.report import parts
from nnbp.report.subject import Images, Shown
from nnbp.reports import best_epoch
from nnbp.settings import Settings
from nnbp.sizes import count_parameters


def section(models: Sequence[Shown], test: Images) -> Element:
    """A card with the accuracy of each model, and a table of all settings, one column a model."""
    cards = [_card(shown, place) for place, shown in enumerate(models)]
    header = ["", *(shown.name for shown in models)]
    rows = [(name, *(value(shown) for shown in models)) for name, value in _ROWS.items()]
    rows += [(name, *(cell(shown, key) for shown in models)) for name, key, cell in _settings(models)]
    return parts.section(
        "results",
        "Results and settings",
        parts.note(
            f"Accuracy on the test images of {test.name}, with the 95 % confidence interval (Wilson)."
        ),
        parts.block(
            "results one" if len(models) == 1 else "results",
            parts.block("cards", *cards),
            parts.table("How each model was trained", header, rows),
        ),
    )


def _card(shown: Shown, place: int) -> Element:
    result = shown.evaluation
    low, high = wilson(result.correct, result.total)
    return parts.block(
        f"card series-{place}",
        parts.block("name", shown.name, tag="p"),
        parts.block("accuracy", parts.percent(result.accuracy), tag="p"),
        element("p", f"{100 * low:.2f} to {parts.percent(high)}"),
        element("p", f"{result.correct:,} of {result.total:,} correct · cost {result.cost:.4g}"),
    )


def _trained(shown: Shown) -> str:
    training = shown.model.training
    early = ", stopped early" if training.is_over and len(training.reports) < training.settings.epochs else ""
    return f"{len(training.reports):,} of {training.settings.epochs:,}{early}"


def _best(shown: Shown) -> str:
    best = best_epoch(shown.model.training.reports)
    if best is None:
        return "–"
    accuracy = shown.model.training.reports[best - 1].validation_accuracy
    return f"{best:,} (accuracy {accuracy:.4f})"


def _text(value: object) -> str:
    """A setting as people read it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None:
        return "–"
    return f"{value:g}" if isinstance(value, float) else str(value)


_ROWS: dict[str, Callable[[Shown], str]] = {
    "layers": lambda shown: " – ".join(f"{size:,}" for size in shown.model.network.sizes),
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
