"""The score on the test set in a model file: that of its network, and only after the training."""

import subprocess
from pathlib import Path

from support.program import NNBP, events, run, run_script

from nnbp import modelfile

LINE = ("train", "--sizes", "12,8,3", "--seed", "1", "--dataset", "digits", "--json")
RESUME = ("train", "--resume", "model.npz", "--dataset", "digits", "--epochs")


def check_score(folder: Path) -> None:
    """Check that the score in the model file is that of an evaluation."""
    score = modelfile.load(folder / "model.npz").score
    (found,) = events(run("evaluate", "model.npz", "--dataset", "digits", "--json", cwd=folder).stdout)
    assert score == modelfile.Score(found["correct"], found["total"])


def test_the_score_on_the_test_set_is_that_of_the_network_in_the_file(digits: Path, tmp_path: Path) -> None:
    run(*LINE, "--epochs", "3", "--schedule", "constant", "--engine", "numpy", cwd=tmp_path)
    check_score(tmp_path)
    (shown,) = events(run("info", "model.npz", "--json", cwd=tmp_path).stdout)
    assert shown["test_accuracy"] == shown["test_correct"] / shown["test_total"]
    assert shown["test_total"] == 30
    run(*RESUME, "5", cwd=tmp_path)
    check_score(tmp_path)
    run_script("interrupted_in_epoch", "8", *RESUME, "9", cwd=tmp_path)
    assert len(modelfile.load(tmp_path / "model.npz").training.reports) == 7
    check_score(tmp_path)
    run_script("interrupted_in_epoch", "8", *RESUME, "9", cwd=tmp_path)
    check_score(tmp_path)


def test_a_model_has_no_score_while_its_training_goes_on(digits: Path, tmp_path: Path) -> None:
    run(*LINE, "--epochs", "2", cwd=tmp_path)
    with subprocess.Popen(
        [NNBP, *RESUME, "90000", "--json"], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        assert process.stdout is not None
        for _ in range(3):
            process.stdout.readline()
        process.kill()
    assert modelfile.load(tmp_path / "model.npz").score is None
