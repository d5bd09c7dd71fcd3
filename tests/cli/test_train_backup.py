"""A training without -o does not destroy the model of another one."""

import errno
import os
import subprocess
from pathlib import Path

import pytest
from support.program import NNBP, SMALL, run, write_idx_folder

from nnbp import atomic, modelfile
from nnbp.cli.train_backup import keeping_previous

LINE = ("train", *SMALL, "--dataset", "digits", "-q")
OTHER = (*LINE, "--seed", "2")


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name != "digits")


@pytest.fixture
def old(digits: Path, tmp_path: Path) -> bytes:
    """The content of model.npz, which a first training has written."""
    assert run(*LINE, cwd=tmp_path).stderr == b""
    return (tmp_path / "model.npz").read_bytes()


def test_the_model_of_another_training_is_kept_beside_the_new_one(old: bytes, tmp_path: Path) -> None:
    written = (tmp_path / "model.npz").stat().st_mtime_ns
    done = run(*OTHER, cwd=tmp_path)
    said = b"nnbp: the previous model.npz (12,8,3 on folder, seed 1) is now model.npz~\n"
    assert (done.returncode, done.stderr) == (0, said)
    backup = tmp_path / "model.npz~"
    assert (backup.read_bytes(), backup.stat().st_mtime_ns) == (old, written)
    assert modelfile.load(tmp_path / "model.npz").training.seed == 2


def test_a_backup_is_never_replaced(old: bytes, tmp_path: Path) -> None:
    for seed in ("2", "3", "4"):
        done = run(*LINE, "--seed", seed, cwd=tmp_path)
    assert done.stderr == b"nnbp: the previous model.npz (12,8,3 on folder, seed 3) is now model.npz~3\n"
    assert files(tmp_path) == ["model.npz", "model.npz~", "model.npz~2", "model.npz~3"]
    seeds = [modelfile.load(tmp_path / name).training.seed for name in files(tmp_path)]
    assert seeds == [4, 1, 2, 3]


@pytest.mark.parametrize(
    "change",
    [
        ("--epochs", "5"),
        ("--l2", "1"),
        ("--sizes", "12,9,3"),
        ("--validation", "9"),
        ("--dataset", "others"),
        ("--engine", "numpy"),
    ],
)
def test_any_other_training_is_another_one(change: tuple[str, str], old: bytes, tmp_path: Path) -> None:
    write_idx_folder(tmp_path / "others", seed=9)
    if change == ("--engine", modelfile.loads(old, "").origin.engine):
        change = ("--l1", "0.1")
    assert b" is now model.npz~\n" in run(*LINE, *change, cwd=tmp_path).stderr


def test_a_training_that_makes_the_same_model_again_needs_no_backup(old: bytes, tmp_path: Path) -> None:
    done = run(*LINE, cwd=tmp_path)
    assert (done.stderr, files(tmp_path)) == (b"", ["model.npz"])
    assert (tmp_path / "model.npz").read_bytes() == old


def test_a_training_does_not_make_a_model_again_that_was_resumed_with_more_epochs(
    old: bytes, tmp_path: Path
) -> None:
    run("train", "--resume", "model.npz", "--dataset", "digits", "--epochs", "6", cwd=tmp_path)
    assert run(*LINE, "--epochs", "6", cwd=tmp_path).stderr.endswith(b" is now model.npz~\n")


@pytest.mark.parametrize("content", [b"", b"precious", b"PK\x03\x04 half a model"])
def test_a_file_that_is_not_a_model_is_kept_too(content: bytes, digits: Path, tmp_path: Path) -> None:
    (tmp_path / "model.npz").write_bytes(content)
    done = run(*LINE, cwd=tmp_path)
    assert done.stderr == b"nnbp: the previous model.npz is now model.npz~\n"
    assert (tmp_path / "model.npz~").read_bytes() == content


def test_a_file_that_was_named_is_replaced(old: bytes, tmp_path: Path) -> None:
    assert run(*OTHER, "-o", "model.npz", cwd=tmp_path).stderr == b""
    assert files(tmp_path) == ["model.npz"]
    assert (tmp_path / "model.npz").read_bytes() != old


def test_a_resumption_continues_in_its_file(old: bytes, tmp_path: Path) -> None:
    line = ("train", "--resume", "model.npz", "--dataset", "digits", "--epochs", "6", "-q")
    assert run(*line, cwd=tmp_path).stderr == b""
    assert files(tmp_path) == ["model.npz"]


def test_nothing_is_kept_before_the_first_epoch_is_stored(old: bytes, tmp_path: Path) -> None:
    line = ["train", "--sizes", "12,3000,3000,3", "--dataset", "digits", "--batch-size", "1"]
    process = subprocess.Popen([NNBP, *line], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    process.terminate()
    process.communicate()
    assert files(tmp_path) == ["model.npz"]
    assert (tmp_path / "model.npz").read_bytes() == old


def test_a_kill_at_any_moment_loses_nothing(old: bytes, tmp_path: Path) -> None:
    for delay in range(8):
        process = subprocess.Popen([NNBP, *OTHER, "--epochs", "5000"], cwd=tmp_path)
        limit = f"0.{delay}"
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(float(limit))
        process.kill()
        process.wait()
        contents = [(tmp_path / name).read_bytes() for name in files(tmp_path) if name[0] == "m"]
        assert old in contents
        for name in files(tmp_path):
            if name != "model.npz" and name[0] == "m":
                (tmp_path / name).unlink()
        (tmp_path / "model.npz").write_bytes(old)


@pytest.fixture
def model(old: bytes) -> modelfile.Model:
    """The model of another training than the one in model.npz."""
    found = modelfile.loads(old, "here")
    found.training.seed = 2
    return found


def test_at_every_moment_the_old_file_has_a_name(old: bytes, model: modelfile.Model, tmp_path: Path) -> None:
    target = tmp_path / "model.npz"
    with keeping_previous(target, model):
        assert [(tmp_path / name).read_bytes() for name in files(tmp_path)] == [old, old]
        atomic.write(target, b"new")
    assert [(tmp_path / name).read_bytes() for name in files(tmp_path)] == [b"new", old]


def test_a_training_killed_between_both_names_leaves_one_backup(
    old: bytes, model: modelfile.Model, tmp_path: Path
) -> None:
    os.link(tmp_path / "model.npz", tmp_path / "model.npz~")
    with keeping_previous(tmp_path / "model.npz", model):
        atomic.write(tmp_path / "model.npz", b"new")
    assert files(tmp_path) == ["model.npz", "model.npz~"]


@pytest.mark.parametrize("links", [True, False])
def test_if_the_new_model_cannot_be_stored_there_is_no_backup(
    links: bool,
    old: bytes,
    model: modelfile.Model,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    if not links:
        monkeypatch.setattr(os, "link", _no_links)
    with pytest.raises(OSError, match="full"), keeping_previous(tmp_path / "model.npz", model):
        raise OSError(errno.ENOSPC, "full")
    assert files(tmp_path) == ["model.npz"]
    assert (tmp_path / "model.npz").read_bytes() == old
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("links", [True, False])
def test_an_error_after_the_new_model_is_in_place_does_not_remove_the_backup(
    links: bool, old: bytes, model: modelfile.Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not links:
        monkeypatch.setattr(os, "link", _no_links)
    target = tmp_path / "model.npz"

    def write_and_fail() -> None:
        atomic.write(target, b"new")
        raise OSError(errno.EIO, "late")

    with pytest.raises(OSError, match="late"), keeping_previous(target, model):
        write_and_fail()
    assert [(tmp_path / name).read_bytes() for name in files(tmp_path)] == [b"new", old]


def test_a_file_system_without_hard_links_will_do(
    old: bytes, model: modelfile.Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "link", _no_links)
    target = tmp_path / "model.npz"
    (tmp_path / "model.npz~").symlink_to("nowhere")
    with keeping_previous(target, model):
        assert files(tmp_path) == ["model.npz~", "model.npz~2"]
        atomic.write(target, b"new")
    assert (tmp_path / "model.npz~2").read_bytes() == old
    assert (tmp_path / "model.npz~").is_symlink()


def test_a_link_stays_a_link_and_its_file_is_kept_beside_itself(
    old: bytes, model: modelfile.Model, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "folder").mkdir()
    link = tmp_path / "folder" / "model.npz"
    link.symlink_to("../model.npz")
    with keeping_previous(link, model):
        atomic.write(link, b"new")
    assert link.is_symlink()
    assert (tmp_path / "model.npz~").read_bytes() == old
    assert f"is now {tmp_path / 'model.npz~'}\n" in capfd.readouterr().err


def _no_links(*_: object) -> None:
    raise PermissionError(errno.EPERM, "Operation not permitted")
