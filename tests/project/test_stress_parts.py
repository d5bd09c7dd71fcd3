"""The parts of `make stress` that need no other process: they pass, and they notice a broken promise."""

import gzip
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from stress import (
    archives,
    idx,
    idx_files,
    idx_reference,
    image_files,
    image_reference,
    images,
    models,
    outputs,
    parts,
    reading,
    sanitized,
)
from stress import case as cases
from stress.case import Case
from support import sanitizers
from support.arriving import Arriving
from support.modelfiles import CONTENT, MODEL

from nnbp import RejectedFileError, native
from nnbp.data.images import read as read_images

pytestmark = pytest.mark.skipif(native.missing() is not None, reason="stress needs the compiled engine")

needs_engine = pytest.mark.skipif(native.missing() is not None, reason="the compiled engine is missing")


@pytest.fixture(autouse=True)
def _kept_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cases, "KEPT", tmp_path / "kept")


@pytest.mark.parametrize("name", ["engine", "gradients", "idx", "images", "models"])
def test_the_first_cases_of_a_part_pass(name: str, tmp_path: Path) -> None:
    if reason := parts.why_missing(name):
        pytest.skip(reason)
    assert sum(parts.find(name).run(3, 1, tmp_path)) == 3


def test_an_archive_without_an_odd_field_is_written_like_a_model_file() -> None:
    assert archives.pack(archives.members(CONTENT)) == CONTENT


def test_damaged_model_files_are_refused_for_many_reasons_and_some_are_read() -> None:
    reasons, read = set(), 0
    for number in range(300):
        try:
            models.read(models.damaged(Case("models", 1, number).rng()))
            read += 1
        except RejectedFileError as error:
            reasons.add(error.reason[:30])
    assert len(reasons) > 25
    assert read > 10


@pytest.mark.parametrize(
    ("result", "found"),
    [
        (MODEL, "the model read is not the one in the file|the file is damaged"),
        (KeyError("state"), "a model file: KeyError: 'state'"),
        (RejectedFileError("here", "two\nlines", "x"), "not one readable line"),
        (RejectedFileError("here", "x" * 1000, "x"), "not one readable line"),
    ],
    ids=["another-model", "another-error", "two-lines", "a-long-line"],
)
def test_a_reader_of_model_files_that_breaks_its_promise_is_noticed(
    result: Any, found: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def read(content: bytes) -> Any:
        if isinstance(result, Exception):
            raise result
        return result

    models.memory()
    monkeypatch.setattr(models, "read", read)
    with pytest.raises(AssertionError, match=found):
        list(models.run(20, 1, tmp_path))
    assert len(list((tmp_path / "kept").iterdir())) == 1


def test_memory_that_grows_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    memory = reading.Memory()
    before = reading.peak()
    memory.check(Case("idx", 1, 2), b"")
    monkeypatch.setattr(reading, "peak", lambda: before + (65 << 20))
    with pytest.raises(AssertionError, match=r"memory has grown by 6\d MiB; at most 64 are allowed"):
        memory.check(Case("idx", 1, 2), b"")


def test_the_second_reader_of_idx_files_knows_which_are_whole() -> None:
    for dimensions, content in idx_files.ORIGINALS.items():
        for whole in (content, gzip.compress(content)):
            found = idx_reference.decoded(whole, dimensions)
            assert found is not None
            assert found.items == content[4 + 4 * dimensions :]
            assert idx_reference.decoded(whole[:-1], dimensions) is None
            assert idx_reference.decoded(whole, 4 - dimensions) is None


def test_a_bomb_is_small_and_contains_much_more_than_it_claims() -> None:
    bomb = idx_files.bombs(1)[0]
    assert len(bomb) < 200_000
    content = gzip.decompress(bomb)
    assert content.startswith(idx_files.ORIGINALS[1])
    assert len(content) > 64 << 20


@pytest.mark.parametrize("name", ["decode", "unpack", "header"])
def test_a_reader_of_idx_files_that_differs_from_the_second_one_is_noticed(
    name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    _, expect = idx.READERS[name]
    monkeypatch.setitem(idx.READERS, name, (lambda dimensions, content: b"another", expect))
    with pytest.raises(AssertionError, match=f"{name}: found b'another'"):
        list(idx.run(20, 1, tmp_path))


def test_damaged_files_of_images_are_refused_for_many_reasons_and_some_are_read() -> None:
    errors, read = set(), 0
    for number in range(300):
        content = image_files.damaged(Case("images", 1, number).rng())
        error = images.answer(Case("images", 1, number), "", BytesIO(content), content, "never").error
        errors.add(error[:40])
        read += not error
    assert len(errors) > 25
    assert read > 10


def test_the_other_readers_of_images_find_the_pixels() -> None:
    pixels = image_files.IMAGES.reshape(3, -1) / 255
    is_read = []
    for content in image_files.originals():
        found = image_reference.pixels(content, images.PIXELS)
        is_read.append(found is not None)
        if found is not None and len(found) == 3 and set(np.unique(found)) != {0, 1}:
            assert np.abs(found - pixels).max() < 0.001
    assert sum(is_read) == 9


def changed(content: Any) -> Iterator[Any]:
    """A reader of images that finds another pixel in what arrives in pieces."""
    for block in read_images(content, "here", images.PIXELS):
        block.images[0, 0] ^= isinstance(content, Arriving)
        yield block


@pytest.mark.parametrize(
    ("read", "found"),
    [
        (lambda source, *_: changed(source), r"in pieces of \[.*\]: found Answer"),
        (lambda *_: iter([1 // 0]), "at once: ZeroDivisionError"),
        (lambda *_: iter([]), "the images read are not those in the file"),
    ],
    ids=["other-images", "another-error", "no-images"],
)
def test_a_reader_of_images_that_breaks_its_promise_is_noticed(
    read: Any, found: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    images.memory()
    monkeypatch.setattr(image_files, "damaged", lambda rng: image_files.originals()[0])
    monkeypatch.setattr("nnbp.data.images.read", read)
    with pytest.raises(AssertionError, match=found):
        list(images.run(20, 1, tmp_path))


@needs_engine
def test_an_engine_with_other_outputs_is_noticed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    right = outputs.expected
    monkeypatch.setattr(outputs, "expected", lambda drawn: right(drawn) + 0.01)
    with pytest.raises(AssertionError, match="other outputs than NumPy's"):
        list(parts.find("engine").run(3, 1, tmp_path))


@needs_engine
def test_an_engine_that_computes_something_else_is_noticed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from support import compiled

    right = compiled.train

    def wrong(training: Any, *others: Any) -> Any:
        figures = right(training, *others)
        training.network.weights[0][0, 0] += 0.01
        return figures

    monkeypatch.setattr(compiled, "train", wrong)
    with pytest.raises(AssertionError, match="other parameters"):
        list(parts.find("engine").run(3, 1, tmp_path))


@needs_engine
def test_the_cases_for_the_sanitizers_pass_without_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    package = Path(str(native.library.library().__file__)).parents[2]
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[1]))
    monkeypatch.setattr(sanitizers, "build", lambda name, folder: package)
    monkeypatch.setattr(sanitizers, "command", lambda name, library, arguments: [sys.executable, *arguments])
    assert sum(sanitized.run("asan", 3, 1, tmp_path)) == 3


@pytest.mark.parametrize(
    ("ending", "status"),
    [("sys.exit('heap-use-after-free')", 1), ("print('ThreadSanitizer: data race', file=sys.stderr)", 0)],
)
def test_a_report_of_a_sanitizer_is_kept_and_names_the_case(
    ending: str, status: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program = f"import sys; print(7, flush=True); print(8, flush=True); {ending}"
    monkeypatch.setattr(sanitizers, "build", lambda name, folder: folder)
    monkeypatch.setattr(
        sanitizers, "command", lambda name, library, arguments: [sys.executable, "-c", program]
    )
    with pytest.raises(AssertionError, match=f"case 9 ended with status {status} and a report"):
        list(sanitized.run("asan", 5, 3, tmp_path, first=7))
    report = tmp_path / "kept" / "engine_asan-3-9.txt"
    assert report.read_text().strip() in ending
