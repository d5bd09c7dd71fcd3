"""`nnbp train`, interrupted: by signals, by readers that leave, and by a kill."""

import json
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.program import NNBP, SMALL, events, run, run_script, shell

from nnbp import modelfile
from nnbp.cli.signals import ENDING


@pytest.fixture
def endless(digits: Path, tmp_path: Path) -> "Iterator[subprocess.Popen[bytes]]":
    """A training that runs until it is stopped, after its second epoch."""
    line = "train --sizes 12,8,3 --epochs 100000 --threads 2 --dataset digits --json"
    process = subprocess.Popen(
        [NNBP, *line.split()],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        # These signals may be ignored where the tests run, as under nohup.
        preexec_fn=lambda: [signal.signal(number, signal.SIG_DFL) for number in ENDING] and None,
    )
    assert process.stdout is not None
    for _ in range(3):
        process.stdout.readline()
    yield process
    process.kill()
    process.communicate()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_the_training_by_that_signal_with_the_last_epoch_kept(
    endless: "subprocess.Popen[bytes]", number: signal.Signals, tmp_path: Path
) -> None:
    time.sleep(0.05)
    began = time.monotonic()
    endless.send_signal(number)
    written, complaints = endless.communicate(timeout=30)
    assert time.monotonic() - began < 5
    assert endless.returncode == -number
    *_, epoch, end = events(written)
    assert complaints.decode() == (
        f"nnbp: interrupted after epoch {end['epochs']} of 100000; "
        "to continue: nnbp train --resume model.npz --dataset digits\n"
    )
    assert (end["event"], end["stopped"]) == ("end", "interrupted")
    assert epoch["epoch"] == end["epochs"]
    model = modelfile.load(tmp_path / "model.npz")
    assert len(model.training.reports) == end["epochs"] >= 2
    evaluated = run("evaluate", "model.npz", "--dataset", "digits", "--json", cwd=tmp_path)
    assert events(evaluated.stdout)[0]["accuracy"] == end["test_accuracy"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["digits", "model.npz"]


@pytest.mark.parametrize("epoch", [1, 2])
@pytest.mark.parametrize("threads", ["1", "2"])
def test_a_signal_while_the_model_is_written_waits_for_it_and_its_report(
    epoch: int, threads: str, digits: Path, tmp_path: Path
) -> None:
    line = ["train", *SMALL, "--dataset", "digits", "--json", "--threads", threads]
    done = run_script("interrupted_while_writing", str(epoch), *line, cwd=tmp_path)
    assert done.returncode == -signal.SIGINT
    _, *epochs, end = events(done.stdout.encode())
    assert [event["epoch"] for event in epochs] == list(range(1, end["epochs"] + 1))
    # The next epoch may be over when the signal arrives.
    assert (end["stopped"], end["epochs"] - epoch) in {("interrupted", 0), ("interrupted", 1)}
    assert len(modelfile.load(tmp_path / "model.npz").training.reports) == end["epochs"]


def test_a_lost_signal_is_noticed_at_the_end_of_the_epoch(digits: Path, tmp_path: Path) -> None:
    line = ["train", *SMALL, "--dataset", "digits", "--json", "--engine", "numpy"]
    done = run_script("lost_signal", *line, cwd=tmp_path)
    assert done.returncode == -signal.SIGTERM
    assert re.fullmatch("nnbp: interrupted before the first epoch .*\n", done.stderr)
    assert [event["event"] for event in events(done.stdout.encode())] == ["start"]
    assert not (tmp_path / "model.npz").exists()


def test_a_signal_that_becomes_another_error_ends_the_program_as_a_signal(
    digits: Path, tmp_path: Path
) -> None:
    line = ["train", *SMALL, "--dataset", "digits", "-q", "--engine", "numpy"]
    done = run_script("spoiled_signal", *line, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (-signal.SIGTERM, "")


def test_a_signal_that_is_ignored_from_outside_stays_ignored(digits: Path, tmp_path: Path) -> None:
    process = subprocess.Popen(
        [NNBP, "train", *SMALL, "--epochs", "150", "--dataset", "digits", "-q"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN) and None,
    )
    time.sleep(0.4)
    process.send_signal(signal.SIGHUP)
    written, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert b"completed after epoch 150" in written


def test_a_signal_before_the_first_epoch_leaves_the_old_model_and_says_so(
    digits: Path, tmp_path: Path
) -> None:
    (tmp_path / "model.npz").write_bytes(b"precious")
    line = ["train", "--sizes", "12,3000,3000,3", "--dataset", "digits", "--batch-size", "1"]
    process = subprocess.Popen([NNBP, *line], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    process.terminate()
    written, complaints = process.communicate()
    assert process.returncode == -signal.SIGTERM
    assert b"1/30" not in written
    assert complaints == b"nnbp: interrupted before the first epoch was complete; no model was written\n"
    assert (tmp_path / "model.npz").read_bytes() == b"precious"


def test_a_kill_at_any_moment_leaves_a_whole_model(digits: Path, tmp_path: Path) -> None:
    for delay in range(8):
        process = subprocess.Popen(
            [NNBP, "train", "--sizes", "12,8,3", "--epochs", "100000", "--dataset", digits],
            cwd=tmp_path,
            stdout=subprocess.PIPE,
        )
        assert process.stdout is not None
        for _ in range(3):
            process.stdout.readline()
        time.sleep(0.0013 * delay)
        process.kill()
        process.communicate()
        assert modelfile.load(tmp_path / "model.npz").training.reports


def test_a_reader_that_leaves_ends_the_training_silently(digits: Path, tmp_path: Path) -> None:
    line = "nnbp train --sizes 12,3 --epochs 100000 --dataset digits"
    done = shell(f"{line} | head -n 3", cwd=tmp_path)
    assert done.returncode != 0
    assert done.stdout.count(b"\n") == 3
    assert done.stderr == b""
    assert modelfile.load(tmp_path / "model.npz").training.reports


def test_each_epoch_is_written_when_it_is_over(endless: "subprocess.Popen[bytes]") -> None:
    assert endless.stdout is not None
    assert json.loads(endless.stdout.readline())["epoch"] == 3
    assert endless.poll() is None
