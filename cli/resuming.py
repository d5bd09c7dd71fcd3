"""`nnbp train --resume`: what may be changed about a training that goes on, and what may not."""

from dataclasses import asdict, replace
from typing import Any

import click

from nnbp.data import Dataset
from nnbp.errors import RejectedFileError
from nnbp.storage import Model

# These say where and how, not what.
_FREE = {"resume", "epochs", "dataset", "output", "diagnose", "threads", "as_json", "quiet"}


def resumed(model: Model, given: dict[str, Any]) -> Model:
    """The model, with the epochs that are given; a usage error for any other choice that is not its own."""
    made_with = {"sizes": model.network.sizes, **asdict(model.settings), **asdict(model.origin)}
    for name, value in given.items():
        if name not in _FREE and value != made_with[name]:
            raise click.BadParameter(
                f"{_text(value)} was given, but the training to resume has {_text(made_with[name])}",
                param_hint=f"--{name.replace('_', '-')}",
            )
    epochs, done = given.get("epochs", model.settings.epochs), len(model.state.reports)
    if epochs < done:
        raise click.BadParameter(
            f"{epochs} epochs were asked for, but the training to resume has done {done}",
            param_hint="--epochs",
        )
    try:
        return replace(model, settings=replace(model.settings, epochs=epochs))
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--epochs") from error


def check_dataset(model: Model, dataset: Dataset) -> None:
    """Raise a usage error unless this is the data set that the model was trained on."""
    origin = model.origin
    if dataset.sha256 != origin.dataset_sha256:
        raise click.BadParameter(
            f"{dataset.name} has SHA-256 {dataset.sha256}, but the training to resume began on "
            f"{origin.dataset} with {origin.dataset_sha256}",
            param_hint="--dataset",
        )

    if not model.origin.validation < len(dataset.train_labels):
        raise RejectedFileError(
            "the model to resume",
            f"it held out {model.origin.validation:,} of {len(dataset.train_labels):,} training examples",
            "name a file that `nnbp train` wrote",
        )


def _text(value: Any) -> str:
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)
