"""Storing models while the training continues: in order, each reported once it is stored, no error lost."""

import threading
from pathlib import Path

import pytest

from nnbp import atomic
from nnbp.cli.train_store import Destination, Storing


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "model.npz"


class Disk:
    """Writes nothing until it is allowed to."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.let, self.write = threading.Event(), atomic.write
        monkeypatch.setattr(atomic, "write", self._write)

    def _write(self, path: Path, content: bytes) -> None:
        assert self.let.wait(10)
        self.write(path, content)


def test_the_caller_continues_while_a_model_is_stored(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    disk, reported = Disk(monkeypatch), threading.Event()
    with Storing(Destination(str(target))) as storing:
        storing.begin(b"model", reported.set)
        assert not reported.is_set()
        assert not target.exists()
        disk.let.set()
    assert reported.is_set()
    assert target.read_bytes() == b"model"


def test_a_model_is_reported_once_it_is_stored_and_before_the_next_one(target: Path) -> None:
    output, reported = Destination(str(target)), []
    with Storing(output) as storing:
        for number in range(20):
            storing.begin(b"%d" % number, lambda: reported.append((target.read_bytes(), output.content)))
    assert reported == [(b"%d" % number,) * 2 for number in range(20)]


def test_an_error_is_raised_before_the_next_model_is_stored(tmp_path: Path) -> None:
    reported: list[int] = []
    output = Destination(str(tmp_path / "no" / "model.npz"))
    storing = Storing(output)
    storing.begin(b"first", lambda: reported.append(1))
    with pytest.raises(FileNotFoundError, match="no such folder"):
        storing.begin(b"second", lambda: reported.append(2))
    with pytest.raises(FileNotFoundError, match="no such folder"):
        storing.finish()
    assert (reported, output.content) == ([], b"")


def test_an_error_of_the_last_model_is_raised_at_the_end(tmp_path: Path) -> None:
    with (
        pytest.raises(FileNotFoundError),
        Storing(Destination(str(tmp_path / "no" / "model.npz"))) as storing,
    ):
        storing.begin(b"model", lambda: None)


def test_a_report_that_nobody_reads_ends_the_training_too(target: Path) -> None:
    def broken() -> None:
        raise BrokenPipeError

    with pytest.raises(BrokenPipeError), Storing(Destination(str(target))) as storing:
        storing.begin(b"model", broken)
    assert target.read_bytes() == b"model"
