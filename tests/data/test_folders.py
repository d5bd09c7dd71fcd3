"""A folder of four IDX files as a data set."""

import gzip
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from support.datasets import ARCHIVES, CONTENTS, NAMES, assert_tiny, idx_bytes, write

import nnbp.data
from nnbp.data import assembly, gzipped, source
from nnbp.data.registry import MNIST
from nnbp.errors import RejectedFileError


@pytest.mark.parametrize(
    "files",
    [
        CONTENTS,
        {f"{name}.gz": archive for name, archive in ARCHIVES.items()},
        {f"{name}.gz": content for name, content in CONTENTS.items()},
        {name.replace("-idx", ".idx"): content for name, content in CONTENTS.items()},
        {name.replace("-idx", ".idx") + ".gz": archive for name, archive in ARCHIVES.items()},
    ],
    ids=["plain", "gzipped", "plain named gz", "dotted", "dotted and gzipped"],
)
def test_a_folder_of_idx_files_is_a_data_set(tmp_path: Path, files: dict[str, bytes]) -> None:
    folder = write(tmp_path, files)
    data = nnbp.data.load(folder)
    assert_tiny(data)
    assert data.name == "folder"
    assert nnbp.data.shape(folder) == (6, 4)


def rejection(folder: str) -> str:
    with pytest.raises(RejectedFileError) as caught:
        nnbp.data.load(folder)
    return str(caught.value)


@pytest.mark.parametrize("missing", NAMES)
def test_a_missing_file_is_named_with_the_files_found(tmp_path: Path, missing: str) -> None:
    folder = write(tmp_path, {name: content for name, content in CONTENTS.items() if name != missing})
    line = rejection(folder)
    assert f"expected {missing}" in line
    assert all(name in line for name in CONTENTS)


def test_an_empty_folder_is_called_empty(tmp_path: Path) -> None:
    assert "the folder is empty" in rejection(str(tmp_path))


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        (NAMES[1], idx_bytes((4,), bytes(4)), "expected 5 labels"),
        (NAMES[1], idx_bytes((6,), bytes(6)), "expected 5 labels"),
        (NAMES[3], idx_bytes((2,), bytes(2)), "expected 3 labels"),
        (NAMES[2], idx_bytes((3, 3, 2), bytes(18)), "expected images of 2×3 pixels"),
        (NAMES[3], idx_bytes((3,), bytes([0, 4, 9])), "expected labels below 4, found 4 at index 1"),
        (NAMES[0], CONTENTS[NAMES[1]], "expected IDX images"),
        (NAMES[0], idx_bytes((0, 2, 3), b""), "empty"),
        (NAMES[2], b"", "empty|nothing"),
        (NAMES[2], CONTENTS[NAMES[2]] + b"x", "expected 34 bytes"),
        (
            NAMES[2],
            gzip.compress(ARCHIVES[NAMES[2]], mtime=0),
            "a gzip archive within a gzip archive; unpack it once",
        ),
    ],
)
def test_inconsistent_files_are_rejected(tmp_path: Path, name: str, content: bytes, reason: str) -> None:
    folder = write(tmp_path, {**CONTENTS, name: content})
    with pytest.raises(RejectedFileError, match=reason) as caught:
        nnbp.data.load(folder)
    assert name in caught.value.where


def test_there_are_at_least_two_classes(tmp_path: Path) -> None:
    folder = write(
        tmp_path,
        {**CONTENTS, NAMES[1]: idx_bytes((5,), bytes(5)), NAMES[3]: idx_bytes((3,), bytes([0, 1, 0]))},
    )
    assert nnbp.data.load(folder).classes == 2
    assert nnbp.data.shape(folder) == (6, 2)


def test_a_link_to_nothing_is_named_rather_than_missing(tmp_path: Path) -> None:
    folder = write(tmp_path, CONTENTS)
    for target in ("nothing", NAMES[1]):
        (tmp_path / NAMES[1]).unlink()
        (tmp_path / NAMES[1]).symlink_to(target)
        with pytest.raises(OSError, match=r"No such file|Too many levels") as caught:
            nnbp.data.load(folder)
        assert caught.value.filename == str(tmp_path / NAMES[1])


def test_an_archive_that_is_cut_while_it_is_unpacked_is_rejected(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write(tmp_path, {f"{name}.gz": archive for name, archive in ARCHIVES.items()})
    check_sizes = source.check_sizes

    def check_and_cut(sources: Sequence[source.Source]) -> None:
        check_sizes(sources)
        os.truncate(tmp_path / f"{NAMES[0]}.gz", 40)

    monkeypatch.setattr(assembly, "check_sizes", check_and_cut)
    assert "gzip archive truncated" in rejection(folder)


def test_anything_but_a_regular_file_is_rejected_at_once(tmp_path: Path) -> None:
    folder = write(tmp_path, CONTENTS)
    for replacement in (os.mkfifo, os.mkdir, lambda path: path.symlink_to("/dev/zero")):
        path = tmp_path / NAMES[0]
        path.rmdir() if path.is_dir() else path.unlink()
        replacement(path)
        assert "regular file" in rejection(folder)


@pytest.mark.parametrize(
    ("name", "reason"), [(NAMES[0], "expected 46 bytes"), (NAMES[1], "expected 13 bytes")]
)
def test_a_file_that_is_far_too_large_is_rejected_unread(tmp_path: Path, name: str, reason: str) -> None:
    folder = write(tmp_path, CONTENTS)
    with (tmp_path / name).open("ab") as file:
        file.truncate((1 << 30) + 1)
    line = rejection(folder)
    assert reason in line
    assert "found 1073741825" in line


def test_labels_of_more_than_a_gigabyte_are_rejected_unread(tmp_path: Path) -> None:
    folder = write(tmp_path, CONTENTS)
    (tmp_path / NAMES[2]).write_bytes(idx_bytes((3, 1, 1), bytes(3)))
    for name, header in ((NAMES[0], (1 << 30, 1, 1)), (NAMES[1], (1 << 30,))):
        (tmp_path / name).write_bytes(idx_bytes(header, b""))
        os.truncate(tmp_path / name, 4 + 4 * len(header) + (1 << 30))
    assert "expected at most 1073741824 bytes, found 1073741832" in rejection(folder)


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="no file that cannot be read")
@pytest.mark.parametrize("ask", [nnbp.data.load, nnbp.data.shape])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, ask: Any) -> None:
    folder = write(tmp_path, CONTENTS)
    path = tmp_path / NAMES[1]
    path.unlink()
    path.symlink_to("/proc/self/mem")  # a regular file whose first byte is an input/output error
    with pytest.raises(OSError, match="Input/output error") as caught:
        ask(folder)
    assert caught.value.filename == str(path)


# Archives, which are checked before they are unpacked if they are large


@pytest.mark.parametrize(("unchecked", "passes"), [(55, 2), (1 << 20, 1)])
def test_large_archives_are_unpacked_twice_and_others_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, unchecked: int, passes: int
) -> None:
    folder = write(tmp_path, {f"{name}.gz": archive for name, archive in ARCHIVES.items()})
    unpacked = []
    pieces = gzipped.pieces

    def counted(content: gzipped.Bytes, where: str, limit: int) -> Iterator[bytes]:
        unpacked.append(where)
        return pieces(content, where, limit)

    monkeypatch.setattr(gzipped, "pieces", counted)
    monkeypatch.setattr(source, "UNCHECKED", unchecked)
    assert_tiny(nnbp.data.load(folder))
    assert [unpacked.count(f"{folder}/{name}.gz") for name in NAMES] == [passes] * 4


def test_unpacked_arrays_are_read_only(tmp_path: Path) -> None:
    data = nnbp.data.load(write(tmp_path, {f"{name}.gz": archive for name, archive in ARCHIVES.items()}))
    for array in (data.train_images, data.train_labels, data.test_images, data.test_labels):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1


def test_archives_of_the_size_of_mnists_are_unpacked_once() -> None:
    assert sum(file.size for file in MNIST.files) < source.UNCHECKED < 64_000_000


def test_a_file_with_another_header_than_it_had_is_rejected(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write(tmp_path, CONTENTS)
    check_sizes = source.check_sizes

    def check_and_change(sources: Sequence[source.Source]) -> None:
        check_sizes(sources)
        (tmp_path / NAMES[0]).write_bytes(idx_bytes((3, 2, 5), bytes(30)))

    monkeypatch.setattr(assembly, "check_sizes", check_and_change)
    assert "it changed while it was being read" in rejection(folder)
