"""Every example in Python in the README and in docs/ runs."""

import subprocess
import sys
from pathlib import Path

import pytest
from support.pages import DOCS, PAGES, README, blocks

PROGRAMS = [
    pytest.param(block.content, id=f"{page.name}-{number}")
    for page in PAGES
    for number, block in enumerate(blocks(page, "python"), 1)
]


def printed(program: str, folder: Path) -> str:
    done = subprocess.run([sys.executable, "-c", program], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("program", PROGRAMS)
def test_each_example_in_python_runs(program: str, tmp_path: Path) -> None:
    printed(program, tmp_path)


def test_the_example_of_the_readme_trains_and_evaluates(tmp_path: Path) -> None:
    (program,) = blocks(README, "python")
    *epochs, accuracy = printed(program.content, tmp_path).splitlines()
    assert [line.split()[0] for line in epochs] == ["1", "2", "3"]
    assert float(accuracy) > 0.85
    assert (tmp_path / "model.npz").is_file()


def test_the_example_that_continues_trains_the_remaining_epochs(tmp_path: Path) -> None:
    (program,) = (block for block in blocks(DOCS / "python.md", "python") if "break" in block.content)
    assert printed(program.content, tmp_path) == "[2, 3]\n"


def test_the_example_of_predictions_is_mostly_right(tmp_path: Path) -> None:
    (program,) = (block for block in blocks(DOCS / "python.md", "python") if "predict" in block.content)
    assert float(printed(program.content, tmp_path).splitlines()[0]) > 0.85


def test_the_example_of_per_example_gradients_prints_their_shapes(tmp_path: Path) -> None:
    (program,) = blocks(DOCS / "backpropagation.md", "python")
    found = printed(program.content, tmp_path)
    assert found.startswith("(5, 30, 10) (5, 10) [")
    assert found.endswith("] (5, 5) 2\n")
