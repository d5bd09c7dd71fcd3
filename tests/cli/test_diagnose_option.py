"""`nnbp train --diagnose`."""

from pathlib import Path

import pytest
from support.program import events, run


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


def test_without_the_option_no_layer_is_reported(line: list[str | Path], tmp_path: Path) -> None:
    assert b"layer" not in run(*line, cwd=tmp_path).stdout
