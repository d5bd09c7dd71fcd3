"""The last good model is kept and reported, wherever it belongs, whatever ends the training."""

import os
import re
import signal
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from support.program import IMPORTS, SMALL, events, run, script

from nnbp import modelfile

NUMPY = ("train", *SMALL, "--dataset", "digits", "--engine", "numpy")
RESUMED = ("train", "--resume", "part", "--dataset", "digits")

# Diverges in epoch 14.
WILD = (
    *("train", "--dataset", "sample", "--batch-size", "1000", "--learning-rate", "5", "--l2", "5000"),
    *("--schedule", "constant", "--epochs", "30", "--seed", "1"),
)


def interrupted(epoch: int, *line: str, cwd: Path) -> "subprocess.CompletedProcess[bytes]":
    """The program, which gets Ctrl-C in the middle of this epoch."""
    done = subprocess.run(
        script("interrupted_in_epoch", str(epoch), *line),
        cwd=cwd,
        capture_output=True,
        timeout=60,
        env={**os.environ, "PYTHONPATH": IMPORTS},
    )
    assert done.returncode == -signal.SIGINT, done.stderr
    return done


@pytest.fixture
def part(digits: Path, tmp_path: Path) -> Path:
    """The model of a training that was interrupted in its third epoch, of four."""
    interrupted(3, *NUMPY, "-o", "part", cwd=tmp_path)
    return tmp_path / "part"


def test_a_signal_within_an_epoch_keeps_the_one_before_and_says_how_to_continue(
    digits: Path, tmp_path: Path
) -> None:
    done = interrupted(3, *NUMPY, "-o", "my model", cwd=tmp_path)
    course = "nnbp: interrupted after epoch 2 of 4; to continue: "
    assert done.stderr.decode() == f"{course}nnbp train --resume 'my model' --dataset digits\n"
    assert len(modelfile.load(tmp_path / "my model").training.reports) == 2
    done = interrupted(2, "train", *SMALL[2:], "--dataset", "sample", "--engine", "numpy", cwd=tmp_path)
    assert done.stderr.endswith(b"; to continue: nnbp train --resume model.npz\n")


def test_after_a_signal_the_last_good_model_goes_to_standard_output(part: Path, tmp_path: Path) -> None:
    done = interrupted(3, *NUMPY, "-o", "-", cwd=tmp_path)
    assert done.stdout == part.read_bytes()
    assert done.stderr.endswith(
        b"nnbp: interrupted after epoch 2 of 4; "
        b"nnbp train --resume continues with the model from standard output\n"
    )


def test_a_resumption_that_is_interrupted_in_its_first_epoch_reports_the_model_it_began_with(
    part: Path, tmp_path: Path
) -> None:
    before, written = part.read_bytes(), part.stat().st_mtime_ns
    done = interrupted(3, *RESUMED, "--json", cwd=tmp_path)
    _, end = events(done.stdout)
    assert (end["stopped"], end["epochs"], end["model"]) == ("interrupted", 2, "part")
    assert done.stderr.startswith(b"nnbp: interrupted after epoch 2 of 4; to continue: ")
    assert (part.read_bytes(), part.stat().st_mtime_ns) == (before, written)


@pytest.mark.parametrize("output", ["-", "other"])
def test_such_a_resumption_writes_that_model_where_it_was_asked_to(
    output: str, part: Path, tmp_path: Path
) -> None:
    done = interrupted(3, *RESUMED, "-o", output, cwd=tmp_path)
    written = done.stdout if output == "-" else (tmp_path / output).read_bytes()
    assert written == part.read_bytes()


@pytest.mark.parametrize(("output", "name"), [("-", "standard output"), ("wild.npz", "wild.npz")])
def test_a_divergence_keeps_the_last_good_model_and_names_its_epoch(
    output: str, name: str, tmp_path: Path
) -> None:
    done = run(*WILD, "-q", "-o", output, cwd=tmp_path)
    assert done.returncode == 5
    content = done.stdout if output == "-" else (tmp_path / output).read_bytes()
    assert len(modelfile.loads(content, output).training.reports) == 13
    assert done.stderr.count(b"\n") == 1
    assert done.stderr.decode().endswith(f"; {name} has the network of epoch 13\n")


def test_the_table_keeps_its_columns_while_a_training_diverges(tmp_path: Path) -> None:
    _, heading, *rows = run(*WILD, cwd=tmp_path).stdout.decode().splitlines()
    ends = [match.end() for match in re.finditer(r"\S+", heading)]
    assert len(rows) == 13
    for row in rows:
        # The mark of the best epoch so far follows the last column.
        assert [match.end() for match in re.finditer(r"\S+", row.removesuffix("  *"))] == ends


def test_a_divergence_names_the_epoch_of_the_best_network_if_that_is_kept(tmp_path: Path) -> None:
    done = run(*WILD, "-q", "--keep", "best", cwd=tmp_path)
    best = run("info", "model.npz", "--json", cwd=tmp_path)
    epoch = events(best.stdout)[0]["best_epoch"]
    assert epoch < 13
    assert done.stderr.decode().endswith(f"; model.npz has the network of epoch {epoch}\n")


@pytest.fixture
def whole(digits: Path, tmp_path: Path) -> Path:
    run(*NUMPY, "-o", "whole", cwd=tmp_path)
    return tmp_path / "whole"


def test_a_training_with_nothing_left_to_do_leaves_its_file_alone_and_says_what_trains_on(
    whole: Path, tmp_path: Path
) -> None:
    before, written = whole.read_bytes(), whole.stat().st_mtime_ns
    (tmp_path / "link").symlink_to("whole")
    for name in ("whole", "link", "./whole"):
        done = run("train", "--resume", name, "--dataset", "digits", "--json", cwd=tmp_path)
        assert done.returncode == 0
        said = b"nnbp: nothing left to do: 4 of 4 epochs are done; --epochs N trains on\n"
        assert done.stderr == said
        _, end = events(done.stdout)
        assert (end["stopped"], end["epochs"]) == ("completed", 4)
    assert (whole.read_bytes(), whole.stat().st_mtime_ns) == (before, written)


@pytest.mark.parametrize("output", ["-", "other"])
def test_its_model_is_still_written_elsewhere(output: str, whole: Path, tmp_path: Path) -> None:
    line = ("train", "--resume", "whole", "--dataset", "digits", "-o", output)
    done = run(*line, cwd=tmp_path)
    assert done.returncode == 0
    written = done.stdout if output == "-" else (tmp_path / output).read_bytes()
    assert written == whole.read_bytes()


def test_a_training_that_stopped_early_says_what_trains_on(digits: Path, tmp_path: Path) -> None:
    line = ("train", "--sizes", "12,8,3", "--seed", "1", "--dataset", "digits", "--patience", "2")
    (end,) = events(run(*line, "--epochs", "200", "-q", "--json", cwd=tmp_path).stdout)
    done = run("train", "--resume", "model.npz", "--dataset", "digits", "-q", cwd=tmp_path)
    stopped = f"stopped early after epoch {end['epochs']}"
    said = f"nnbp: nothing left to do: {stopped}; a higher --patience, or 0 for no limit, trains on\n"
    assert done.stderr.decode() == said
    assert stopped in done.stdout.decode()


def test_a_training_killed_before_its_score_was_stored_gets_it_when_it_is_resumed(
    whole: Path, tmp_path: Path
) -> None:
    finished = whole.read_bytes()
    whole.write_bytes(modelfile.dumps(replace(modelfile.loads(finished, "whole"), score=None)))
    assert run("train", "--resume", "whole", "--dataset", "digits", "-q", cwd=tmp_path).returncode == 0
    assert whole.read_bytes() == finished
