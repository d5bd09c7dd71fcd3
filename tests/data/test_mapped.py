"""Large images stay in their file: that saves memory and must not change anything else."""

import gzip
import hashlib
import os
import struct
import subprocess
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from support.mapped_files import NAMES, PROC, arrays, pack
from support.program import NNBP

import nnbp.data
from nnbp.data import idx, mapped, source
from nnbp.data.registry import MNIST
from nnbp.errors import RejectedFileError


def outcome(folder: Path) -> object:
    """The result of a load: all of the data set, or the error's line."""
    try:
        data = nnbp.data.load(str(folder))
    except RejectedFileError as error:
        return str(error)
    return data.sha256, data.image_shape, data.classes, arrays(data)


def large_folder(folder: Path, count: int) -> Path:
    """`count` black training images of 28×28 pixels, in a sparse file; ten test images; two classes."""
    folder.mkdir()
    for split, n in (("train", count), ("t10k", 10)):
        with (folder / f"{split}-images-idx3-ubyte").open("wb") as file:
            file.write(struct.pack(">4I", 0x803, n, 28, 28))
            file.truncate(16 + n * 784)
        labels = bytes(i % 2 for i in range(n))
        (folder / f"{split}-labels-idx1-ubyte").write_bytes(struct.pack(">2I", 0x801, n) + labels)
    return folder


# The same as in memory


def test_mapped_images_are_those_in_the_file_and_read_only(digits: Path, all_mapped: None) -> None:
    data = nnbp.data.load(str(digits))
    assert [len(file) for file in data.mapped] == [16 + 60 * 12, 16 + 30 * 12]
    for name, images in ((NAMES[0], data.train_images), (NAMES[2], data.test_images)):
        np.testing.assert_array_equal(images, np.fromfile(digits / name, np.uint8, offset=16).reshape(-1, 12))
        with pytest.raises(ValueError, match="read-only"):
            images[0, 0] = 1


def keep(path: Path) -> None:
    pass


def cut(path: Path) -> None:
    os.truncate(path, 700)


def lengthen(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"x")


def empty(path: Path) -> None:
    path.write_bytes(b"")


def lie(path: Path) -> None:
    path.write_bytes(struct.pack(">4I", 0x803, 60, 2**31, 2**31) + bytes(720))


def replace_by_fifo(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def cut_archive(path: Path) -> None:
    path.write_bytes(gzip.compress(path.read_bytes())[:-1])


def lying_archive(path: Path) -> None:
    path.write_bytes(gzip.compress(struct.pack(">4I", 0x803, 60, 2**15, 2**15)))


@pytest.mark.parametrize(
    "change", [keep, pack, cut, lengthen, empty, lie, replace_by_fifo, cut_archive, lying_archive]
)
def test_a_folder_gives_the_same_whether_it_is_mapped_or_read(
    digits: Path, monkeypatch: pytest.MonkeyPatch, change: Callable[[Path], None]
) -> None:
    change(digits / NAMES[0])
    read = outcome(digits)
    monkeypatch.setattr(mapped, "LARGEST_READ", 0)
    assert outcome(digits) == read
    assert isinstance(read, str) == (change not in (keep, pack))


@pytest.mark.parametrize("at_once", [1, 7, 735, 736, 737])
def test_the_hash_does_not_depend_on_how_much_is_hashed_at_once(digits: Path, at_once: int) -> None:
    content = (digits / NAMES[0]).read_bytes()
    assert len(content) == 736
    for form in (content, mapped.MappedFile.of(digits / NAMES[0])):
        assert source.digest(form, at_once) == hashlib.sha256(content).digest()


def test_the_hash_of_mapped_files_is_that_of_read_ones(digits: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = nnbp.data.load(digits).sha256
    monkeypatch.setattr(mapped, "LARGEST_READ", 0)
    assert nnbp.data.load(digits).sha256 == expected


@pytest.mark.parametrize("error", [OSError(19, "No such device"), ValueError("cannot mmap an empty file")])
def test_a_file_that_cannot_be_mapped_is_read(
    error: Exception, digits: Path, all_mapped: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = outcome(digits)

    def refuse(path: Path) -> mapped.MappedFile:
        raise error

    monkeypatch.setattr(mapped.MappedFile, "of", refuse)
    assert outcome(digits) == expected
    assert nnbp.data.load(str(digits)).mapped == ()


def test_files_of_the_size_of_mnists_are_read(digits: Path) -> None:
    assert max(file.size for file in MNIST.files) <= mapped.LARGEST_READ <= 1 << 26
    assert nnbp.data.load(str(digits)).mapped == ()


def test_a_mapped_file_may_be_of_any_size(tmp_path: Path) -> None:
    count = (5 << 30) // 784
    folder = large_folder(tmp_path / "large", 2)
    with (folder / NAMES[0]).open("r+b") as file:
        file.write(struct.pack(">4I", 0x803, count, 28, 28))
        file.truncate(16 + count * 784)
    content = mapped.read_or_map(folder / NAMES[0])
    assert idx.decode(content, "x", idx.IMAGES).shape == (count, 28, 28)
    with pytest.raises(RejectedFileError, match=f"expected {count} labels"):
        nnbp.data.load(str(folder))


# Memory


def peak(*arguments: str | Path, cwd: Path) -> int:
    """Peak private memory of a run of nnbp in bytes, as counted by the kernel."""
    program = subprocess.Popen([NNBP, *map(str, arguments)], cwd=cwd, stdout=subprocess.DEVNULL)
    largest = 0
    # The status of a process that has ended but was not waited for lacks these lines.
    while program.poll() is None:
        time.sleep(0.003)
        lines = Path(f"/proc/{program.pid}/status").read_text().splitlines()
        largest = max(
            [largest, *(int(line.split()[1]) << 10 for line in lines if line.startswith("RssAnon"))]
        )
    assert program.returncode == 0
    return largest


@PROC
def test_large_images_take_no_memory_of_the_process(digits: Path, tmp_path: Path) -> None:
    count = mapped.LARGEST_READ // 784 + 1
    folder = large_folder(tmp_path / "large", count)
    common = ("--epochs", "1", "--batch-size", "500", "-q")
    little = peak("train", "--dataset", digits, "--sizes", "12,3", *common, cwd=tmp_path)
    commands: list[tuple[str, ...]] = [
        ("train", "--sizes", "784,2", "--diagnose", "-o", "m.npz", *common),
        ("train", "--resume", "m.npz", "--epochs", "2"),
        ("evaluate", "m.npz"),
        ("gradients", "m.npz", "--split", "train"),
    ]
    for command in commands:
        taken = peak(*command, "--dataset", folder, cwd=tmp_path) - little
        assert taken < count * 784 / 4, command


@PROC
def test_the_system_is_advised_that_the_examples_will_be_shuffled(digits: Path, all_mapped: None) -> None:
    """smaps calls it rr; without it, the system would read megabytes for each image not in memory."""
    data = nnbp.data.load(str(digits))
    assert len(data.mapped) == 2
    for name in (NAMES[0], NAMES[2]):
        _, of_file = Path("/proc/self/smaps").read_text().split(f"{digits / name}\n")
        flags = next(line for line in of_file.splitlines() if line.startswith("VmFlags:"))
        assert "rr" in flags.split()


@pytest.mark.parametrize("ask", [nnbp.data.load, nnbp.data.shape])
def test_labels_that_do_not_belong_to_the_images_are_not_unpacked(
    digits: Path, ask: Callable[[str], object]
) -> None:
    """64 MiB of labels in 64 KiB, for 60 images."""
    count = 64 << 20
    bomb = gzip.compress(struct.pack(">2I", 0x801, count) + bytes(count), 1)
    (digits / NAMES[1]).write_bytes(bomb)
    tracemalloc.start()
    try:
        with pytest.raises(RejectedFileError, match=f"expected 60 labels.*found {count}"):
            ask(str(digits))
        assert tracemalloc.get_traced_memory()[1] < 4 << 20
    finally:
        tracemalloc.stop()
