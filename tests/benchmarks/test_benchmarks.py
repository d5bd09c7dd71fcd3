"""The benchmarks of epochs, on the sample, with nnbp and the floor, which need no other library."""

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nnbp
import nnbp.data
from benchmarks import __main__ as program
from benchmarks import client, figures, threads
from benchmarks.busy import measure as busy
from benchmarks.busy import table as busy_table
from benchmarks.client import Work
from benchmarks.epochs import measure as epochs
from benchmarks.grid import GRID, SEED, Row
from benchmarks.learners import floor, installed
from benchmarks.machine import AVX512
from benchmarks.worker import judge
from nnbp import native

SMALL = Row((784, 30, 10), 10)
ENGINES = {"nnbp": "native", "nnbp-numpy": "numpy"}
needs_native = pytest.mark.skipif(native.missing() is not None, reason="the compiled engine is not built")


def silent(_: str) -> None:
    pass


def result(library: str, **figures: Any) -> dict[str, Any]:
    after_first = {"certainty": figures.pop("certainty", 0.9)}
    return {"library": library, "threads": 1, "accuracy": 0.95, "after_first": after_first, **figures}


@needs_native
def test_a_run_prints_its_tables_and_keeps_every_epoch(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(program, "installed", lambda: ["nnbp", "nnbp-numpy", "floor"])
    kept = tmp_path / "figures.json"
    figures.keep(kept, "process", {"what": "was there"})
    row = GRID[0].name
    options = ["--rounds", "3", "--threads", "1", "--dataset", "sample", "--json", str(kept)]
    assert program.main(["epochs", "--rows", row, *options]) == 0
    ratios, seconds = capsys.readouterr().out.strip().split("\n\n")
    heading, network, _ = ratios.splitlines()
    assert heading.split("  ")[-2:] == ["nnbp / floor", "nnbp-numpy / nnbp"]
    assert network.startswith("784,30,10 × 10  ")
    heading, ours, textbook, floors, medians, left_out = seconds.splitlines()
    assert heading.split() == ["network", "library", "1", "thread,", "s", "accuracy"]
    assert ours.startswith("784,30,10 × 10  nnbp  ")
    assert textbook.startswith("784,30,10 × 10  nnbp-numpy  ")
    assert floors.split()[-1] == "–"
    assert "3 epochs of 10,000 examples" in medians
    assert left_out == "Not installed, and left out: PyTorch, scikit-learn, JAX."
    found = json.loads(kept.read_text())
    assert found["process"] == {"what": "was there"}
    (measured_row,) = found["epochs"]["rows"]
    assert [len(r["seconds"]) for r in measured_row["results"]] == [3, 3, 3]
    assert found["epochs"]["machine"]["versions"]["numpy"] == np.__version__


@pytest.mark.parametrize("library", [pytest.param("nnbp", marks=needs_native), "nnbp-numpy"])
def test_a_worker_trains_as_the_library_does(library: str) -> None:
    work = Work(SMALL, rounds=3, dataset="sample", pause=0)
    measured_row = epochs.measure([library], [1], work, silent)
    assert not measured_row["void"]
    digits = nnbp.data.load("sample")
    settings = nnbp.Settings(epochs=3, schedule="constant")
    training = nnbp.Training.begin(SMALL.sizes, settings, SEED)
    list(training.run(digits.training, engine=ENGINES[library]))
    found = training.evaluate(digits.test)
    assert measured_row["results"][0]["accuracy"] == pytest.approx(found.accuracy, abs=0.002)


@needs_native
def test_busy_processors_are_freed_after_both_numbers_of_threads_are_timed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(busy, "processors", lambda: 1)
    measured_row = busy.measure(Work(SMALL, 2, "sample", pause=0), silent)
    assert [(r["threads"], len(r["seconds"])) for r in measured_row["results"]] == [(1, 2), (2, 2)]
    shown = busy_table.table({"rounds": 2, "rows": [measured_row]}).text()
    assert shown.splitlines()[1].startswith("784,30,10 × 10  ")


def test_processors_are_busy_only_inside_the_block() -> None:
    with busy.busy_processors(1) as (process,):
        assert process.poll() is None
    assert process.poll() is not None


def test_threads_of_blas_are_set_before_numpy_is_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MKL_NUM_THREADS", "7")
    assert "MKL_NUM_THREADS" not in threads.clean_environment()
    assert {threads.environment(2)[name] for name in threads.VARIABLES} == {"2"}


@pytest.mark.parametrize(("family", "kernels"), [("26", "SkylakeX"), ("25", None)])
def test_openblas_gets_its_avx_512_kernels_if_it_does_not_know_the_processor(
    monkeypatch: pytest.MonkeyPatch, family: str, kernels: str | None
) -> None:
    monkeypatch.delenv(threads.KERNELS, raising=False)
    monkeypatch.setattr(threads, "cpu_model", lambda: ("AuthenticAMD", family, "2"))
    monkeypatch.setattr(threads, "cpu_flags", lambda: AVX512 | {"fma"})
    assert threads.numpy_environment(1).get(threads.KERNELS) == kernels
    assert threads.KERNELS not in threads.environment(1)
    monkeypatch.setenv(threads.KERNELS, "Haswell")
    assert threads.numpy_environment(1)[threads.KERNELS] == "Haswell"


def test_an_engine_that_is_not_compiled_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(native, "missing", lambda: "it has not been compiled")
    assert {"nnbp-numpy", "floor"} <= set(installed())
    assert "nnbp" not in installed()


def test_a_worker_that_has_ended_is_an_error() -> None:
    with client.started(["nnbp-numpy"], [1], Work(SMALL, 1, "sample", pause=0)) as (worker,):
        worker.process.kill()
        worker.process.wait()
        for ask in (worker.epoch, worker.evaluate):
            with pytest.raises(client.WorkerError, match="nnbp-numpy with 1 threads ended with -9"):
                ask()


def test_a_training_that_has_not_learned_is_void() -> None:
    row = Row((784, 5, 10), 100, learning_rate=1e-6)
    measured_row = epochs.measure(["nnbp-numpy"], [1], Work(row, 1, "sample", pause=0), silent)
    (why,) = measured_row["void"]
    assert why.startswith("nnbp-numpy with 1 thread has only reached an accuracy of 0.")


def test_a_library_that_disagrees_is_void_and_the_floor_is_not() -> None:
    work = Work(SMALL, 1, "sample")
    results = [result("nnbp"), result("JAX", certainty=0.89), result("floor", accuracy=None)]
    assert list(epochs.void(work, results)) == [
        "JAX with 1 thread does not agree with nnbp after the first epoch"
    ]
    results[1] = result("JAX", accuracy=float("nan"), certainty=float("nan"))
    assert len(list(epochs.void(work, results))) == 2


def test_a_void_row_gives_exit_status_1(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    results = [result("nnbp", median=2.0, accuracy=0.5), result("floor", median=1.0, accuracy=None)]
    measured_row = {**SMALL.as_json(), "name": SMALL.name, "examples": 10, "results": results, "void": ["so"]}
    monkeypatch.setattr(epochs, "measure", lambda *_: measured_row)
    assert program.main(["epochs", "--rows", GRID[0].name, "--threads", "1"]) == 1
    shown = capsys.readouterr().out
    assert "784,30,10 × 10 (void)  nnbp" in shown
    assert "784,30,10x10 is void: so." in shown


def test_ratios_are_of_the_better_numbers_of_threads() -> None:
    medians = {"nnbp": (2.0, 3.0), "JAX": (9.0, 5.0), "floor": (1.0, 4.0)}
    results = [{"library": name, "median": each} for name, both in medians.items() for each in both]
    row = {"results": results}
    ratios = [epochs.ratio(row, name) for name in ("nnbp", "JAX", "floor", "PyTorch")]
    assert ratios == [1.0, 2.5, 2.0, None]


def test_a_network_is_judged_as_nnbp_evaluates_it() -> None:
    digits = nnbp.data.load("sample")
    network = nnbp.Network.random((784, 20, 15, 10), np.random.default_rng(3))
    layers = [(w.astype("f4"), b.astype("f4")) for w, b in zip(network.weights, network.biases, strict=True)]
    test = nnbp.Examples(digits.test_images, digits.test_labels)
    expected = nnbp.evaluate(network, test, nnbp.COSTS["quadratic"]).accuracy
    assert judge(layers, digits)["accuracy"] == pytest.approx(expected, abs=0.001)


@pytest.mark.parametrize("sizes", [(7, 5, 3), (7, 5, 4, 3)])
def test_the_floor_has_the_products_of_a_step(sizes: tuple[int, ...]) -> None:
    products = floor.products(sizes, 2)
    layers = list(pairwise(sizes))
    done = [(len(left), left.shape[1], right.shape[1]) for left, right, _ in products]
    forward = [(2, n_in, n_out) for n_in, n_out in layers]
    back = [(2, n_out, n_in) for n_in, n_out in layers[:0:-1]]
    assert done == forward + back + [(n_in, 2, n_out) for n_in, n_out in layers]
    for left, right, out in products:
        np.matmul(left, right, out)
