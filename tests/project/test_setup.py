"""`make` sets up `.venv` on a machine as it is: without python3-venv, or after a setup that did not end."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from support.pages import ROOT

# Stands in for a machine's Python. Without python3-venv, Debian's leaves an environment without pip.
PYTHON = """#!/bin/sh
[ "$1" = -c ] && exit 0
rm -rf .venv && mkdir -p .venv/bin  # --clear
cp .venv-python .venv/bin/python
echo "The virtual environment was not created successfully because ensurepip is not available."
[ -e python3-venv ] && touch .venv/bin/pip
"""
# Stands in for the Python of an environment: its pip installs nnbp, if there is a pip.
VENV_PYTHON = """#!/bin/sh
[ -e .venv/bin/pip ] || { echo "No module named pip" >&2; exit 1; }
[ "$3" = install ] && printf '#!/bin/sh\\necho trained\\n' > .venv/bin/nnbp && chmod +x .venv/bin/nnbp
exit 0
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The Makefile, with stand-ins for the machine's Python and what it builds from."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    for name in ("setup.cfg", "setup.py", "pyproject.toml"):
        (tmp_path / name).touch()
    for name, program in (("python", PYTHON), (".venv-python", VENV_PYTHON)):
        (tmp_path / name).write_text(program)
        (tmp_path / name).chmod(0o755)
    return tmp_path


def make_train(checkout: Path) -> "subprocess.CompletedProcess[str]":
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    line = ["make", "train", "PYTHON=./python"]
    return subprocess.run(line, cwd=checkout, env=environment, capture_output=True, text=True, check=False)


def test_make_says_that_python3_venv_is_missing_and_leaves_no_environment(checkout: Path) -> None:
    done = make_train(checkout)
    assert done.returncode == 2
    assert "on Debian and Ubuntu, install python3-venv and run make again" in done.stderr
    assert not (checkout / ".venv").exists()


def test_make_goes_on_once_python3_venv_is_installed(checkout: Path) -> None:
    make_train(checkout)
    (checkout / "python3-venv").touch()
    done = make_train(checkout)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "trained"), done.stderr


def test_an_environment_without_pip_is_made_again(checkout: Path) -> None:
    (checkout / "python3-venv").touch()
    (checkout / ".venv" / "bin").mkdir(parents=True)
    shutil.copy(checkout / ".venv-python", checkout / ".venv" / "bin" / "python")
    done = make_train(checkout)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "trained"), done.stderr


def test_an_environment_with_pip_is_kept(checkout: Path) -> None:
    (checkout / "python3-venv").touch()
    make_train(checkout)
    (checkout / ".venv" / "kept").touch()
    os.utime(checkout / "setup.cfg", (2**32, 2**32))
    assert make_train(checkout).returncode == 0
    assert (checkout / ".venv" / "kept").exists()
