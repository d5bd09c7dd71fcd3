"""Recipes for the data set `digits`, and `nnbp reproduce` in a folder that has them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nnbp.cli.main import Boundary
from support.program import events

RECIPE = """
title = "A small network"
reason = "it is small."
{measure}
[training]
sizes = [12, 8, 3]
epochs = 4
l2 = 0
dataset = "digits"
{training}
"""
PUBLISHED = """
[published]
accuracy = {accuracy}
on = "{on}"
authors = "Somebody"
year = 1999
source = "A paper"
measured = "last epoch"
"""

Reproduce = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def working(digits: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder to work in, with the data set `digits` and recipes for it."""
    monkeypatch.chdir(tmp_path)
    goal = RECIPE.format(measure="goal = 50", training="")
    (tmp_path / "ours.toml").write_text(goal)
    (tmp_path / "paper.toml").write_text(goal.replace("goal", "paper = true\ngoal"))
    theirs = PUBLISHED.format(accuracy=99.99, on="validation")
    (tmp_path / "theirs.toml").write_text(
        RECIPE.format(measure=theirs, training="validation = 10\nlearning_rate = 1e-9")
    )
    return tmp_path


@pytest.fixture
def reproduce(working: Path, capfd: pytest.CaptureFixture[str]) -> Reproduce:
    """The events of the command with these arguments, which has to succeed silently."""

    def call(line: str) -> list[dict[str, Any]]:
        assert Boundary().run(["reproduce", *line.split(), "--json"]) == 0
        written = capfd.readouterr()
        assert written.err == "" or "not trained again" in written.err
        return events(written.out.encode())

    return call
