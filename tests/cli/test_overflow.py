"""A network whose weighted inputs overflow in float32 has no cost, but outputs, which are float64 first."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from jsonschema import Draft202012Validator
from support.pages import DOCS
from support.program import run
from support.white_pixels import answering, write_folder

from nnbp import Network, Settings, Training

VALID = Draft202012Validator(json.loads((DOCS / "events.schema.json").read_text("utf-8")))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Images of the labels 0, 1, 2 and a model whose weighted inputs are 6e38, 6e38 and −6e38."""
    write_folder(tmp_path / "known", [0, 1, 2], [0, 1, 2])
    answering(tmp_path / "good.npz")
    weights = np.tile(np.array([3e38, 3e38, -3e38], np.float32), (3, 1))
    network = Network((3, 3), [weights], [weights[0].copy()])
    rng = np.random.Generator(np.random.PCG64(0))
    Training(network, Settings(cost="log-likelihood"), rng).save(tmp_path / "overflown.npz")
    return tmp_path


def written(folder: Path, engine: str, *line: str) -> str:
    done = run(*line, "--engine", engine, cwd=folder)
    assert (done.returncode, done.stderr) == (0, b"")
    return done.stdout.decode()


def events(text: str) -> list[dict[str, Any]]:
    """Events that fit the schema; NaN and Infinity, which Python's own parser accepts, are errors."""

    def refuse(constant: str) -> None:
        raise ValueError(f"{constant} is not JSON")

    found = [json.loads(line, parse_constant=refuse) for line in text.splitlines()]
    for event in found:
        VALID.validate(event)
    return found


def test_predictions_have_probabilities(folder: Path, engine: str) -> None:
    line = ("predict", "overflown.npz", "known/t10k-images-idx3-ubyte", "--probabilities")
    found = events(written(folder, engine, *line, "--json"))
    assert [(event["label"], event["probability"]) for event in found] == [(0, 0.5)] * 3
    assert [event["probabilities"] for event in found] == [[0.5, 0.5, pytest.approx(0, abs=1e-37)]] * 3


def test_an_evaluation_has_no_cost(folder: Path, engine: str) -> None:
    line = ("evaluate", "overflown.npz", "--dataset", "known", "--errors")
    evaluation, *wrong = events(written(folder, engine, *line, "--json"))
    assert (evaluation["correct"], evaluation["cost"]) == (1, None)
    assert [(event["prediction"], event["probability"]) for event in wrong] == [(0, 0.5)] * 2
    text, *rows = written(folder, engine, *line).splitlines()
    assert text.endswith("on folder; cost nan")
    assert rows[1:] == ["1\t1\t0\t0.5", "2\t2\t0\t0.5"]


def test_a_comparison_counts_its_answers(folder: Path, engine: str) -> None:
    line = ("compare", "good.npz", "overflown.npz", "--dataset", "known")
    (found,) = events(written(folder, engine, *line, "--json"))
    assert [found[name]["correct"] for name in "ab"] == [3, 1]
    assert "nan" not in written(folder, engine, *line)
