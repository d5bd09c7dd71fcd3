"""The benchmarks of whole processes, and of how they grow, measure what they say; so do their tables."""

import os
import sys
from pathlib import Path

import numpy as np
import pytest
from program import write_idx_folder

import nnbp.data
from benchmarks import growing, growth, growthtable, measured, process, processtable, write
from benchmarks.machine import describe
from benchmarks.tables import Table, number


def silent(_: str) -> None:
    pass


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
