"""The events of a training: start, epoch, epoch, …, end. Their values for JSON, their lines for people."""

import shlex
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from nnbp import __version__, data
from nnbp.cli.loading import STANDARD
from nnbp.cli.setting_options import setting_values
from nnbp.cli.train_diagnosis import diagnosis_lines, diagnosis_values
from nnbp.reports import EpochReport, best_epoch, best_report
from nnbp.sizes import count_parameters

if TYPE_CHECKING:
    from nnbp.diagnoses import Diagnosis
    from nnbp.evaluation import Evaluation
    from nnbp.modelfile import Model

HEADING = "  epoch      rate    cost  penalty   train  validation  seconds"


def start_values(model: "Model", total: int, tests: int, output: str, fallback: bool) -> dict[str, Any]:
    """Everything known before the first epoch; `total` is the number of training and validation examples.

    fallback  whether the data set is the sample because MNIST was not available
    """
    training = model.training
    sizes = training.network.sizes
    return {
        "version": __version__,
        "sizes": sizes,
        "parameters": count_parameters(sizes),
        **setting_values(training.settings),
        **asdict(model.origin),
        "training_examples": total - training.held_out,
        "validation_examples": training.held_out,
        "test_examples": tests,
        "fallback": fallback,
        "resumed_after": len(training.reports),
        "model": output,
    }


def start_text(values: dict[str, Any]) -> str:
    """The network and its examples."""
    network = ",".join(map(str, values["sizes"]))
    counts = ", ".join(
        f"{values[f'{split}_examples']:,} {split}" for split in ("training", "validation", "test")
    )
    return f"{network} on {values['dataset']}: {counts} examples; {_seed(values)}"


def epoch_values(
    model: "Model",
    report: EpochReport,
    penalty: float,
    diagnosis: "Diagnosis | None",
    seconds: float,
    *,
    best: bool,
) -> dict[str, Any]:
    """The figures of an epoch; `penalty` is the L1 and L2 term of the cost after it.

    best  whether no earlier epoch has a validation accuracy as high
    """
    return {
        "epoch": report.epoch,
        "epochs": model.settings.epochs,
        **asdict(report),
        "best": None if report.validation_accuracy is None else best,
        "regularization": penalty,
        "seconds": round(seconds, 6),
        "dataset": model.dataset,
        **({} if diagnosis is None else diagnosis_values(diagnosis)),
    }


def epoch_text(values: dict[str, Any]) -> str:
    """The row of an epoch below the heading, marked if it is the best so far, and its diagnosis, if any."""
    counted = f"{values['epoch']}/{values['epochs']}"
    accuracy = values["validation_accuracy"]
    validation = "-" if accuracy is None else f"{accuracy:.4f}"
    costs = f"{_figure(values['cost'], 6)}  {_figure(values['regularization'], 7)}"
    accuracies = f"{values['train_accuracy']:6.4f}  {validation:>10}"
    row = f"{counted:>7}  {values['learning_rate']:8.4g}  {costs}  {accuracies}  {values['seconds']:7.2f}"
    if values["best"]:
        row += "  *"
    return "\n".join([row, *diagnosis_lines(values)])


def _seed(values: dict[str, Any]) -> str:
    return f"seed {'unknown' if values['seed'] is None else values['seed']}"


def _figure(value: float, width: int) -> str:
    """A figure that fits its column, with fewer digits if it is large."""
    texts = [f"{value:{form}}" for form in (".4f", ".1f", ".1e", ".0e")]
    return next((text for text in texts if len(text) <= width), texts[-1]).rjust(width)


def end_values(
    model: "Model", test: "Evaluation", stopped: str, output: str, fallback: bool, seconds: float
) -> dict[str, Any]:
    """The end of a training, the accuracy of its network on the test set, and everything that made it."""
    training = model.training
    best = best_report(training.reports)
    settings = setting_values(training.settings)
    planned = settings.pop("epochs")
    return {
        "epochs": len(training.reports),
        "planned_epochs": planned,
        "stopped": stopped,
        "best_epoch": None if best is None else best.epoch,
        "best_validation_accuracy": None if best is None else best.validation_accuracy,
        "test_accuracy": test.accuracy,
        "correct": test.correct,
        "total": test.total,
        "sizes": training.network.sizes,
        **settings,
        **asdict(model.origin),
        "fallback": fallback,
        "model": output,
        "seconds": round(seconds, 6),
    }


def end_text(values: dict[str, Any], best_kept: bool) -> str:
    """The test accuracy, and how the training ended."""
    how = "stopped early" if values["stopped"] == "early" else values["stopped"]
    best = values["best_epoch"]
    kept = f"; saved the network of epoch {best}" if best_kept else ""
    if not best_kept and best not in (None, values["epochs"]):
        kept = f"; best epoch {best} ({values['best_validation_accuracy']:.4f})"
    where = "written to standard output" if values["model"] == STANDARD else values["model"]
    accuracy = f"{values['test_accuracy']:.4f} ({values['correct']:,} of {values['total']:,})"
    dataset = f"{values['dataset']}{' (MNIST was not available)' if values['fallback'] else ''}"
    course = f"{how} after epoch {values['epochs']} in {values['seconds']:.1f} s{kept}"
    return f"test accuracy {accuracy} on {dataset}; {course}; {_seed(values)}; {where}"


def interrupted_text(model: "Model", output: str, dataset: str | None) -> str:
    """After which epoch the training was interrupted, and the command that continues it.

    dataset  as `--dataset` takes it
    """
    training = model.training
    course = f"interrupted after epoch {len(training.reports)} of {training.settings.epochs}"
    if training.is_over:
        return course
    if output == STANDARD:
        return f"{course}; nnbp train --resume continues with the model from standard output"
    words = ["nnbp", "train", "--resume", output]
    if training.diagnosis and training.diagnosis[-1].epoch == len(training.reports):
        words.append("--diagnose")
    if model.dataset not in data.names():
        words += ["--dataset", dataset or "FOLDER"]
    return f"{course}; to continue: {shlex.join(words)}"


def nothing_left_text(model: "Model") -> str:
    """The reason why nothing is left to do, and the option that trains on."""
    done, epochs = len(model.training.reports), model.settings.epochs
    if done < epochs:
        stopped = f"stopped early after epoch {done}"
        return f"nothing left to do: {stopped}; a higher --patience, or 0 for no limit, trains on"
    return f"nothing left to do: {done} of {epochs} epochs are done; --epochs N trains on"


def kept_text(model: "Model", output: str) -> str:
    """The epoch of the network that a diverged training leaves, and the file that has it."""
    reports = model.training.reports
    epoch = len(reports) if model.training.best is None else best_epoch(reports)
    where = "standard output" if output == STANDARD else output
    return f"{where} has the network of epoch {epoch}"
