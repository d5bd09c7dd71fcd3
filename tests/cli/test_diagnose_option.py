"""`nnbp train --diagnose`."""

import math
import subprocess
from pathlib import Path
from typing import Any

import pytest
from support.models import diagnosed_model
from support.program import NNBP, events, run

from nnbp import Settings, Training, data, modelfile
from nnbp.cli.train_diagnosis import diagnosis_lines, diagnosis_values
from nnbp.cli.train_report import interrupted_text
from nnbp.diagnoses import Diagnosis
from nnbp.diagnosis import Health
from nnbp.evidence import LayerHealth


@pytest.fixture
def line(digits: Path) -> list[str | Path]:
    options = "--sizes 12,8,3 --epochs 2 --seed 1 --l2 0"
    return ["train", *options.split(), "--dataset", digits]


def test_every_epoch_is_reported_with_the_health_of_its_layers(
    line: list[str | Path], tmp_path: Path
) -> None:
    _, *epochs, _ = events(run(*line, "--diagnose", "--json", cwd=tmp_path).stdout)
    assert len(epochs) == 2
    for epoch in epochs:
        assert [layer["layer"] for layer in epoch["layers"]] == [1, 2]
        assert set(epoch["layers"][0]) == {"layer", "saturated", "delta_norm", "update"}
        assert epoch["remark"] is None
    output = run(*line, "--diagnose", cwd=tmp_path).stdout.decode()
    assert output.count("layer 1: ") == output.count("layer 2: ") == 2


def test_a_remark_follows_an_epoch_that_learns_nothing(line: list[str | Path], tmp_path: Path) -> None:
    output = run(*line, "--learning-rate", "1e-9", "--diagnose", cwd=tmp_path).stdout.decode()
    assert "remark: " in output


def test_numbers_that_overflow_are_null_and_training_goes_on(tmp_path: Path) -> None:
    options = (
        "--batch-size 1000 --learning-rate 5 --l2 5000 --schedule constant --epochs 12 --seed 1 --diagnose"
    )
    line: list[str | Path] = ["train", "--dataset", "sample", "--sizes", "784,10,10", *options.split()]
    done = run(*line, "--json", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, b"")
    epochs = [event for event in events(done.stdout) if event["event"] == "epoch"]
    assert len(epochs) == 12
    assert {epoch["remark"] for epoch in epochs} == {"the L2 regularization outweighs the cost: try λ = 0.83"}


def test_a_figure_that_is_not_finite_is_none_in_the_event_and_a_dash_in_the_text() -> None:
    layers = (LayerHealth(1, 0.25, math.nan, math.inf), LayerHealth(2, 0.5, 0.1, 2.0))
    values = diagnosis_values(Diagnosis.of(1, Health(layers, None)))
    assert values["layers"][0] == {"layer": 1, "saturated": 0.25, "delta_norm": None, "update": None}
    assert [line.strip() for line in diagnosis_lines(values)] == [
        "layer 1: 25.0% saturated, ‖δ‖ -, update -",
        "layer 2: 50.0% saturated, ‖δ‖ 1.00e-01, update 2.00e+00",
    ]


def test_a_resumed_training_reports_what_an_uninterrupted_one_does(digits: Path, tmp_path: Path) -> None:
    # After the warm-up the cost rises: that needs the reports of before.
    options = "--sizes 12,8,3 --seed 1 --l2 0 --learning-rate 5 --warmup 3 --epochs 6 --schedule constant"
    settings = Settings(l2=0.0, learning_rate=5.0, warmup=3, epochs=6, schedule="constant")
    begun, dataset = Training.begin((12, 8, 3), settings, seed=1), data.load(str(digits))
    for _ in zip(range(3), begun.run(dataset.training, 10), strict=False):
        begun.save(tmp_path / "part.npz", dataset)

    def reported(*words: str | Path) -> list[dict[str, Any]]:
        done = events(run(*words, "--dataset", digits, "--diagnose", "--json", cwd=tmp_path).stdout)
        keys = ("epoch", "layers", "remark")
        return [{key: event[key] for key in keys} for event in done if event["event"] == "epoch"]

    whole = reported("train", *options.split())
    assert reported("train", "--resume", "part.npz") == whole[3:]
    assert "the cost is rising" in whole[3]["remark"]


def test_without_the_option_no_layer_is_reported(line: list[str | Path], tmp_path: Path) -> None:
    assert b"layer" not in run(*line, cwd=tmp_path).stdout


def test_the_figures_that_are_printed_are_kept_in_the_model_file(
    line: list[str | Path], tmp_path: Path
) -> None:
    done = events(run(*line, "--diagnose", "--json", cwd=tmp_path).stdout)
    printed = [
        {key: event[key] for key in ("epoch", "layers", "remark")}
        for event in done
        if event["event"] == "epoch"
    ]
    (found,) = events(run("info", "model.npz", "--json", cwd=tmp_path).stdout)
    assert found["diagnosis"] == printed
    assert found["command"].endswith(" --diagnose")
    assert "\ndiagnosed epochs          2\n" in run("info", "model.npz", cwd=tmp_path).stdout.decode()


def test_info_about_a_training_without_a_diagnosis_mentions_none(
    line: list[str | Path], tmp_path: Path
) -> None:
    run(*line, cwd=tmp_path)
    (found,) = events(run("info", "model.npz", "--json", cwd=tmp_path).stdout)
    assert found["diagnosis"] is None
    assert "diagnos" not in run("info", "model.npz", cwd=tmp_path).stdout.decode()


def test_a_killed_diagnosed_training_is_resumed_to_the_same_bytes(digits: Path, tmp_path: Path) -> None:
    options = "--sizes 12,8,3 --seed 1 --keep best --momentum 0.5 --epochs 90 --dataset digits --diagnose"
    line = ["train", *options.split(), "--json", "-o"]
    assert run(*line, "whole", cwd=tmp_path).returncode == 0
    with subprocess.Popen([NNBP, *line, "part"], cwd=tmp_path, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        for _ in range(20):
            process.stdout.readline()
        process.kill()
    part = modelfile.load(tmp_path / "part").training
    assert 19 <= len(part.diagnosis) == len(part.reports)
    resume = ("train", "--resume", "part", "--dataset", "digits")
    run(*resume, "--diagnose", "-o", "resumed", cwd=tmp_path)
    assert (tmp_path / "resumed").read_bytes() == (tmp_path / "whole").read_bytes()
    run(*resume, "-o", "undiagnosed", cwd=tmp_path)
    assert modelfile.load(tmp_path / "undiagnosed").training.diagnosis == part.diagnosis
    if len(part.reports) < 90:
        (found,) = events(run("info", "undiagnosed", "--json", cwd=tmp_path).stdout)
        assert found["no_command"] == "only some of the epochs were diagnosed, and the file has their figures"


def test_an_interrupted_diagnosed_training_is_to_be_continued_with_its_diagnosis() -> None:
    assert interrupted_text(diagnosed_model(1), "m", None).endswith("after epoch 1 of 1")
    model = diagnosed_model(2)
    model.training.reports.pop()
    model.training.diagnosis.pop()
    assert "--resume m --diagnose" in interrupted_text(model, "m", None)
    model.training.diagnosis.pop()
    assert "--diagnose" not in interrupted_text(model, "m", None)
