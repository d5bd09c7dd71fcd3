"""`nnbp train`, through the installed program."""

import json
import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from support.program import NNBP, events, run, run_script, shell
from support.server import black_hole

from nnbp import choose_engine, modelfile
from nnbp.cli.signals import ENDING

SMALL = ("--sizes", "12,8,3", "--epochs", "4", "--seed", "1", "--l2", "0")


def test_a_training_reports_its_start_its_epochs_and_its_end(digits: Path, tmp_path: Path) -> None:
    done = run("train", *SMALL, "--dataset", digits, "--json", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, b"")
    start, *epochs, end = events(done.stdout)
    assert start == {
        "event": "start",
        "version": start["version"],
        "sizes": [12, 8, 3],
        "parameters": 12 * 8 + 8 + 8 * 3 + 3,
        "epochs": 4,
        "batch_size": 10,
        "learning_rate": 0.5,
        "schedule": "linear",
        "step_every": 10,
        "step_factor": 0.1,
        "warmup": 0,
        "cost_function": "cross-entropy",
        "l1": 0.0,
        "l2": 0.0,
        "momentum": 0.0,
        "nesterov": False,
        "dropout": 0.0,
        "init": "scaled",
        "patience": 0,
        "keep": "last",
        "dataset": "folder",
        "dataset_sha256": start["dataset_sha256"],
        "validation": 10,
        "seed": 1,
        "training_examples": 50,
        "validation_examples": 10,
        "test_examples": 30,
        "resumed_after": 0,
        "engine": start["engine"],
        "model": "model.npz",
    }
    assert [epoch["epoch"] for epoch in epochs] == [1, 2, 3, 4]
    assert [epoch["learning_rate"] for epoch in epochs] == [0.5, 0.375, 0.25, 0.125]
    figures = "learning_rate cost train_accuracy validation_accuracy regularization seconds"
    assert all(list(epoch) == f"event epoch epochs {figures} dataset".split() for epoch in epochs)
    assert end["event"] == "end"
    assert (end["epochs"], end["stopped"], end["total"]) == (4, "completed", 30)
    assert end["test_accuracy"] == end["correct"] / 30
    assert end["test_accuracy"] > 0.9
    shares = [epoch["validation_accuracy"] for epoch in epochs]
    assert end["best_epoch"] == shares.index(max(shares)) + 1


def test_the_model_file_holds_what_was_reported(digits: Path, tmp_path: Path) -> None:
    done = run("train", *SMALL, "--dataset", digits, "--json", "-o", "m", "--cost", "quadratic", cwd=tmp_path)
    start, *epochs, _ = events(done.stdout)
    model = modelfile.load(tmp_path / "m")
    assert model.network.sizes == (12, 8, 3)
    assert model.settings.cost == "quadratic"
    assert model.origin.dataset_sha256 == start["dataset_sha256"]
    assert (model.origin.seed, model.origin.validation) == (1, 10)
    assert [report.cost for report in model.training.reports] == [epoch["cost"] for epoch in epochs]
    assert not (tmp_path / "m.npz").exists()


def test_for_people_there_is_a_line_an_epoch_with_the_same_figures(digits: Path, tmp_path: Path) -> None:
    told = run("train", *SMALL, "--dataset", digits, cwd=tmp_path).stdout.decode().splitlines()
    shown = events(run("train", *SMALL, "--dataset", digits, "--json", cwd=tmp_path).stdout)
    assert told[0] == "12,8,3 on folder: 50 training, 10 validation, 30 test examples; seed 1"
    assert told[1].split() == ["epoch", "rate", "cost", "penalty", "train", "validation", "seconds"]
    for line, epoch in zip(told[2:-1], shown[1:-1], strict=True):
        counted, rate, cost, penalty, train, validation, _ = line.split()
        assert counted == f"{epoch['epoch']}/4"
        assert float(rate) == epoch["learning_rate"]
        assert float(cost) == pytest.approx(epoch["cost"], abs=5e-5)
        assert float(penalty) == pytest.approx(epoch["regularization"], abs=5e-5)
        assert float(train) == pytest.approx(epoch["train_accuracy"], abs=5e-5)
        assert float(validation) == pytest.approx(epoch["validation_accuracy"], abs=5e-5)
    assert told[-1].startswith(
        f"test accuracy {shown[-1]['test_accuracy']:.4f} ({shown[-1]['correct']} of 30)"
    )


def test_an_epoch_reports_the_l1_and_l2_terms_of_the_cost_at_its_end(digits: Path, tmp_path: Path) -> None:
    line = ("train", *SMALL, "--dataset", digits, "--l1", "0.3", "--l2", "2", "--json")
    *_, last, _ = events(run(*line, cwd=tmp_path).stdout)
    weights = modelfile.load(tmp_path / "model.npz").network.weights
    absolute = sum(abs(float(w)) for layer in weights for w in layer.ravel())
    squared = sum(float(w) ** 2 for layer in weights for w in layer.ravel())
    assert last["regularization"] == pytest.approx(0.3 / 50 * absolute + 2 / (2 * 50) * squared)


def test_an_option_without_effect_is_a_warning(digits: Path, tmp_path: Path) -> None:
    line = ("train", *SMALL, "--dataset", digits, "-q")
    done = run(*line, "--step-every", "2", cwd=tmp_path)
    assert done.returncode == 0
    assert done.stderr == b"nnbp: warning: --step-every has no effect without --schedule step\n"
    done = run(*line, "--step-every", "2", "--schedule", "step", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, b"")


def test_quiet_reports_only_the_end(digits: Path, tmp_path: Path) -> None:
    done = run("train", *SMALL, "--dataset", digits, "-q", cwd=tmp_path)
    assert done.stdout.count(b"\n") == 1
    assert done.stdout.startswith(b"test accuracy ")
    done = run("train", *SMALL, "--dataset", digits, "--quiet", "--json", cwd=tmp_path)
    assert [event["event"] for event in events(done.stdout)] == ["end"]


def test_the_same_seed_makes_the_same_bytes_in_any_folder_and_under_any_name(
    digits: Path, tmp_path: Path
) -> None:
    (tmp_path / "elsewhere").mkdir()
    run("train", *SMALL, "--dataset", digits, cwd=tmp_path)
    run("train", *SMALL, "--dataset", "../digits", "-o", "other", cwd=tmp_path / "elsewhere")
    one, other = (tmp_path / "model.npz").read_bytes(), (tmp_path / "elsewhere" / "other").read_bytes()
    assert one == other
    run("train", *SMALL[:-3], "2", "--l2", "0", "--dataset", digits, cwd=tmp_path)
    assert (tmp_path / "model.npz").read_bytes() != one


def test_a_seed_that_was_not_given_is_drawn_and_reported_and_reproduces_the_model(
    digits: Path, tmp_path: Path
) -> None:
    line = ("train", "--sizes", "12,3", "--epochs", "1", "--dataset", digits, "--json")
    seeds = []
    for name in ("a", "b"):
        start, *_ = events(run(*line, "-o", name, cwd=tmp_path).stdout)
        seeds.append(start["seed"])
    assert seeds[0] != seeds[1]
    run(*line, "-o", "again", "--seed", str(seeds[0]), cwd=tmp_path)
    assert (tmp_path / "again").read_bytes() == (tmp_path / "a").read_bytes()
    assert (tmp_path / "b").read_bytes() != (tmp_path / "a").read_bytes()


def test_a_model_on_standard_output_is_the_one_that_a_file_would_hold(digits: Path, tmp_path: Path) -> None:
    run("train", *SMALL, "--dataset", digits, cwd=tmp_path)
    done = run("train", *SMALL, "--dataset", digits, "-o", "-", "--json", cwd=tmp_path)
    assert done.stdout == (tmp_path / "model.npz").read_bytes()
    assert [event["event"] for event in events(done.stderr)] == ["start", *["epoch"] * 4, "end"]


def test_a_pipe_carries_the_model_to_its_evaluation(digits: Path, tmp_path: Path) -> None:
    line = f"nnbp train {' '.join(SMALL)} --dataset digits -q -o - | nnbp evaluate - --dataset digits"
    done = shell(line, cwd=tmp_path)
    assert done.returncode == 0
    trained, evaluated = done.stderr.decode(), done.stdout.decode()
    assert trained.split()[:5] == ["test", *evaluated.split()[:4]]


def test_nothing_is_held_out_on_request(digits: Path, tmp_path: Path) -> None:
    done = run("train", *SMALL, "--dataset", digits, "--validation", "0", "--json", cwd=tmp_path)
    start, *epochs, end = events(done.stdout)
    assert (start["training_examples"], start["validation_examples"]) == (60, 0)
    assert {epoch["validation_accuracy"] for epoch in epochs} == {None}
    assert end["best_epoch"] is None
    assert run("info", "model.npz", cwd=tmp_path).returncode == 0


def test_the_last_examples_are_held_out(digits: Path, tmp_path: Path) -> None:
    # Wrong labels for them: of the last 20 examples only every third is a 2.
    path = digits / "train-labels-idx1-ubyte"
    path.write_bytes(path.read_bytes()[:-20] + b"\x02" * 20)
    longer = (*SMALL, "--epochs", "40", "--validation", "20", "--json")
    *_, epoch, end = events(run("train", *longer, "--dataset", digits, cwd=tmp_path).stdout)
    assert epoch["train_accuracy"] == 1.0
    assert end["test_accuracy"] == 1.0
    assert epoch["validation_accuracy"] == 7 / 20


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--sizes", "784"], "not a list of layer sizes"),
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
    with black_hole() as url:  # would take seconds, if anything were downloaded
        began = time.monotonic()
        done = run("train", *arguments, cwd=tmp_path, NNBP_MIRROR=url)
        assert time.monotonic() - began < 5
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


def test_a_training_that_diverges_ends_with_5_and_keeps_the_model(digits: Path, tmp_path: Path) -> None:
    (tmp_path / "model.npz").write_bytes(b"precious")
    wild = ("--learning-rate", "1e38", "--l2", "1e9")
    done = run("train", *SMALL[:-2], *wild, "--dataset", digits, cwd=tmp_path)
    assert done.returncode == 5
    assert done.stderr.startswith(b"nnbp: error: epoch 1, mini-batch ")
    assert b"try a learning rate of 1e+37" in done.stderr
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
    assert {event["dataset"] for event in events(done.stdout)} == {"sample"}


def test_in_a_black_hole_the_sample_is_trained_on_within_ten_seconds(tmp_path: Path) -> None:
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
        assert time.monotonic() - began < 10
        process.wait()
        process.stdout.close()


def test_mnist_by_name_has_no_such_fallback(tmp_path: Path) -> None:
    done = run("train", "--dataset", "mnist", cwd=tmp_path)
    assert done.returncode == 4
    assert done.stderr.count(b"\n") == 1
    assert done.stderr.startswith(b"nnbp: error: ")
    assert len(done.stderr) <= 301
    assert not (tmp_path / "model.npz").exists()


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
    assert complaints == b""
    *_, epoch, end = events(written)
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
    assert [event["event"] for event in events(done.stdout.encode())] == ["start"]
    assert not (tmp_path / "model.npz").exists()


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


def test_off_a_terminal_there_is_no_progress_bar(digits: Path, tmp_path: Path) -> None:
    assert run("train", *SMALL, "--dataset", digits, cwd=tmp_path).stderr == b""


def test_a_model_is_not_written_to_a_terminal(digits: Path, tmp_path: Path) -> None:
    line = f"script -qec 'nnbp train {' '.join(SMALL)} --dataset digits -o -' /dev/null"
    done = shell(line, cwd=tmp_path)
    assert done.returncode == 2
    assert b"a model cannot be printed on a terminal" in done.stdout


def test_on_a_terminal_there_is_a_bar_that_spares_the_lines(digits: Path, tmp_path: Path) -> None:
    done = shell(
        f"script -qec 'stty rows 30 cols 90; nnbp train {' '.join(SMALL)} --dataset digits' /dev/null",
        cwd=tmp_path,
    )
    assert done.returncode == 0
    assert re.search(rb"\| \d\.\d/4 epochs \[.*<", done.stdout)
    # A line of the terminal ends up showing the text after its last carriage return.
    shown = [line.rstrip(b"\r").rsplit(b"\r", 1)[-1] for line in done.stdout.split(b"\n")]
    assert [line.split()[0] for line in shown[2:6]] == [b"1/4", b"2/4", b"3/4", b"4/4"]
    assert shown[6].startswith(b"test accuracy")


def test_the_engine_that_computed_is_reported_and_stored(digits: Path, tmp_path: Path) -> None:
    for wanted in ("auto", "numpy"):
        line = ("train", *SMALL, "--dataset", digits, "--engine", wanted, "--json")
        found = events(run(*line, cwd=tmp_path).stdout)[0]["engine"]
        stored = modelfile.load(tmp_path / "model.npz")
        assert found == stored.origin.engine == choose_engine(wanted, stored.network)


@pytest.mark.parametrize("engine", ["numpy", "auto"])
def test_the_number_of_threads_changes_a_small_model_by_rounding_at_most(
    engine: str, digits: Path, tmp_path: Path
) -> None:
    line = ("train", *SMALL, "--dataset", digits, "-q", "--engine", engine)
    for name, arguments in (("one", ["--threads", "1"]), ("two", ["--threads", "2"])):
        assert run(*line, "-o", name, *arguments, cwd=tmp_path).returncode == 0
    one, two = (modelfile.load(tmp_path / name).network.weights for name in ("one", "two"))
    for a, b in zip(one, two, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-5)
