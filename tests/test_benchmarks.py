"""The benchmarks measure what they say: on the sample, with nnbp and the floor, which need no peer."""

import json
import os
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from program import write_idx_folder

import nnbp
import nnbp.data
from benchmarks import __main__ as program
from benchmarks import epochs, growing, growth, growthtable, keeping, measured, process, processtable, write
from benchmarks.grid import GRID, SEED, Row
from benchmarks.learners import floor
from benchmarks.machine import describe
from benchmarks.tables import Table, number
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


@pytest.mark.parametrize("count", [45, 60, 150])
def test_a_data_set_is_cut_short_or_repeated(tmp_path: Path, count: int) -> None:
    source = write_idx_folder(tmp_path / "source")
    growing.write(source, tmp_path / "grown", count)
    before, after = nnbp.data.load(str(source)), nnbp.data.load(str(tmp_path / "grown"))
    np.testing.assert_array_equal(after.train_images, np.tile(before.train_images, (3, 1))[:count])
    np.testing.assert_array_equal(after.train_labels, np.tile(before.train_labels, 3)[:count])
    np.testing.assert_array_equal(after.test_images, before.test_images)


def test_a_process_is_measured(tmp_path: Path) -> None:
    program_text = "import time; b = bytes([1]) * 60_000_000; time.sleep(0.3); print('done')"
    found = measured.run([sys.executable, "-c", program_text], tmp_path, os.environ)
    assert found.output == "done\n"
    assert found.seconds >= 0.3
    assert found.rss > 60_000_000
    assert found.anonymous is None or 60_000_000 < found.anonymous <= found.rss
    with pytest.raises(measured.FailedError, match="ended with 3"):
        measured.run([sys.executable, "-c", "raise SystemExit(3)"], tmp_path, os.environ)


def test_a_whole_training_is_measured_from_its_start_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "STARTS", 1)
    figures = process.measure(["nnbp"], [1], "sample", epochs=1, repeats=1, told=silent)
    (ours,) = figures["results"]
    assert 0 < figures["start"]["median"] < ours["median"]
    assert ours["median_accuracy"] > 0.8
    told = processtable.table({**figures, "missing": ["PyTorch"]}).text()
    assert "Not installed, and left out: PyTorch." in told


def test_growth_comes_from_processes_and_makes_a_page(tmp_path: Path) -> None:
    growing.write(nnbp.data.folder("sample"), tmp_path / "500", 500)
    case = growth.Case("examples", 500, hidden=10, batch_size=10)
    trained = growth.train(case, tmp_path / "500", epochs=2)
    assert len(trained["seconds"]) == 2
    figures = {"epochs": 2, "results": [trained], "machine": describe()}
    assert [len(table.rows) for table in growthtable.tables(figures)] == [1, 0, 0]
    page = "\n".join(write.sections({"growth": figures}))
    assert "## How time and memory grow" in page
    assert "| 500 | " in page


def test_growth_varies_one_thing_at_a_time() -> None:
    usual = (60_000, 30, 10)
    for case in growth.cases():
        found = (case.examples, case.hidden, case.batch_size)
        assert sum(a != b for a, b in zip(found, usual, strict=True)) <= 1
        assert case.value in found


def test_tables_are_aligned_for_people_and_marked_for_pages() -> None:
    table = Table(["what", "s"], rows=[["all", number(0.12345)], ["a part", number(1234.5)]], notes=["So."])
    assert table.text() == "what        s\nall     0.123\na part  1,234\nSo.\n"
    assert table.markdown() == "| what | s |\n| --- | ---: |\n| all | 0.123 |\n| a part | 1,234 |\n\nSo.\n"
    assert [number(value) for value in (None, 0.01, 12.0, 99.96, 123.4)] == [
        "–",
        "0.0100",
        "12.0",
        "100",
        "123",
    ]
