"""The benchmarks measure what they say: on the sample, with nnbp and the floor, which need no peer."""

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nnbp
import nnbp.data
from benchmarks import __main__ as program
from benchmarks import epochs, keeping, workers
from benchmarks.grid import GRID, SEED, Row
from benchmarks.learners import floor
from benchmarks.worker import judge
from benchmarks.workers import Work

SMALL = Row((784, 30, 10), 10)


def silent(_: str) -> None:
    pass


def result(library: str, **figures: Any) -> dict[str, Any]:
    after_first = {"certainty": figures.pop("certainty", 0.9)}
    return {"library": library, "threads": 1, "accuracy": 0.95, "after_first": after_first, **figures}


def test_a_run_tells_one_table_and_keeps_every_epoch(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(program, "installed", lambda: ["nnbp", "floor"])
    kept = tmp_path / "figures.json"
    keeping.keep(kept, "process", {"what": "was there"})
    row = GRID[0].name
    options = ["--rounds", "3", "--threads", "1", "--dataset", "sample", "--json", str(kept)]
    assert program.main(["epochs", "--rows", row, *options]) == 0
    heading, ours, floors, medians, missing = capsys.readouterr().out.strip().splitlines()
    assert heading.split() == ["network", "library", "1", "thread,", "s", "ratio", "accuracy"]
    assert ours.startswith("784,30,10 × 10  nnbp ")
    assert floors.split()[-1] == "–"
    assert "3 epochs of 10,000 examples" in medians
    assert missing == "Not installed, and left out: PyTorch, scikit-learn, JAX."
    figures = json.loads(kept.read_text())
    assert figures["process"] == {"what": "was there"}
    (measured_row,) = figures["epochs"]["rows"]
    assert [len(r["seconds"]) for r in measured_row["results"]] == [3, 3]
    assert figures["epochs"]["machine"]["versions"]["numpy"] == np.__version__


def test_a_worker_trains_what_the_library_trains_by_itself() -> None:
    work = Work(SMALL, rounds=3, dataset="sample", pause=0)
    measured_row = epochs.measure(["nnbp"], [1], work, silent)
    assert not measured_row["void"]
    digits = nnbp.data.load("sample")
    settings = nnbp.Settings(epochs=3, schedule="constant")
    state = nnbp.State.begin(SMALL.sizes, settings, SEED)
    list(nnbp.train(state, nnbp.Examples(digits.train_images, digits.train_labels), None, settings))
    test = nnbp.Examples(digits.test_images, digits.test_labels)
    found = nnbp.evaluate(state.network, test, nnbp.COSTS["cross-entropy"])
    assert measured_row["results"][0]["accuracy"] == pytest.approx(found.accuracy, abs=0.002)


def test_a_worker_that_has_ended_is_told_as_such() -> None:
    with workers.started(["nnbp"], [1], Work(SMALL, 1, "sample", pause=0)) as (client,):
        client._process.kill()
        client._process.wait()
        for ask in (client.epoch, client.evaluate):
            with pytest.raises(workers.WorkerError, match="nnbp with 1 threads ended with -9"):
                ask()


def test_what_has_not_learned_is_void() -> None:
    row = Row((784, 5, 10), 100, learning_rate=1e-6)
    measured_row = epochs.measure(["nnbp"], [1], Work(row, 1, "sample", pause=0), silent)
    (why,) = measured_row["void"]
    assert why.startswith("nnbp with 1 thread has learned to answer 0.")


def test_what_trains_something_else_is_void_and_the_floor_is_not() -> None:
    work = Work(SMALL, 1, "sample")
    results = [result("nnbp"), result("JAX", certainty=0.89), result("floor", accuracy=None)]
    assert list(epochs.void(work, results)) == [
        "JAX with 1 thread does not agree with nnbp after the first epoch"
    ]
    results[1] = result("JAX", accuracy=float("nan"), certainty=float("nan"))
    assert len(list(epochs.void(work, results))) == 2


def test_a_row_that_is_void_makes_the_status_1(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    figures = [result("nnbp", median=2.0, accuracy=0.5), result("floor", median=1.0, accuracy=None)]
    measured_row = {**SMALL.as_json(), "name": SMALL.name, "examples": 10, "results": figures, "void": ["so"]}
    monkeypatch.setattr(epochs, "measure", lambda *_: measured_row)
    assert program.main(["epochs", "--rows", GRID[0].name, "--threads", "1"]) == 1
    told = capsys.readouterr().out
    assert "784,30,10 × 10 (void)  nnbp" in told
    assert "784,30,10x10 is void: so." in told


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
