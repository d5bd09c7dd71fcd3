"""The installed program, run as a user runs it, and the programs of `tests/programs`."""

import json
import os
import shlex
import struct
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np

import nnbp
from support.forking import FORKED, server

NNBP = str(Path(sys.executable).parent / "nnbp")
TESTS = Path(__file__).parents[1]
PROGRAMS = TESTS / "programs"

# The package under test and the test helpers, for a program started in any folder.
IMPORTS = os.pathsep.join([str(Path(nnbp.__file__).parents[1]), str(TESTS)])

# Options of a short training on the data set of `write_idx_folder`.
SMALL = ("--sizes", "12,8,3", "--epochs", "4", "--seed", "1", "--l2", "0")


def run(
    *arguments: str | Path, cwd: Path, stdin: bytes = b"", **environment: str
) -> "subprocess.CompletedProcess[bytes]":
    """Run the program in a folder, and keep its output."""
    words, variables = list(map(str, arguments)), {**os.environ, **environment}
    forking = server()
    if forking and forking.suits(variables):
        return forking.run(words, cwd, stdin, variables, seconds=120)
    return subprocess.run(
        [NNBP, *words], cwd=cwd, input=stdin, capture_output=True, timeout=120, env=variables
    )


def command() -> str:
    """What starts the program in a shell: a fork of one that is running, where there is one, as in `run`."""
    forking = server()
    if forking and forking.suits(os.environ):
        return shlex.join([sys.executable, "-I", "-S", FORKED, forking.address])
    return shlex.quote(NNBP)


def shell(line: str, cwd: Path, **environment: str) -> "subprocess.CompletedProcess[bytes]":
    """A line for the shell, which finds the program as `nnbp`."""
    path = f"{Path(NNBP).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["bash", "-o", "pipefail", "-c", line],
        cwd=cwd,
        capture_output=True,
        timeout=120,
        env={**os.environ, "PATH": path, **environment},
    )


def script(name: str, *arguments: str | Path) -> list[str]:
    """The command line of a program of `tests/programs`."""
    return [sys.executable, str(PROGRAMS / f"{name}.py"), *map(str, arguments)]


def run_script(
    name: str, *arguments: str | Path, cwd: Path | None = None, **environment: str
) -> "subprocess.CompletedProcess[str]":
    """Run a program of `tests/programs`, and keep its output; it may import the helpers of the tests."""
    return subprocess.run(
        script(name, *arguments),
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "PYTHONPATH": IMPORTS, **environment},
    )


def events(written: bytes) -> list[dict[str, Any]]:
    """JSON Lines as objects."""
    return [json.loads(line) for line in written.decode().splitlines()]


def write_idx_folder(folder: Path, seed: int = 0) -> Path:
    """A data set of 4×3 pixels and 3 classes that can be learned: 60 training and 30 test examples."""
    folder.mkdir()
    rng = np.random.default_rng(seed)
    patterns = rng.integers(0, 256, (3, 12))
    for split, count in (("train", 60), ("t10k", 30)):
        labels = np.arange(count) % 3
        images = np.clip(patterns[labels] + rng.integers(-40, 41, (count, 12)), 0, 255)
        header = struct.pack(">4B3I", 0, 0, 8, 3, count, 4, 3)
        (folder / f"{split}-images-idx3-ubyte").write_bytes(header + images.astype(np.uint8).tobytes())
        header = struct.pack(">4BI", 0, 0, 8, 1, count)
        (folder / f"{split}-labels-idx1-ubyte").write_bytes(header + labels.astype(np.uint8).tobytes())
    return folder
