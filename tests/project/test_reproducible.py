"""However the compiled engine computes, it makes the model file whose SHA-256 docs/engines.md prints."""

import hashlib
import re
from pathlib import Path

import pytest
from support.pages import DOCS
from support.program import run

from nnbp import __version__, native
from nnbp.native.library import library

if reason := native.missing():
    pytest.skip(f"the compiled engine is missing: {reason}", allow_module_level=True)

# The x86-64 baseline has no fused multiply-add, so it produces different bytes.
FUSED = [name for name in library().instruction_sets() if name != "baseline"]
if not FUSED:
    pytest.skip("this processor has no fused multiply-add", allow_module_level=True)

THREADS = (1, 2, 3)

_PRINTED = re.compile(
    r"this is the hash for version (\S+):\n\n"
    r"```console\n\$ nnbp (train .*) -o model\.npz\n(.*) in [\d.]+ s; seed \d+; model\.npz\n"
    r"\$ sha256sum model\.npz\n([0-9a-f]{64})  model\.npz\n```"
)


def sha256_of(training: list[str], folder: Path, instructions: str, threads: int) -> tuple[str, str]:
    """The output of the program, and the hash of its model file."""
    line = (*training, "--threads", str(threads), "-o", "model.npz")
    done = run(*line, cwd=folder, NNBP_INSTRUCTIONS=instructions)
    assert (done.returncode, done.stderr) == (0, b"")
    return done.stdout.decode(), hashlib.sha256((folder / "model.npz").read_bytes()).hexdigest()


@pytest.mark.parametrize("threads", THREADS)
@pytest.mark.parametrize("instructions", FUSED)
def test_the_command_in_the_documentation_makes_the_file_with_that_hash(
    instructions: str, threads: int, tmp_path: Path
) -> None:
    ((version, training, result, printed),) = _PRINTED.findall((DOCS / "engines.md").read_text("utf-8"))
    assert version == __version__
    said, found = sha256_of(training.split(), tmp_path, instructions, threads)
    assert said.startswith(result)
    assert found == printed, "not the program that is documented, or it adds in a different order"


def test_a_training_large_enough_for_threads_writes_the_same_file_with_any_number(tmp_path: Path) -> None:
    training = (
        "train --sizes 784,100,10 --batch-size 32 --epochs 2 --dataset sample --seed 1 --engine native -q"
    )
    found = {
        sha256_of(training.split(), tmp_path, instructions, threads)[1]
        for instructions in FUSED
        for threads in THREADS
    }
    assert len(found) == 1
