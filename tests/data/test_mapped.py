"""Large images stay in their file: that saves memory and must not change anything else."""

import gc
import gzip
import hashlib
import json
import os
import signal
import struct
import subprocess
import time
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from support.program import NNBP, events, run, run_script, script

import nnbp.data
from nnbp import Settings, Training
from nnbp.cli import loading
from nnbp.cli.main import Boundary
from nnbp.data import idx, mapped, source
from nnbp.data.registry import FILE_NAMES, MNIST
from nnbp.errors import RejectedFileError

NAMES = [name for name, _ in FILE_NAMES]
PROC = pytest.mark.skipif(not Path("/proc/self/smaps").exists(), reason="there is no /proc")


@pytest.fixture
def all_mapped(monkeypatch: pytest.MonkeyPatch) -> None:
    """Images of any size are mapped."""
    monkeypatch.setattr(mapped, "LARGEST_READ", 0)


def arrays(data: nnbp.data.Dataset) -> list[object]:
    each = (data.train_images, data.train_labels, data.test_images, data.test_labels)
    return [array.tolist() for array in each]


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


def pack(path: Path) -> None:
    path.write_bytes(gzip.compress(path.read_bytes()))


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


# Another program writes to a mapped file


def rewrite(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(16)
        file.write(b"\xff")
    os.utime(path, (0, 0))  # a file's time stamp may not change for a few milliseconds


def replace(path: Path) -> None:
    beside = path.with_name("beside")
    beside.write_bytes(bytes(path.stat().st_size))
    beside.replace(path)


def test_a_file_that_is_written_to_is_noticed(digits: Path, all_mapped: None) -> None:
    data = nnbp.data.load(str(digits))
    data.check_unchanged()
    rewrite(digits / NAMES[2])
    with pytest.raises(RejectedFileError, match="it changed while it was in use") as caught:
        data.check_unchanged()
    assert caught.value.where == str(digits / NAMES[2])


def test_a_file_that_has_grown_is_noticed_even_if_its_time_is_unchanged(
    digits: Path, all_mapped: None
) -> None:
    data = nnbp.data.load(str(digits))
    status = (digits / NAMES[2]).stat()
    with (digits / NAMES[2]).open("ab") as file:
        file.write(b"x")
    os.utime(digits / NAMES[2], ns=(status.st_atime_ns, status.st_mtime_ns))
    with pytest.raises(RejectedFileError, match="it changed while it was in use"):
        data.check_unchanged()


@PROC
def test_a_file_that_nobody_uses_any_more_is_closed(digits: Path, all_mapped: None) -> None:
    def descriptors() -> int:
        gc.collect()
        return len(list(Path("/proc/self/fd").iterdir()))

    before = descriptors()
    data = nnbp.data.load(str(digits))
    assert descriptors() > before
    del data
    assert descriptors() == before


@pytest.mark.parametrize("change", [replace, Path.unlink])
def test_another_file_in_its_place_changes_nothing(
    digits: Path, all_mapped: None, change: Callable[[Path], None]
) -> None:
    data = nnbp.data.load(str(digits))
    before = arrays(data)
    change(digits / NAMES[0])
    data.check_unchanged()
    assert arrays(data) == before


def test_an_archive_is_ignored_once_it_has_been_unpacked(digits: Path, all_mapped: None) -> None:
    pack(digits / NAMES[0])
    data = nnbp.data.load(str(digits))
    before = arrays(data)
    os.truncate(digits / NAMES[0], 0)
    data.check_unchanged()
    assert arrays(data) == before


def test_a_file_that_changes_while_it_is_hashed_is_rejected(
    digits: Path, all_mapped: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    digest = source.digest

    def changing(content: idx.Content) -> bytes:
        if isinstance(content, mapped.MappedFile):
            rewrite(digits / NAMES[0])
        return digest(content)

    monkeypatch.setattr(source, "digest", changing)
    with pytest.raises(RejectedFileError, match="it changed"):
        nnbp.data.load(str(digits))


@pytest.fixture
def endless(digits: Path, tmp_path: Path) -> "Iterator[subprocess.Popen[bytes]]":
    """A training from mapped files that is in its third epoch, and never ends by itself."""
    options = ("--sizes", "12,3", "--epochs", "100000", "--schedule", "constant", "--json")
    with subprocess.Popen(
        script("nnbp_mapping_all", "train", "--dataset", digits, *options),
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as training:
        assert training.stdout is not None
        first = [json.loads(training.stdout.readline())["event"] for _ in range(3)]
        assert first == ["start", "epoch", "epoch"]
        try:
            yield training
        finally:
            training.kill()


def test_a_training_on_a_file_that_is_written_to_ends_with_3_and_keeps_the_last_epoch(
    endless: "subprocess.Popen[bytes]", digits: Path, tmp_path: Path
) -> None:
    rewrite(digits / NAMES[0])
    _, error = endless.communicate(timeout=20)
    assert endless.returncode == 3
    assert error.decode().count("\n") == 1
    assert str(digits / NAMES[0]) in error.decode()
    assert "it changed" in error.decode()
    kept = events(run("info", "model.npz", "--json", cwd=tmp_path).stdout)[0]
    assert len(kept["reports"]) >= 2


def test_a_training_on_a_file_that_is_truncated_dies_and_keeps_the_last_epoch(
    endless: "subprocess.Popen[bytes]", digits: Path, tmp_path: Path
) -> None:
    os.truncate(digits / NAMES[0], 0)
    endless.communicate(timeout=20)
    assert endless.returncode in (-signal.SIGBUS, 3)
    kept = events(run("info", "model.npz", "--json", cwd=tmp_path).stdout)[0]
    assert len(kept["reports"]) >= 2


@pytest.mark.parametrize("command", ["evaluate", "gradients"])
def test_no_figure_is_reported_of_a_file_that_was_written_to(
    digits: Path, tmp_path: Path, command: str
) -> None:
    common = ("--dataset", digits, "--sizes", "12,3", "--epochs", "1", "-q")
    assert run("train", *common, cwd=tmp_path).returncode == 0
    path = digits / NAMES[2]
    # The file is disturbed within the NumPy engine; `gradients` has no other.
    numpy = ["--engine", "numpy"] if command == "evaluate" else []
    arguments = [command, "model.npz", "--dataset", str(digits), *numpy]
    done = run_script("nnbp_disturbed", *arguments, cwd=tmp_path, DISTURBED=str(path))
    assert done.returncode == 3
    assert str(path) in done.stderr
    assert command == "gradients" or not done.stdout


@pytest.mark.parametrize(
    "command",
    [
        "evaluate model.npz --per-class",
        "compare model.npz model.npz",
        "report model.npz -o new",
        "gradients model.npz",
        "data show 0-2",
        "data export 0-2 -o new --format idx",
    ],
)
def test_every_command_notices_that_a_file_was_written_to_after_it_was_loaded(
    command: str,
    digits: Path,
    all_mapped: None,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(digits.parent)
    Training.begin((12, 3), Settings(), seed=1).save("model.npz")
    load, path = loading.load_dataset, digits / NAMES[2]

    def loaded(name: str) -> nnbp.data.Dataset:
        dataset = load(name)
        rewrite(path)
        return dataset

    monkeypatch.setattr(loading, "load_dataset", loaded)
    assert Boundary().run([*command.split(), "--dataset", str(digits)]) == 3
    assert str(path) in capfd.readouterr().err
    assert not Path("new").exists()
