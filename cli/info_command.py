"""The command that trains a model again to the same bytes, or the reason why no single command does."""

from typing import TYPE_CHECKING

from nnbp import data
from nnbp.cli.command_line import train_command
from nnbp.diagnoses import epochs_kept

if TYPE_CHECKING:
    from nnbp.modelfile import Model
    from nnbp.training import Training


def command(model: "Model") -> str:
    """The command, without the options that have their defaults; a folder, which has no name, is FOLDER."""
    origin, threads = model.origin, model.origin.blas_threads or 1
    return train_command(
        model.network.sizes,
        model.settings,
        validation=origin.validation,
        seed=origin.seed,
        dataset="FOLDER" if origin.dataset == "folder" else origin.dataset,
        engine=origin.engine,
        diagnose=bool(model.training.diagnosis),
        threads=threads if threads > 1 else None,
    )


def reason_for_none(model: "Model") -> str | None:
    """Why no command makes this model; None if one does."""
    origin, training = model.origin, model.training
    done, epochs = len(training.reports), training.settings.epochs
    if origin.dataset not in (*data.names(), "folder"):
        return "the data set is unknown"
    if origin.seed is None:
        return "the seed is unknown"
    if not training.is_over:
        return f"the training is not over, only {done:,} of {epochs:,} epochs are done"
    if any(report.learning_rate != training.settings.rate(report.epoch) for report in training.reports):
        return f"the training was resumed, and its learning rates are not those of --epochs {epochs}"
    if _would_have_stopped(training) != done:
        return "the training was resumed after it had stopped early"
    if _is_diagnosed_in_part(training):
        return "only some of the epochs were diagnosed, and the file has their figures"
    if origin.engine == "numpy" and origin.blas_threads is None:
        return "the number of BLAS threads is unknown, and the numpy engine's bytes depend on it"
    return None


def _is_diagnosed_in_part(training: "Training") -> bool:
    """Whether the diagnosed epochs are not those that one training with --diagnose keeps, nor none."""
    done, found = len(training.reports), [diagnosis.epoch for diagnosis in training.diagnosis]
    first = max(1, done + 1 - epochs_kept(len(training.network.weights)))
    return bool(found) and found != list(range(first, done + 1))


def _would_have_stopped(training: "Training") -> int:
    """The epoch after which an uninterrupted training with these settings would have been over."""
    from nnbp.reports import is_better, stops_early

    best = None
    for report in training.reports:
        if is_better(report, best):
            best = report
        if stops_early(report.epoch, best, training.settings.patience):
            return report.epoch
    return len(training.reports)
