"""The engine and the threads on the command line, and in `nnbp info --system`."""

import json
from pathlib import Path

import numpy as np
import pytest
from support.program import events, run, run_script

from nnbp import Network, choose_engine, native
from nnbp.cli.blas import VARIABLES


@pytest.mark.skipif(native.missing() is None, reason="the compiled engine is available")
@pytest.mark.parametrize("verb", ["train", "evaluate"])
def test_an_engine_that_is_not_available_is_a_usage_error_of_one_line(
    verb: str, digits: Path, tmp_path: Path
) -> None:
    assert run("train", "--sizes", "12,3", "--epochs", "1", "--dataset", digits, cwd=tmp_path).returncode == 0
    line = ("train", "--sizes", "12,3") if verb == "train" else ("evaluate", "model.npz")
    done = run(*line, "--dataset", digits, "--engine", "native", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, b"")
    reason = f"nnbp: error: engine native: {native.missing()}; reinstall nnbp with a C compiler, or use "
    assert done.stderr.decode() == reason + "--engine numpy\n"


def test_both_engines_evaluate_alike(digits: Path, tmp_path: Path) -> None:
    run("train", "--sizes", "12,8,3", "--epochs", "2", "--dataset", digits, cwd=tmp_path)
    found = [
        events(run("evaluate", "model.npz", "--dataset", digits, "--json", *options, cwd=tmp_path).stdout)[0]
        for options in ([], ["--engine", "numpy"], ["--threads", "2"])
    ]
    for other in found[1:]:
        assert other["confusion"] == found[0]["confusion"]
        assert other["cost"] == pytest.approx(found[0]["cost"], rel=1e-5)


def test_info_shows_the_system_and_the_engine_that_auto_takes(tmp_path: Path) -> None:
    done = run("info", "--system", "--json", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, b"")
    (found,) = events(done.stdout)
    assert (found["event"], found["sizes"], found["batch_size"]) == ("system", [784, 30, 10], 10)
    assert found["engine"] == choose_engine("auto", Network.random((784, 30, 10), np.random.default_rng(0)))
    assert found["numpy"] == np.__version__
    assert found["processors"] >= 1
    lines = run("info", "--system", cwd=tmp_path).stdout.decode().splitlines()
    assert [line.split("  ")[0] for line in lines[:4]] == ["nnbp", "processor", "training of", "engine"]
    (asked,) = events(run("info", "--system", "--json", cwd=tmp_path, NNBP_ENGINE="numpy").stdout)
    assert (asked["engine"], asked["engine_reason"]) == ("numpy", "NNBP_ENGINE is numpy")


def test_info_shows_the_system_for_the_network_of_a_model(digits: Path, tmp_path: Path) -> None:
    line = ("train", "--sizes", "12,8,3", "--epochs", "1", "--batch-size", "7", "--dataset", digits)
    run(*line, cwd=tmp_path)
    (found,) = events(run("info", "model.npz", "--system", "--json", cwd=tmp_path).stdout)
    assert (found["sizes"], found["batch_size"]) == ([12, 8, 3], 7)


def test_a_wrong_engine_in_the_environment_is_reported_in_one_line(digits: Path, tmp_path: Path) -> None:
    line = ("train", "--sizes", "12,3", "--dataset", digits)
    done = run(*line, cwd=tmp_path, NNBP_ENGINE="steam")
    assert done.returncode == 2
    assert done.stderr.startswith(b"nnbp: error: NNBP_ENGINE: it is 'steam'; ")
    assert done.stderr.count(b"\n") == 1


@pytest.fixture
def without_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment that sets no number of BLAS threads."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


def blas_threads(*count: str, **environment: str) -> list[str | None]:
    """The variables of BLAS after `use_threads`."""
    done = run_script("print_blas_threads", *count, cwd=None, **environment)
    assert done.returncode == 0, done.stderr
    found: list[str | None] = json.loads(done.stdout)
    return found


@pytest.mark.usefixtures("without_variables")
def test_blas_has_one_thread_or_the_number_requested_unless_the_environment_sets_one() -> None:
    assert blas_threads() == ["1"] * 5
    assert blas_threads("3") == ["3"] * 5
    assert blas_threads("3", OMP_NUM_THREADS="2") == [None, None, None, None, "2"]
    assert blas_threads(OMP_NUM_THREADS="") == ["1"] * 5


@pytest.mark.usefixtures("without_variables")
@pytest.mark.parametrize("arguments", [["info", "--system"], ["check", "--sizes", "3,2"]])
def test_commands_set_the_threads_before_numpy_is_imported(arguments: list[str], tmp_path: Path) -> None:
    done = run_script("watch_numpy_import", *arguments, cwd=tmp_path)
    assert done.returncode == 0
    assert set(done.stderr.split()) == {"1"}
