"""`nnbp train --resume`: a training from its model file, and which options may change."""

from dataclasses import asdict, replace
from typing import Any

import click

from nnbp.cli import loading
from nnbp.cli.setting_options import option_name
from nnbp.data import Dataset
from nnbp.engines import choose_engine
from nnbp.errors import RejectedFileError
from nnbp.modelfile import Model

# Options that do not change the result, and --epochs, which resuming is for.
_FREE = {"resume", "epochs", "dataset", "output", "diagnose", "threads", "as_json", "quiet"}


def resume(where: str, given: dict[str, Any], bars: bool) -> tuple[Model, Dataset]:
    """The training in a model file, with the epochs of the options, and its data set.

    Raises a usage error for an option that contradicts the training, EngineError if its engine is not
    available, and the errors of loading.
    """
    model = _with_epochs(_checked(loading.read(where), given), given)
    choose_engine(model.origin.engine, model.network)
    dataset = given.get("dataset")
    loaded = loading.load_dataset(loading.dataset_of(model) if dataset is None else dataset, bars)
    _check_dataset(model, loaded)
    return model, loaded


def _checked(model: Model, given: dict[str, Any]) -> Model:
    """The model. Raises a usage error for an option that contradicts it; --engine auto never does."""
    made_with = {"sizes": model.network.sizes, **asdict(model.settings), **asdict(model.origin)}
    for name, value in given.items():
        if name not in _FREE and value not in (made_with[name], "auto"):
            raise click.BadParameter(
                f"{_text(value)} was given, but the training to resume has {_text(made_with[name])}",
                param_hint=repr(option_name(name)),
            )
    return model


def _with_epochs(model: Model, given: dict[str, Any]) -> Model:
    epochs, done = given.get("epochs", model.settings.epochs), len(model.training.reports)
    if epochs < done:
        raise click.BadParameter(
            f"{epochs} epochs were requested, but the training to resume has done {done}",
            param_hint="'--epochs'",
        )
    try:
        settings = replace(model.settings, epochs=epochs)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="'--epochs'") from error
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
