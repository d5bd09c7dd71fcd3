"""Every event of every verb, as the program writes it with --json."""

from pathlib import Path
from typing import Any

from support.program import events, run

# In this order: later commands read what earlier ones wrote.
COMMANDS = (
    "train --dataset sample --sizes 784,5,10 --epochs 1 --diagnose",
    "report model.npz",
    "evaluate model.npz",
    "compare model.npz model.npz",
    "evaluate model.npz --errors",
    "gradients model.npz --layers",
    "check --sizes 4,3,2",
    "info model.npz",
    "info --system",
    "export model.npz -o model.onnx",
    "data list",
    "data verify sample",
    "data fetch sample",
    "data show 0 --dataset sample",
    "data export 0-1 --dataset sample -o digits.idx",
    "predict model.npz digits.idx --probabilities",
    "reproduce",
    "reproduce small.toml paper.toml -o accuracy.md",
)

RECIPE = """
title = "A linear classifier"
goal = 80
paper = {paper}
[training]
sizes = [784, 10]
epochs = 1
dataset = "sample"
"""


def every_event(folder: Path) -> list[tuple[str, list[dict[str, Any]]]]:
    """Each command with its events; its files are written in this folder."""
    for name, paper in (("small", "false"), ("paper", "true")):
        (folder / f"{name}.toml").write_text(RECIPE.format(paper=paper))
    return [(line, events(run(*line.split(), "--json", cwd=folder).stdout)) for line in COMMANDS]
