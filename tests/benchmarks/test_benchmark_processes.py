"""The benchmarks of whole processes, of growth and of accuracy; their tables and their page."""

import os
import shlex
import sys
from pathlib import Path

import numpy as np
import pytest
from support.program import script, write_idx_folder

import nnbp.data
from benchmarks import options, run_process, write
from benchmarks.accuracy import measure as accuracy
from benchmarks.growth import measure as growth
from benchmarks.growth import resized_datasets
from benchmarks.growth import table as growth_table
from benchmarks.machine import describe
from benchmarks.process import measure as process
from benchmarks.process import table as process_table
from benchmarks.tables import Table, number


def silent(_: str) -> None:
    pass


@pytest.mark.parametrize("count", [45, 60, 150])
def test_a_data_set_is_cut_short_or_repeated(tmp_path: Path, count: int) -> None:
    source = write_idx_folder(tmp_path / "source")
    resized_datasets.write(source, tmp_path / "grown", count)
    before, after = nnbp.data.load(str(source)), nnbp.data.load(str(tmp_path / "grown"))
    np.testing.assert_array_equal(after.train_images, np.tile(before.train_images, (3, 1))[:count])
    np.testing.assert_array_equal(after.train_labels, np.tile(before.train_labels, 3)[:count])
    np.testing.assert_array_equal(after.test_images, before.test_images)


def test_a_process_is_measured(tmp_path: Path) -> None:
    found = run_process.run(script("hold_memory"), tmp_path, os.environ)
    assert found.output == "done 60000000\n"
    assert found.seconds >= 0.3
    assert found.rss > 60_000_000
    assert found.anonymous is None or 60_000_000 < found.anonymous <= found.rss
    with pytest.raises(run_process.FailedError, match="ended with 3"):
        run_process.run([sys.executable, "-c", "raise SystemExit(3)"], tmp_path, os.environ)
    with pytest.raises(run_process.FailedError, match="absent: No such file"):
        run_process.run([tmp_path / "absent"], tmp_path, os.environ)


def test_lines_of_output_are_timed_in_their_order(tmp_path: Path) -> None:
    command = script("print_twice_and_wait")
    # The program would wait for an hour; it is killed after the second line.
    first, second = run_process.seconds_until(["b", "a"], command, tmp_path, os.environ)
    assert 0 < first < second
    with pytest.raises(run_process.FailedError, match="printed no line with absent"):
        run_process.seconds_until(["absent"], [sys.executable, "-c", "print(1)"], tmp_path, os.environ)


def test_a_whole_training_is_measured_from_start_to_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "STARTS", 1)
    beside = f"other={sys.executable} -c 'print(\"test accuracy 0.5 (1 of 2)\")'"
    jobs = process.jobs(["nnbp"], [1], "sample", 1, [beside, f"{sys.executable} -c 0"])
    figures = process.measure(jobs, "sample", epochs=1, repeats=1, progress=silent)
    ours, other, silent_one = figures["results"]
    (times,) = figures["start"]["seconds"]
    assert len(times) == 3
    assert figures["start"] == process.beginnings([times])
    assert ours["median_accuracy"] > 0.8
    assert (other["library"], other["median_accuracy"]) == ("other", 0.5)
    assert silent_one["median_accuracy"] is None
    shown = process_table.table({**figures, "missing": ["PyTorch"]}).text()
    assert "Not installed, and left out: PyTorch." in shown


def test_the_first_mini_batch_comes_an_epoch_before_the_report_of_the_first_epoch() -> None:
    figures = process.beginnings([[0.25, 0.5, 0.625], [0.5, 1.0, 1.25], [1.0, 2.0, 2.5]])
    assert (figures["event"], figures["minibatch"], figures["first_epoch"]) == (0.5, 0.75, 1.0)


@pytest.mark.parametrize("text", ["old=/usr/bin/env -u A nnbp", "/usr/bin/env A=1 'a b'"])
def test_another_command_to_time_may_have_a_name(text: str) -> None:
    job = process.other(text)
    name, command = ("old", text[4:]) if text.startswith("old") else (text, text)
    assert (job.name, job.command) == (name, shlex.split(command))


def test_a_training_is_repeated_with_each_seed_and_engine() -> None:
    seen: list[str] = []
    found = accuracy.measure(["--epochs", "1"], "sample", [1, 2], ["numpy"], seen.append)
    (result,) = found["results"]
    assert min(result["accuracy"]) > 0.8
    assert len(result["seconds"]) == len(seen) == 2
    again = accuracy.measure(["--epochs", "1", "--engine", "numpy"], "sample", [2], [], silent)
    assert again["results"][0]["accuracy"] == result["accuracy"][1:]
    page = "\n".join(write.sections({"accuracy": {**found, "machine": describe()}}))
    assert "`nnbp train --dataset sample --epochs 1` with 2 seeds" in page


def test_two_engines_are_compared_seed_by_seed() -> None:
    results = [
        {"engine": "native", "accuracy": [0.75, 0.5], "seconds": [1.0, 3.0]},
        {"engine": "numpy", "accuracy": [0.5, 0.5], "seconds": [5.0, 5.0]},
    ]
    figures = {"options": [], "dataset": "sample", "seeds": [1, 2], "results": results}
    assert accuracy.difference(figures) == (0.125, 0.125)
    (table,) = write.tables("engines", figures)
    assert table.rows[-1] == ["mean", "0.6250", "2.00", "0.5000", "5.00"]
    assert table.notes[-1].endswith("+12.500 points (standard error 12.500).")


def test_words_after_two_dashes_are_options_of_the_training() -> None:
    line = ["accuracy", "--seeds", "3", "4", "--", "--sizes", "784,100,10", "--epochs", "5"]
    arguments = options.parse(line, ["accuracy"])
    assert (arguments.seeds, arguments.epochs) == ([3, 4], 30)
    assert arguments.training == ["--sizes", "784,100,10", "--epochs", "5"]
    assert options.parse(["accuracy"], ["accuracy"]).training == []


def test_growth_is_measured_in_processes_and_fills_a_page(tmp_path: Path) -> None:
    resized_datasets.write(nnbp.data.folder("sample"), tmp_path / "500", 500)
    case = growth.Case("examples", 500, hidden=10, batch_size=10)
    trained = growth.train(case, tmp_path / "500", epochs=2)
    assert len(trained["seconds"]) == 2
    figures = {"epochs": 2, "results": [trained], "machine": describe()}
    assert [len(table.rows) for table in growth_table.tables(figures)] == [1, 0, 0]
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
