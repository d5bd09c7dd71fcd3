"""A new `nnbp train`: its data set, its network, and the examples that it holds out."""

from dataclasses import replace
from typing import TYPE_CHECKING

import click

from nnbp import data
from nnbp.cli import arithmetic, loading, signals
from nnbp.settings import Settings

if TYPE_CHECKING:
    from nnbp.data import Dataset
    from nnbp.modelfile import Model


def begin(
    settings: Settings,
    sizes: tuple[int, ...],
    dataset: str | None,
    validation: int | None,
    seed: int | None,
    engine: str,
    bars: bool,
) -> "tuple[Model, Dataset]":
    """A new training, and its data set as it sees it. What can fail immediately fails before a download.

    Raises a usage error for examples that cannot be held out, deskewed or distorted, EngineError, and the
    errors of loading.
    """
    # The data set's files are read and hashed while NumPy is imported.
    coming = data.Loading(dataset)
    # A signal waits, because Python may lose its exception during an import.
    with signals.held_back():
        from nnbp.engines import choose_engine
        from nnbp.modelfile import Model
        from nnbp.training import Training

    training = Training.begin(sizes, settings, seed)
    training.engine = choose_engine(engine, training.network)
    loaded = loading.finish(coming, bars)
    training.held_out = _held_out(validation, len(loaded.train_labels), settings)
    _check_deskew(settings, loaded)
    _check_distortion(settings, loaded)
    model = replace(Model.of(training, loaded), **arithmetic.present(training.engine))
    return model, loading.seen_with(model.settings, loaded)


def _held_out(validation: int | None, total: int, settings: Settings) -> int:
    """The number of training examples to hold out; a usage error if it is too large or too small."""
    count = total // 6 if validation is None else validation
    if count >= total:
        raise click.BadParameter(
            f"expected fewer than the {total:,} training examples, found {count:,}; leave some to train on",
            param_hint="'--validation'",
        )
    if settings.needs_validation and not count:
        raise click.BadParameter(
            "--patience and --keep best need validation examples; hold some out",
            param_hint="'--validation'",
        )
    return count


def _check_deskew(settings: Settings, loaded: "Dataset") -> None:
    """Raise a usage error for images of one row: `nnbp predict` could not tell them from unknown shapes."""
    if settings.deskew and loaded.image_shape[0] == 1:
        raise click.BadParameter(
            f"the images of {loaded.name} have one row, and no slant", param_hint="'--deskew'"
        )


def _check_distortion(settings: Settings, loaded: "Dataset") -> None:
    """Raise a usage error for images that are too large to be distorted."""
    from nnbp.warping import check_shape

    try:
        if settings.distortion is not None:
            check_shape(loaded.image_shape)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="'--dataset'") from error
