"""Another program writes to a file whose images are mapped, or puts another in its place."""

import gc
import json
import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from support.mapped_files import NAMES, PROC, arrays, pack
from support.program import events, run, run_script, script

import nnbp.data
from nnbp import Settings, Training
from nnbp.cli import loading
from nnbp.cli.main import Boundary
from nnbp.data import idx, mapped, source
from nnbp.errors import RejectedFileError


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
