"""What `nnbp train` refuses or survives: wrong options, files that cannot be written, no network."""

import os
import socket
import subprocess
import time
from pathlib import Path

import pytest
from support.program import NNBP, SMALL, events, run, shell
from support.server import black_hole

from nnbp.data.job import LIMITS


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--sizes", "784"], "not a list of layer sizes"),
        (["--layer-rates", "8,0"], "every factor has to be a finite number above 0"),
        (["--sizes", "784,,10"], "not a list of layer sizes"),
        (["--sizes", "784,30,10,"], "not a list of layer sizes"),
        (["--sizes", "784, 30, 10"], "not a list of layer sizes"),
        (["--sizes", "784,-3,10"], "not a list of layer sizes"),
        (["--sizes", "784,1e3,10"], "not a list of layer sizes"),
        (["--sizes", "784,3.5,10"], "not a list of layer sizes"),
        (["--sizes", "784,0x10,10"], "not a list of layer sizes"),
        (["--sizes", "784,1_000,10"], "not a list of layer sizes"),
        (["--sizes", "784,１２,10"], "not a list of layer sizes"),
        (["--sizes", "784,\n30,10"], "not a list of layer sizes"),
        (["--sizes", ""], "not a list of layer sizes"),
        (["--sizes", "784,0,10"], "a layer of 0 neurons"),
        (["--sizes", "0,10"], "a layer of 0 neurons"),
        (["--sizes", "100,10"], "first layer has 100 neurons, but the data set has 784 pixels"),
        (["--sizes", "784,30,9"], "last layer has 9 neurons, but the data set has 10 classes"),
        (["--sizes", "784,1000000,10"], "795,000,010 parameters (3,180,000,040 bytes)"),
        (["--sizes", "784,999999999,10"], "parameters"),
        (["--sizes", "784,100000000000,10"], "parameters"),
        (["--sizes", "784,1" + "0" * 18 + ",10"], "not a list of layer sizes"),
        (["--epochs", "0"], "--epochs"),
        (["--epochs", "1.5"], "--epochs"),
        (["--batch-size", "0"], "--batch-size"),
        (["--learning-rate", "0"], "--learning-rate"),
        (["--learning-rate", "nan"], "not a finite number"),
        (["--learning-rate", "inf"], "not a finite number"),
        (["--learning-rate", "1e999"], "not a finite number"),
        (["--l2", "-1"], "--l2"),
        (["--cost", "hinge"], "--cost"),
        (["--schedule", "cyclic"], "--schedule"),
        (["--init", "zero"], "--init"),
        (["--seed", "-1"], "--seed"),
        (["--threads", "0"], "--threads"),
        (["--engine", "steam"], "--engine"),
        (["--dataset", "nowhere"], "neither a data set (mnist, fashion-mnist, sample) nor a folder"),
        (["--dataset", "sample", "--validation", "10000"], "leave some to train on"),
        (["--momentum", "1"], "--momentum"),
        (["--dropout", "1"], "--dropout"),
        (["--nesterov"], "'--nesterov': it needs a --momentum above 0"),
        (["--epochs", "3", "--warmup", "3"], "'--warmup': it has to be less than --epochs"),
        (["--step-factor", "0"], "--step-factor"),
        (["--keep", "best", "--validation", "0", "--dataset", "sample"], "hold some out"),
        (["--patience", "2", "--validation", "0", "--dataset", "sample"], "hold some out"),
        (["--velocity", "1"], "No such option"),
        (["more"], "unexpected extra argument"),
    ],
)
def test_a_wrong_option_is_a_usage_error_before_anything_else(
    arguments: list[str], said: str, tmp_path: Path
) -> None:
    (tmp_path / "model.npz").write_bytes(b"precious")
    with socket.create_server(("127.0.0.1", 0)) as mirror:
        mirror.setblocking(False)
        url = f"http://127.0.0.1:{mirror.getsockname()[1]}"
        done = run("train", *arguments, cwd=tmp_path, NNBP_MIRROR=url)
        with pytest.raises(BlockingIOError):  # nothing was downloaded
            mirror.accept()
    assert done.returncode == 2
    assert said in " ".join(done.stderr.decode().split())
    assert b"Traceback" not in done.stderr
    assert done.stdout == b""
    assert (tmp_path / "model.npz").read_bytes() == b"precious"


@pytest.mark.parametrize(
    ("output", "said"),
    [
        ("no/model.npz", b"no/model.npz: no such folder"),
        (".", b"a folder, where a file was expected"),
        ("new/", b"new/: a folder, where a file was expected"),
        ("digits", b"a folder, where a file was expected"),
        ("/dev/full", b"/dev/full: No space left on device; free some space"),
        ("/proc/self/model", b"/proc/self/model: "),
    ],
)
def test_an_output_that_cannot_be_written_is_reported_in_one_line(
    output: str, said: bytes, digits: Path, tmp_path: Path
) -> None:
    done = run("train", *SMALL, "--dataset", digits, "-q", "-o", output, cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr.count(b"\n") == 1
    assert done.stderr.startswith(b"nnbp: error: ")
    assert said in done.stderr
    assert done.stdout == b""


def test_if_the_model_file_may_not_grow_the_old_one_is_kept(digits: Path, tmp_path: Path) -> None:
    (tmp_path / "model.npz").write_bytes(b"precious")
    # The limit is in blocks of 1,024 bytes; Python ignores the signal and sees the error.
    done = shell(f"ulimit -f 1; nnbp train {' '.join(SMALL)} --dataset digits", cwd=tmp_path)
    assert done.returncode == 1
    assert b"nnbp: error: model.npz: File too large" in done.stderr
    assert (tmp_path / "model.npz").read_bytes() == b"precious"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["digits", "model.npz"]


def test_an_unknown_instruction_set_is_refused_before_anything_is_printed(
    digits: Path, tmp_path: Path
) -> None:
    line = ("train", *SMALL, "--dataset", digits, "--engine", "native")
    done = run(*line, cwd=tmp_path, NNBP_INSTRUCTIONS="v9")
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.count(b"\n") == 1


def test_a_training_that_diverges_ends_with_5_and_keeps_the_model(digits: Path, tmp_path: Path) -> None:
    (tmp_path / "model.npz").write_bytes(b"precious")
    wild = ("--learning-rate", "1e38", "--l2", "1e9")
    done = run("train", *SMALL[:-2], *wild, "--dataset", digits, cwd=tmp_path)
    assert done.returncode == 5
    assert done.stderr.startswith(b"nnbp: error: epoch 1, mini-batch ")
    assert b"a learning rate of 0.5" in done.stderr
    assert done.stderr.count(b"\n") == 1
    assert (tmp_path / "model.npz").read_bytes() == b"precious"


def test_data_that_are_no_images_end_with_3_and_a_line_that_names_the_file(
    digits: Path, tmp_path: Path
) -> None:
    (digits / "train-images-idx3-ubyte").write_bytes(b"hello")
    done = run("train", *SMALL, "--dataset", digits, cwd=tmp_path)
    assert done.returncode == 3
    assert done.stderr.count(b"\n") == 1
    assert b"train-images-idx3-ubyte: " in done.stderr
    assert not (tmp_path / "model.npz").exists()


def test_without_a_network_the_sample_is_trained_on_after_one_warning(tmp_path: Path) -> None:
    done = run("train", "--epochs", "1", "--json", cwd=tmp_path)
    assert done.returncode == 0
    assert done.stderr.count(b"\n") == 1
    assert done.stderr.startswith(b"nnbp: warning: could not download MNIST (")
    start, *_, end = events(done.stdout)
    assert {event["dataset"] for event in events(done.stdout)} == {"sample"}
    assert start["fallback"] is end["fallback"] is True


def test_the_last_line_says_that_the_sample_stood_in_for_mnist(tmp_path: Path) -> None:
    unasked = run("train", "--epochs", "1", "-q", cwd=tmp_path).stdout
    assert b" on sample (MNIST was not available); " in unasked
    asked = run("train", "--epochs", "1", "-q", "--dataset", "sample", "-o", "m", cwd=tmp_path).stdout
    assert b" on sample; " in asked
    resumed = run("train", "--resume", "m", "-q", "--json", cwd=tmp_path).stdout
    assert events(resumed)[0]["fallback"] is False


def test_in_a_black_hole_the_sample_is_trained_on_long_before_a_download_is_given_up(tmp_path: Path) -> None:
    with black_hole() as url:
        began = time.monotonic()
        process = subprocess.Popen(
            [NNBP, "train", "--epochs", "1"],
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "NNBP_MIRROR": url},
        )
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.startswith(b"784,30,10 on sample")
        assert time.monotonic() - began < LIMITS.first_answer
        process.wait()
        process.stdout.close()


def test_mnist_by_name_has_no_such_fallback(tmp_path: Path) -> None:
    done = run("train", "--dataset", "mnist", cwd=tmp_path)
    assert done.returncode == 4
    assert done.stderr.count(b"\n") == 1
    assert done.stderr.startswith(b"nnbp: error: ")
    assert len(done.stderr) <= 301
    assert not (tmp_path / "model.npz").exists()
