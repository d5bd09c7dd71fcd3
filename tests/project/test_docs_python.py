"""Every example in Python in the README and in docs/ runs."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support.pages import DOCS, PAGES, README, blocks
from support.program import NNBP

PROGRAMS = [
    pytest.param(block.content, id=f"{page.name}-{number}")
    for page in PAGES
    for number, block in enumerate(blocks(page, "python"), 1)
]


def printed(program: str, folder: Path) -> str:
    if "onnxruntime" in program:
        pytest.importorskip("onnxruntime")
    shutil.copy(DOCS / "seven.jpg", folder)
    environment = {**os.environ, "PATH": f"{Path(NNBP).parent}{os.pathsep}{os.environ['PATH']}"}
    line = [sys.executable, "-c", program]
    done = subprocess.run(line, cwd=folder, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def example(*words: str) -> str:
    """The only example in docs/python.md with all these words."""
    programs = [block.content for block in blocks(DOCS / "python.md", "python")]
    (found,) = (program for program in programs if all(word in program for word in words))
    return found


@pytest.mark.parametrize("program", PROGRAMS)
def test_each_example_in_python_runs(program: str, tmp_path: Path) -> None:
    """The comments after `print` are what it prints."""
    lines = printed(program, tmp_path).splitlines()
    promised = re.findall(r"^ *print\(.*\)  # ([(\[T].*)$", program, re.MULTILINE)
    assert [line for line in lines if line in promised] == promised


def test_the_example_of_the_readme_trains_and_evaluates(tmp_path: Path) -> None:
    (program,) = blocks(README, "python")
    *epochs, accuracy = printed(program.content, tmp_path).splitlines()
    assert [line.split()[0] for line in epochs] == ["1", "2", "3"]
    assert float(accuracy) > 0.85
    assert (tmp_path / "model.npz").is_file()


def test_the_example_of_predictions_is_mostly_right(tmp_path: Path) -> None:
    right, outputs = printed(example("Predictor", "labels == "), tmp_path).split("\n", 1)
    assert float(right) > 0.85
    assert len(re.findall(r"\d\.\d*", outputs)) == 10


def test_the_example_of_a_comparison_prefers_the_deeper_network(tmp_path: Path) -> None:
    *epochs, last = printed(example("Comparison"), tmp_path).splitlines()
    assert len(epochs) == 10
    assert epochs[-1].endswith("] None")
    difference, _, _, p = (float(number) for number in re.findall(r"-?\d[\d.e-]*", last))
    assert difference > 0
    assert p < 0.05


def test_the_example_of_per_example_gradients_prints_their_shapes(tmp_path: Path) -> None:
    (program,) = blocks(DOCS / "backpropagation.md", "python")
    found = printed(program.content, tmp_path)
    assert found.startswith("(5, 30, 10) (5, 10) [")
    assert found.endswith("] (5, 5) 2\n")
