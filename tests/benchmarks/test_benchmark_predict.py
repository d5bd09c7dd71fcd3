"""The benchmark of `nnbp predict`, on the sample, with the jobs that need no other library."""

import gzip
import os
import sys
from pathlib import Path

import pytest
from support.program import write_idx_folder

import nnbp.data
from benchmarks import run_process, write
from benchmarks.machine import describe
from benchmarks.predict import measure as predict
from nnbp import native


def test_a_stream_repeats_the_images_of_the_test_set(tmp_path: Path) -> None:
    source = write_idx_folder(tmp_path / "source")
    images = (source / predict.TEST).read_bytes()
    count = len(nnbp.data.load(str(source)).test_images)
    predict.write_stream(source, tmp_path / "once", count, 12)
    assert (tmp_path / "once").read_bytes() == images
    (source / predict.TEST).unlink()
    (source / f"{predict.TEST}.gz").write_bytes(gzip.compress(images))
    predict.write_stream(source, tmp_path / "more", 2 * count + 1, 12)
    more = (tmp_path / "more").read_bytes()
    assert more[4:8] == (2 * count + 1).to_bytes(4, "big")
    assert more[16:] == images[16:] * 2 + images[16:28]


@pytest.mark.skipif(native.missing() is not None, reason="the compiled engine is not built")
def test_nnbp_and_a_script_answer_the_same_stream(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    found = predict.measure(["nnbp"], "sample", 2500, 1, lambda _: None)
    assert [result["library"] for result in found["results"]] == ["nnbp", "NumPy"]
    assert capfd.readouterr().out == ""
    page = "\n".join(write.sections({"predict": {**found, "missing": ["PyTorch"], "machine": describe()}}))
    assert "2,500 images" in page
    assert "Not installed, and left out: PyTorch." in page


def test_a_job_with_other_labels_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "lines").write_text("".join(f"{n}\t{n % 10}\n" for n in range(predict.CHECKED)))
    good = predict.Job("good", ["cat"], 1)
    bad = predict.Job("bad", ["sed", "s/3$/4/"], 1)
    predict.check([good, good], tmp_path / "lines", tmp_path / "output")
    with pytest.raises(run_process.FailedError, match="bad: its labels are not those of good"):
        predict.check([good, bad], tmp_path / "lines", tmp_path / "output")


def test_a_process_reads_a_file_and_writes_another(tmp_path: Path) -> None:
    (tmp_path / "in").write_text("read")
    command = [sys.executable, "-c", "print(input())"]
    found = run_process.run(command, tmp_path, os.environ, tmp_path / "in", tmp_path / "out")
    assert (found.output, (tmp_path / "out").read_text()) == ("", "read\n")
