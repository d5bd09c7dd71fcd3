"""Every example in Python in the README and in docs/ runs."""

import subprocess
import sys
from pathlib import Path

import pytest
from support.pages import DOCS, PAGES, blocks

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


def test_the_example_of_per_example_gradients_prints_their_shapes(tmp_path: Path) -> None:
    (program,) = blocks(DOCS / "backpropagation.md", "python")
    found = printed(program.content, tmp_path)
    assert found.startswith("(5, 30, 10) (5, 10) [")
    assert found.endswith("] (5, 5) 2\n")
