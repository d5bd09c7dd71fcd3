"""Whatever standard stream is closed, full or left by its reader, every command ends without a traceback."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from support.program import shell, write_idx_folder

from stress.case import Case, each

CASES = 217
SECONDS = 150

_COMMANDS = (
    "train --sizes 12,8,3 --epochs 2 --dataset digits -o new.npz",
    "train --sizes 12,8,3 --epochs 2 --dataset digits -o new.npz --json",
    "train --sizes 12,8,3 --epochs 2 --dataset digits -o new.npz -q",
    "train --sizes 12,8,3 --epochs 2 --dataset digits -o -",
    "train --resume model.npz --epochs 3 --dataset digits -o new.npz",
    "evaluate model.npz --dataset digits",
    "evaluate model.npz --dataset digits --json",
    "evaluate model.npz other.npz --dataset digits --per-class --confusion --errors",
    "predict model.npz digits/t10k-images-idx3-ubyte",
    "predict model.npz digits/t10k-images-idx3-ubyte --json --probabilities",
    "predict model.npz digits/t10k-images-idx3-ubyte --show",
    "compare model.npz other.npz --dataset digits",
    "report model.npz other.npz --dataset digits -o new.html",
    "export model.npz -o new.onnx",
    "gradients model.npz --dataset digits",
    "gradients model.npz --dataset digits --json",
    "info model.npz",
    "info model.npz --json",
    "info --system",
    "check --sizes 12,3",
    "check --sizes 12,3 --json",
    "data list",
    "data verify sample",
    "data path",
    "data fetch sample",
    "data show 0-9 --dataset digits",
    "data export 0-9 --dataset digits -o new.idx",
    "data export 0-9 --dataset digits -o -",
    "completion zsh",
    "--help",
    "--version",
)

# What is done to the streams, and the statuses that may follow: a reader may leave before the end or after.
_WAYS = {
    "{} >&-": {1},
    "{} >/dev/full": {1},
    "{} | head -n 1": {0, 1},
    "{} | true": {0, 1},
    "{} <&-": {0},
    "{} 2>&-": {0},
    "{} 2>/dev/full": {0, 1},
}


def run(cases: int, seed: int, folder: Path) -> Iterator[int]:
    """Run this many commands."""
    return each("streams", check, cases, seed, folder)


def check(case: Case, folder: Path) -> None:
    """Run one command."""
    _make_model(folder)
    # Their numbers have no common divisor, so every command meets every way.
    command = _COMMANDS[case.number % len(_COMMANDS)]
    way, statuses = list(_WAYS.items())[case.number % len(_WAYS)]
    done = shell(way.format(f"nnbp {command}"), cwd=folder)
    complaints = done.stderr.splitlines()
    if done.returncode not in statuses:
        case.fail(f"{way.format(command)} ended with status {done.returncode}", stderr=done.stderr)
    said = done.returncode == 1 and "|" not in way
    if "--show" in command or ("train" in command and "-o -" in command):
        # Pictures and progress go to standard error.
        complaints = [line for line in complaints if line.startswith(b"nnbp:")]
    expected = int(said and "2>" not in way)
    if len(complaints) != expected or b"Traceback" in done.stderr or b"is a bug" in done.stderr:
        case.fail(f"{way.format(command)} wrote more or less than {expected} line", stderr=done.stderr)


@cache
def _make_model(folder: Path) -> None:
    write_idx_folder(folder / "digits")
    for name in ("model", "other"):
        line = f"nnbp train --sizes 12,8,3 --epochs 2 --dataset digits -q -o {name}.npz"
        done = shell(line, cwd=folder)
        assert done.returncode == 0, done.stderr
