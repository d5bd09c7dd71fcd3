"""`nnbp train`, through the installed program."""

import fcntl
import os
import pty
import re
import signal
import struct
import termios
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from support.program import NNBP, SMALL, events, run, shell

from nnbp import choose_engine, modelfile, native


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
        "input_dropout": 0.0,
        "max_norm": 0.0,
        "layer_rates": [],
        "deskew": False,
        "elastic": [0.0, 0.0],
        "rotate": 0.0,
        "scale": 0.0,
        "shear": 0.0,
        "shift": 0.0,
        "init": "scaled",
        "patience": 0,
        "keep": "last",
        "dataset": "folder",
        "dataset_sha256": start["dataset_sha256"],
        "validation": 10,
        "seed": 1,
        "fallback": False,
        "training_examples": 50,
        "validation_examples": 10,
        "test_examples": 30,
        "resumed_after": 0,
        "engine": start["engine"],
        "blas_threads": 1 if start["engine"] == "numpy" else None,
        "fused": native.fused() if start["engine"] == "native" else None,
        "model": "model.npz",
    }
    assert [epoch["epoch"] for epoch in epochs] == [1, 2, 3, 4]
    assert [epoch["learning_rate"] for epoch in epochs] == [0.5, 0.375, 0.25, 0.125]
    figures = "learning_rate cost train_accuracy validation_accuracy best regularization seconds"
    assert all(list(epoch) == f"event epoch epochs {figures} dataset".split() for epoch in epochs)
    assert end["event"] == "end"
    assert (end["epochs"], end["stopped"], end["total"]) == (4, "completed", 30)
    assert end["test_accuracy"] == end["correct"] / 30
    assert end["test_accuracy"] > 0.9
    shares = [epoch["validation_accuracy"] for epoch in epochs]
    assert end["best_epoch"] == shares.index(max(shares)) + 1
    assert end["best_validation_accuracy"] == max(shares)
    assert [epoch["best"] for epoch in epochs] == [
        all(share > earlier for earlier in shares[:i]) for i, share in enumerate(shares)
    ]


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
    printed = run("train", *SMALL, "--dataset", digits, cwd=tmp_path).stdout.decode().splitlines()
    shown = events(run("train", *SMALL, "--dataset", digits, "--json", cwd=tmp_path).stdout)
    assert printed[0] == "12,8,3 on folder: 50 training, 10 validation, 30 test examples; seed 1"
    assert printed[1].split() == ["epoch", "rate", "cost", "penalty", "train", "validation", "seconds"]
    for line, epoch in zip(printed[2:-1], shown[1:-1], strict=True):
        counted, rate, cost, penalty, train, validation, _, *mark = line.split()
        assert mark == (["*"] if epoch["best"] else [])
        assert counted == f"{epoch['epoch']}/4"
        assert float(rate) == epoch["learning_rate"]
        assert float(cost) == pytest.approx(epoch["cost"], abs=5e-5)
        assert float(penalty) == pytest.approx(epoch["regularization"], abs=5e-5)
        assert float(train) == pytest.approx(epoch["train_accuracy"], abs=5e-5)
        assert float(validation) == pytest.approx(epoch["validation_accuracy"], abs=5e-5)
    assert printed[-1].startswith(
        f"test accuracy {shown[-1]['test_accuracy']:.4f} ({shown[-1]['correct']} of 30)"
    )


def test_the_last_line_names_the_best_epoch_if_it_is_not_the_last(digits: Path, tmp_path: Path) -> None:
    line = ("train", *SMALL, "--dataset", digits)
    printed = run(*line, cwd=tmp_path).stdout.decode().splitlines()
    marked = [row.split() for row in printed if row.endswith("  *")]
    counted, *_, validation, _, _ = marked[-1]
    assert counted != "4/4"
    assert f"; best epoch {counted.partition('/')[0]} ({validation}); seed 1; " in printed[-1]
    printed = run(*line, "--epochs", "1", cwd=tmp_path).stdout.decode().splitlines()
    assert "best" not in printed[-1]
    assert "best epoch" not in run(*line, "--keep", "best", cwd=tmp_path).stdout.decode()


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
    done = run(*line, "--step-every", "2", "--schedule", "step", "-o", "other", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, b"")


def test_quiet_reports_only_the_end(digits: Path, tmp_path: Path) -> None:
    done = run("train", *SMALL, "--dataset", digits, "-q", cwd=tmp_path)
    assert done.stdout.count(b"\n") == 1
    assert done.stdout.startswith(b"test accuracy ")
    done = run("train", *SMALL, "--dataset", digits, "--quiet", "--json", cwd=tmp_path)
    assert [event["event"] for event in events(done.stdout)] == ["end"]


def test_the_end_names_the_seed_and_everything_else_that_made_the_model(digits: Path, tmp_path: Path) -> None:
    line = ("train", "--sizes", "12,8,3", "--epochs", "9", "--dropout", "0.1", "--dataset", digits)
    (end,) = events(run(*line, "-q", "--json", cwd=tmp_path).stdout)
    start, *_ = events(run(*line, "--json", "--seed", str(end["seed"]), cwd=tmp_path).stdout)
    figures = {"parameters", "training_examples", "validation_examples", "test_examples"}
    assert start.keys() - end.keys() == {"version", "resumed_after", *figures}
    shared = (start.keys() & end.keys()) - {"event", "epochs"}
    assert {key: end[key] for key in shared} == {key: start[key] for key in shared}
    assert (end["epochs"], end["planned_epochs"]) == (9, start["epochs"])
    said = run(*line, "--seed", "5", "-q", cwd=tmp_path).stdout.decode()
    assert said.endswith("; seed 5; model.npz\n")


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
    assert {epoch["best"] for epoch in epochs} == {None}
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


def test_off_a_terminal_there_is_no_progress_bar(digits: Path, tmp_path: Path) -> None:
    assert run("train", *SMALL, "--dataset", digits, cwd=tmp_path).stderr == b""


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


def test_ctrl_c_leaves_neither_the_bar_nor_its_echo_on_a_terminal(digits: Path, tmp_path: Path) -> None:
    line = [NNBP, "train", "--sizes", "12,8,3", "--epochs", "100000", "--dataset", str(digits)]
    child, terminal = pty.fork()
    if not child:
        os.chdir(tmp_path)
        os.execv(NNBP, line)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("4H", 24, 80, 0, 0))
    written = b""
    with suppress(OSError):  # at the end of a terminal
        while chunk := os.read(terminal, 4096):
            if b"3/100000" not in written and b"3/100000" in written + chunk:
                os.write(terminal, b"\x03")
            written += chunk
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGINT
    os.close(terminal)
    before, after = written.decode().split("^C")
    # The bar may be drawn once more before the signal is noticed.
    *_, last = after.rpartition(" epochs [")
    assert re.match(r"[^\r]*[\r ]*\r\x1b\[K", last)
    bars = re.findall(r"\r([^\r\n]*epochs \[[^\r\n]*\])", before)
    assert bars
    # So that the echo is on the same line, and the cursor behind it.
    assert max(map(len, bars)) <= 77
    assert "\rnnbp: interrupted after epoch " in after


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
