"""Resuming a training as if it had not been interrupted, byte for byte."""

import signal
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support.models import small_examples, small_model
from support.program import NNBP, events, run, write_idx_folder

from nnbp import Settings, Training, data, modelfile, native

CHOICES: list[dict[str, Any]] = [
    {},
    {"momentum": 0.9},
    {"momentum": 0.5, "nesterov": True, "l1": 0.1},
    {"dropout": 0.5},
    {"dropout": 0.3, "momentum": 0.9, "keep": "best", "patience": 3},
    {"keep": "best", "learning_rate": 5.0},
    {"patience": 2, "learning_rate": 5.0},
    {"schedule": "constant"},
    {"schedule": "cosine", "warmup": 2},
    {"schedule": "step", "step_every": 2},
    {"cost": "log-likelihood", "batch_size": 12},
]


@pytest.mark.parametrize("choices", CHOICES)
def test_stopping_after_any_epoch_and_resuming_makes_the_same_bytes(
    choices: dict[str, Any], engine: str
) -> None:
    whole = small_model(6, engine=engine, **choices)
    shown = small_examples()
    expected = modelfile.dumps(whole)
    done = len(whole.training.reports)
    for stop in range(1, done):
        state = Training.begin((4, 3, 2), whole.settings, seed=1)
        for report in state.run(shown, 12, engine):
            if report.epoch == stop:
                break
        stored = modelfile.dumps(modelfile.Model(state, whole.dataset, whole.dataset_sha256))
        model = modelfile.loads(stored, "here")
        assert len(model.training.reports) == stop
        list(model.training.run(shown))
        assert modelfile.dumps(model) == expected


def test_a_training_that_is_over_does_nothing_more() -> None:
    model = small_model(3)
    before = modelfile.dumps(model)
    assert list(model.training.run(small_examples())) == []
    assert modelfile.dumps(model) == before


LINE = ("train", "--sizes", "12,8,3", "--seed", "1", "--dataset", "digits", "--json")
RESUME = ("train", "--resume", "model.npz", "--dataset", "digits", "--epochs")
SETTINGS = (
    "--momentum",
    "0.9",
    "--dropout",
    "0.2",
    "--distort",
    "full",
    "--schedule",
    "cosine",
    "--keep",
    "best",
)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_a_killed_training_is_resumed_to_the_same_bytes(
    number: signal.Signals, digits: Path, tmp_path: Path
) -> None:
    whole = run(*LINE, *SETTINGS, "--epochs", "90", "-o", "whole", cwd=tmp_path)
    assert whole.returncode == 0
    process = subprocess.Popen(
        [NNBP, *LINE, *SETTINGS, "--epochs", "90", "-o", "part"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert process.stdout is not None
    for _ in range(20):
        process.stdout.readline()
    process.send_signal(number)
    process.communicate()
    done = len(modelfile.load(tmp_path / "part").training.reports)
    resumed = run("train", "--resume", "part", "--dataset", "digits", "--json", cwd=tmp_path)
    assert resumed.returncode == 0, resumed.stderr
    start, first, *_, end = events(resumed.stdout)
    assert (start["resumed_after"], first["epoch"], end["model"]) == (done, done + 1, "part")
    assert (tmp_path / "part").read_bytes() == (tmp_path / "whole").read_bytes()


def test_epochs_can_be_added_to_the_same_bytes_if_the_rate_is_constant(digits: Path, tmp_path: Path) -> None:
    constant = (*LINE, "--schedule", "constant", "--momentum", "0.5")
    run(*constant, "--epochs", "9", "-o", "whole", cwd=tmp_path)
    run(*constant, "--epochs", "4", "-o", "part", cwd=tmp_path)
    run("train", "--resume", "part", "--epochs", "9", "--dataset", "digits", "-o", "more", cwd=tmp_path)
    assert (tmp_path / "more").read_bytes() == (tmp_path / "whole").read_bytes()
    assert (tmp_path / "part").read_bytes() != (tmp_path / "whole").read_bytes()


def test_a_training_can_be_resumed_through_a_pipe(digits: Path, tmp_path: Path) -> None:
    run(*LINE, "--epochs", "3", "-o", "part", cwd=tmp_path)
    line = ("train", "--resume", "-", "--dataset", "digits", "-o", "-")
    done = run(*line, cwd=tmp_path, stdin=(tmp_path / "part").read_bytes())
    assert done.stdout == (tmp_path / "part").read_bytes()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--sizes", "12,9,3"], ["--sizes", "12,9,3 was given", "has 12,8,3"]),
        (["--seed", "2"], ["--seed", "2 was given", "has 1"]),
        (["--learning-rate", "0.25"], ["--learning-rate", "0.25 was given", "has 0.5"]),
        (["--momentum", "0.5"], ["--momentum", "0.5 was given", "has 0.0"]),
        (["--validation", "5"], ["--validation", "5 was given", "has 10"]),
        (["--keep", "best"], ["--keep", "best was given", "has last"]),
        (["--engine", "native"], ["--engine", "native was given", "has numpy"]),
        (["--epochs", "2"], ["--epochs", "2 epochs were requested", "has done 3"]),
        (["--dataset", "other"], ["--dataset", "SHA-256"]),
        (["--dataset", "sample"], ["--dataset", "sample has SHA-256"]),
    ],
)
def test_a_setting_that_cannot_change_is_refused_with_both_values(
    arguments: list[str], said: list[str], digits: Path, tmp_path: Path
) -> None:
    write_idx_folder(tmp_path / "other", seed=5)
    run(*LINE, "--epochs", "3", "--engine", "numpy", cwd=tmp_path)
    before = (tmp_path / "model.npz").read_bytes()
    place = [] if "--dataset" in arguments else ["--dataset", "digits"]
    done = run("train", "--resume", "model.npz", *place, *arguments, cwd=tmp_path)
    assert done.returncode == 2
    printed = " ".join(done.stderr.decode().split())
    assert all(words in printed for words in said), printed
    assert (tmp_path / "model.npz").read_bytes() == before


def test_choices_that_are_the_models_own_may_be_given_again(digits: Path, tmp_path: Path) -> None:
    run(*LINE, "--epochs", "3", cwd=tmp_path)
    for engine in ("auto", events(run("info", "model.npz", "--json", cwd=tmp_path).stdout)[0]["engine"]):
        line = (*LINE, "--resume", "model.npz", "--epochs", "3", "--engine", engine, "--threads", "2")
        assert run(*line, cwd=tmp_path).returncode == 0


def test_a_resumed_training_uses_the_engine_that_it_began_with(digits: Path, tmp_path: Path) -> None:
    run(*LINE, "--epochs", "2", "--engine", "numpy", "--schedule", "constant", cwd=tmp_path)
    done = run(
        "train", "--resume", "model.npz", "--epochs", "3", "--dataset", "digits", "--json", cwd=tmp_path
    )
    assert events(done.stdout)[0]["engine"] == "numpy"


@pytest.mark.skipif(native.missing() is None, reason="the compiled engine is available")
def test_a_training_whose_engine_is_not_available_is_not_resumed(digits: Path, tmp_path: Path) -> None:
    run(*LINE, "--epochs", "3", cwd=tmp_path)
    model = modelfile.load(tmp_path / "model.npz")
    model.training.engine = "native"
    model.save(tmp_path / "model.npz")
    done = run("train", "--resume", "model.npz", "--dataset", "digits", cwd=tmp_path)
    assert (done.returncode, done.stderr.count(b"\n")) == (2, 1)
    assert done.stderr.startswith(b"nnbp: error: engine native: ")


def test_a_model_that_is_none_or_of_a_folder_without_its_name_is_refused(
    digits: Path, tmp_path: Path
) -> None:
    assert run("train", "--resume", "nothing", cwd=tmp_path).returncode == 1
    (tmp_path / "bad").write_bytes(b"bad")
    assert run("train", "--resume", "bad", cwd=tmp_path).returncode == 3
    run(*LINE, "--epochs", "1", cwd=tmp_path)
    done = run("train", "--resume", "model.npz", cwd=tmp_path)
    assert done.returncode == 2
    assert b"name the data set with --dataset" in done.stderr


@pytest.mark.parametrize("count", [60, 61, 10**6])
def test_a_model_that_claims_to_have_held_out_too_many_is_refused(
    count: int, digits: Path, tmp_path: Path
) -> None:
    run(*LINE, "--epochs", "3", "--schedule", "constant", cwd=tmp_path)
    model = modelfile.load(tmp_path / "model.npz")
    model.training.held_out = count
    model.save(tmp_path / "lie")
    done = run("train", "--resume", "lie", "--epochs", "4", "--dataset", "digits", cwd=tmp_path)
    assert done.returncode == 3
    assert done.stderr.count(b"\n") == 1


def test_early_stopping_is_reported_and_kept_when_resumed(digits: Path, tmp_path: Path) -> None:
    patient = (*LINE, "--epochs", "200", "--patience", "2")
    *_, end = events(run(*patient, cwd=tmp_path).stdout)
    assert (end["stopped"], end["epochs"]) == ("early", end["best_epoch"] + 2)
    before = (tmp_path / "model.npz").read_bytes()
    *_, again = events(
        run("train", "--resume", "model.npz", "--dataset", "digits", "--json", cwd=tmp_path).stdout
    )
    assert again["stopped"] == "early"
    assert (tmp_path / "model.npz").read_bytes() == before


def test_a_training_that_stopped_early_goes_on_with_more_patience(digits: Path, tmp_path: Path) -> None:
    line = (*LINE, "--epochs", "30", "--schedule", "constant", "--patience")
    run(*line, "2", cwd=tmp_path)
    run(*line, "9", "-o", "whole", cwd=tmp_path)
    more = ("--resume", "model.npz", "--dataset", "digits", "--patience", "9", "--json")
    *_, end = events(run("train", *more, cwd=tmp_path).stdout)
    assert end["epochs"] == end["best_epoch"] + 9
    assert (tmp_path / "model.npz").read_bytes() == (tmp_path / "whole").read_bytes()


def test_patience_needs_validation_examples_also_when_resuming(digits: Path, tmp_path: Path) -> None:
    run(*LINE, "--epochs", "3", "--validation", "0", cwd=tmp_path)
    done = run("train", "--resume", "model.npz", "--dataset", "digits", "--patience", "2", cwd=tmp_path)
    assert done.returncode == 2
    assert b"held none out" in done.stderr


def test_the_same_seed_makes_the_same_bytes_twenty_times_of_twenty(digits: Path, tmp_path: Path) -> None:
    contents = set()
    for _ in range(20):
        done = run(*LINE, *SETTINGS, "--epochs", "2", "-o", "-", cwd=tmp_path)
        contents.add(done.stdout)
    assert len(contents) == 1
    assert b"" not in contents


def test_options_that_only_agree_with_the_settings_of_the_training_are_accepted(
    digits: Path, tmp_path: Path
) -> None:
    line = ("train", "--sizes", "12,8,3", "--dataset", "digits", "--epochs", "40", "-q")
    run(*line, "--momentum", "0.5", "--nesterov", "--warmup", "35", cwd=tmp_path)
    done = run(
        "train", "--resume", "model.npz", "--nesterov", "--warmup", "35", "--dataset", "digits", cwd=tmp_path
    )
    assert done.returncode == 0
    assert done.stderr.startswith(b"nnbp: nothing left to do: 40 of 40 epochs are done")


def test_a_model_without_the_name_of_a_data_set_says_so(tmp_path: Path) -> None:
    Training.begin((784, 10), seed=1).save(tmp_path / "model.npz")
    done = run("evaluate", "model.npz", cwd=tmp_path)
    assert done.returncode == 2
    said = " ".join(done.stderr.decode().split())
    assert "trained on a data set that it does not name; name the data set with --dataset" in said


def test_a_training_with_random_numbers_of_the_caller_can_be_resumed(digits: Path, tmp_path: Path) -> None:
    settings = Settings(epochs=3)
    training = Training.begin((12, 8, 3), settings, seed=1)
    own = Training(training.network, settings, np.random.default_rng(5), engine="numpy")
    own.save(tmp_path / "model.npz", data.load(digits))
    done = run("train", "--resume", "model.npz", "--dataset", "digits", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.decode().count("seed unknown") == 2


def test_the_engine_of_a_training_that_has_not_begun_may_be_chosen(
    engine: str, digits: Path, tmp_path: Path
) -> None:
    training = Training.begin((12, 8, 3), Settings(epochs=1), seed=1)
    training.save(tmp_path / "model.npz", data.load(digits))
    assert run(*RESUME, "1", "--engine", engine, cwd=tmp_path).returncode == 0
    assert modelfile.load(tmp_path / "model.npz").origin.engine == engine
