"""The command that `nnbp info` prints: it makes the same bytes again, or there is none, with the reason."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support.models import small_model
from support.program import events, run

from nnbp import Training, data

SAMPLE = data.load("sample")
LINE = ("train", "--sizes", "12,8,3", "--seed", "1", "--dataset", "digits", "-q")
RESUME = ("train", "--dataset", "digits", "-q", "--resume")


def train(*arguments: str, folder: Path) -> None:
    done = run(*arguments, cwd=folder)
    assert done.returncode == 0, done.stderr


def info(name: str, folder: Path) -> dict[str, Any]:
    (found,) = events(run("info", name, "--json", cwd=folder).stdout)
    return found


def check_command(name: str, folder: Path) -> str:
    """Check that the command shown for a model makes it again, and return it."""
    found = info(name, folder)
    assert found["no_command"] is None
    command = str(found["command"]).replace("FOLDER", "digits")
    train(*command.split()[1:], "-q", "-o", "again", folder=folder)
    assert (folder / "again").read_bytes() == (folder / name).read_bytes()
    return command


def test_the_command_trains_the_same_model_again(digits: Path, tmp_path: Path) -> None:
    choices = (
        "--epochs 3 --learning-rate 0.3 --momentum 0.5 --nesterov --dropout 0.2 --keep best --validation 7"
    )
    train(*LINE, *choices.split(), "-o", "first", folder=tmp_path)
    command = check_command("first", tmp_path)
    assert command.startswith("nnbp train --sizes 12,8,3 ")
    assert "--l2" not in command
    assert command.endswith(f" --engine {info('first', tmp_path)['engine']}")


@pytest.mark.usefixtures("_blas_threads_not_set")
def test_the_command_has_the_threads_of_blas_for_the_numpy_engine(digits: Path, tmp_path: Path) -> None:
    for number in ("1", "2"):
        line = (*LINE, "--epochs", "2", "--engine", "numpy", "--threads", number, "-o", f"with-{number}")
        train(*line, folder=tmp_path)
        assert info(f"with-{number}", tmp_path)["blas_threads"] == int(number)
    assert "--threads" not in check_command("with-1", tmp_path)
    assert check_command("with-2", tmp_path).endswith(" --threads 2")


@pytest.mark.parametrize("schedule", ["linear", "cosine"])
def test_a_training_whose_schedule_was_stretched_has_no_command(
    schedule: str, digits: Path, tmp_path: Path
) -> None:
    train(*LINE, "--epochs", "2", "--schedule", schedule, folder=tmp_path)
    train(*RESUME, "model.npz", "--epochs", "4", folder=tmp_path)
    found = info("model.npz", tmp_path)
    assert found["command"] is None
    assert "its learning rates are not those of --epochs 4" in found["no_command"]
    shown = run("info", "model.npz", cwd=tmp_path).stdout.decode()
    assert "none: the training was resumed, and its" in shown


def test_a_training_that_was_lengthened_at_the_same_rates_has_a_command(digits: Path, tmp_path: Path) -> None:
    train(*LINE, "--epochs", "2", "--schedule", "constant", folder=tmp_path)
    train(*RESUME, "model.npz", "--epochs", "4", folder=tmp_path)
    assert "--epochs 4" in check_command("model.npz", tmp_path)


def test_a_training_that_is_not_over_has_no_command(tmp_path: Path) -> None:
    model = small_model(3)
    model.training.reports.pop()
    model.save(tmp_path / "model.npz")
    found = info("model.npz", tmp_path)
    assert found["command"] is None
    assert found["no_command"] == "the training is not over, only 2 of 3 epochs are done"


PATIENT = ("--epochs", "40", "--schedule", "constant", "--learning-rate", "3")


def test_a_training_that_became_more_patient_has_a_command(digits: Path, tmp_path: Path) -> None:
    train(*LINE, *PATIENT, "--patience", "2", folder=tmp_path)
    stopped = info("model.npz", tmp_path)["epochs_done"]
    check_command("model.npz", tmp_path)
    train(*RESUME, "model.npz", "--patience", "4", folder=tmp_path)
    found = info("model.npz", tmp_path)
    assert found["epochs_done"] == found["best_epoch"] + 4 > stopped
    assert "--patience 4" in check_command("model.npz", tmp_path)


def test_a_training_that_would_have_stopped_before_has_no_command(tmp_path: Path) -> None:
    model = small_model(4, schedule="constant")
    accuracies = [0.5, 0.4, 0.4, 0.6]
    reports = [
        replace(report, validation_accuracy=accuracy)
        for report, accuracy in zip(model.training.reports, accuracies, strict=True)
    ]
    for patience, reason in ((3, None), (2, "the training was resumed after it had stopped early")):
        settings = replace(model.settings, patience=patience)
        training = replace(model.training, settings=settings, reports=reports)
        replace(model, training=training, blas_threads=1).save(tmp_path / "model.npz")
        assert info("model.npz", tmp_path)["no_command"] == reason


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"dataset": "unnamed"}, "the data set is unknown"),
        (
            {"blas_threads": None},
            "the number of BLAS threads is unknown, and the numpy engine's bytes depend on it",
        ),
    ],
)
def test_a_model_whose_origin_is_unknown_has_no_command(
    change: dict[str, Any], reason: str, tmp_path: Path
) -> None:
    replace(small_model(), **change).save(tmp_path / "model.npz")
    assert info("model.npz", tmp_path)["no_command"] == reason


def test_a_training_with_random_numbers_of_its_own_has_no_seed_and_no_command(tmp_path: Path) -> None:
    training = small_model().training
    Training(training.network, training.settings, np.random.default_rng(3)).save(
        tmp_path / "model.npz", SAMPLE
    )
    found = info("model.npz", tmp_path)
    assert (found["seed"], found["no_command"]) == (None, "the seed is unknown")
    assert re.search(r"^seed +-$", run("info", "model.npz", cwd=tmp_path).stdout.decode(), re.MULTILINE)


def test_the_engine_of_a_model_is_the_one_that_would_continue_it(tmp_path: Path) -> None:
    small_model(engine="numpy").save(tmp_path / "model.npz")
    (found,) = events(run("info", "model.npz", "--system", "--json", cwd=tmp_path).stdout)
    assert (found["engine"], found["engine_reason"]) == ("numpy", "the training began with it")
