"""`nnbp train --resume`: a training from its model file, and which options may change."""

from dataclasses import asdict, replace
from typing import Any

import click

from nnbp.cli import arithmetic, loading
from nnbp.cli.setting_options import option_name, settings_from
from nnbp.data import Dataset
from nnbp.engines import choose_engine
from nnbp.errors import RejectedFileError
from nnbp.modelfile import Model

# Options that do not change the result.
_FREE = {"resume", "dataset", "output", "diagnose", "plot", "threads", "as_json", "quiet"}

# Options that determine only how long to train, which resuming is for.
_CHANGEABLE = ("epochs", "patience")


def resume(where: str, given: dict[str, Any], bars: bool) -> tuple[Model, Dataset]:
    """The training in a model file, with the epochs and the patience of the options, and its data set
    as it sees it.

    Raises a usage error for an option that contradicts the training, EngineError if its engine is not
    available, and the errors of loading.
    """
    model = _changed(_checked(loading.read(where), given), given)
    model.training.engine = choose_engine(model.origin.engine or given.get("engine", "auto"), model.network)
    if not model.training.reports:
        model = replace(model, **arithmetic.present(model.training.engine))
    if not model.training.is_over:
        arithmetic.check(model)
    dataset = given.get("dataset")
    loaded = loading.load_dataset(loading.dataset_of(where, model) if dataset is None else dataset, bars)
    _check_dataset(model, loaded)
    return model, loading.seen_with(model.settings, loaded)


def _checked(model: Model, given: dict[str, Any]) -> Model:
    """The model. Raises a usage error for an option that contradicts it; --engine auto never does."""
    # An engine is open until the first epoch.
    made_with = {"sizes": model.network.sizes, **asdict(model.settings), **asdict(model.origin)}
    made_with["engine"] = made_with["engine"] or given.get("engine")
    for name, value in given.items():
        if name not in (*_FREE, *_CHANGEABLE) and value not in (made_with[name], "auto"):
            raise click.BadParameter(
                f"{_text(value)} was given, but the training to resume has {_text(made_with[name])}",
                param_hint=repr(option_name(name)),
            )
    return model


def _changed(model: Model, given: dict[str, Any]) -> Model:
    """The model with the settings that may change. Raises a usage error for one that does not fit it."""
    changes = {name: given[name] for name in _CHANGEABLE if name in given}
    done = len(model.training.reports)
    if changes.get("epochs", done) < done:
        raise click.BadParameter(
            f"{changes['epochs']} epochs were requested, but the training to resume has done {done}",
            param_hint="'--epochs'",
        )
    if changes.get("patience") and not model.origin.validation:
        raise click.BadParameter(
            "it needs validation examples, but the training to resume held none out",
            param_hint="'--patience'",
        )
    settings = settings_from({**asdict(model.settings), **changes})
    return replace(model, training=replace(model.training, settings=settings))


def _check_dataset(model: Model, dataset: Dataset) -> None:
    """Raise a usage error if this is not the data set that the model was trained on."""
    origin = model.origin
    if dataset.sha256 != origin.dataset_sha256:
        raise click.BadParameter(
            f"{dataset.name} has SHA-256 {dataset.sha256[:16]}…, but the training to resume began on "
            f"{origin.dataset} with {origin.dataset_sha256[:16]}…",
            param_hint="'--dataset'",
        )
    if not origin.validation < len(dataset.train_labels):
        raise RejectedFileError(
            "the model to resume",
            f"it held out {origin.validation:,} of {len(dataset.train_labels):,} training examples",
            "name a file that `nnbp train` wrote",
        )


def _text(value: Any) -> str:
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)
