"""Storing models while the training continues: in order, each reported once it is stored, no error lost."""

import json
import threading
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest

from nnbp import Model, Settings, Training, atomic, data, modelfile
from nnbp.cli.output import Events
from nnbp.cli.train_run import TrainingRun
from nnbp.cli.train_store import Destination, Storing, is_due
from nnbp.reports import EpochReport


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "model.npz"


class Disk:
    """Writes nothing until it is allowed to."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.let, self.write = threading.Event(), atomic.write
        monkeypatch.setattr(atomic, "write", self._write)

    def _write(self, path: Path, content: bytes, sleep: atomic.Sleep) -> None:
        assert self.let.wait(10)
        self.write(path, content, sleep)


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


def test_an_epoch_that_is_not_stored_is_reported_after_the_one_before(target: Path) -> None:
    reported = []

    def report(number: int) -> None:
        reported.append((number, target.read_bytes()))

    with Storing(Destination(str(target))) as storing:
        for number in range(20):
            content = b"%d" % number if number % 3 == 0 else None
            storing.begin(content, partial(report, number))
            if content is None:
                assert reported[-1][0] == number
    assert reported == [(number, b"%d" % (number // 3 * 3)) for number in range(20)]


def stored_epochs(total: int) -> list[int]:
    """The epochs after which a training of this many epochs is stored."""
    stored = [0]
    for epoch in range(1, total + 1):
        if is_due(epoch, stored[-1]) or epoch == total:
            stored.append(epoch)
    return stored[1:]


def test_every_one_of_the_first_thousand_epochs_is_stored_and_then_few_are_lost() -> None:
    stored = stored_epochs(100_000)
    assert stored[:1001] == list(range(1, 1002))
    assert stored[-1] == 100_000
    # A signal just before the next model is stored loses this many epochs.
    assert all((later - 1 - earlier) * 1000 < earlier for earlier, later in pairwise(stored))


def test_what_is_written_grows_linearly_with_the_epochs() -> None:
    # The file of a model has about as many bytes as epochs, if the network is small.
    few, many = sum(stored_epochs(10_000)), sum(stored_epochs(100_000))
    assert len(stored_epochs(5_000)) < 3_000
    assert many < 12 * few


def test_a_long_training_reports_every_epoch_and_stores_the_last(
    digits: Path, target: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    dataset = data.load(digits)
    training = Training.begin((12, 3), Settings(epochs=3010, schedule="constant", l2=0.0), seed=1)
    training.reports = [EpochReport(epoch, 0.5, 0.1, 1.0, None) for epoch in range(1, 3001)]
    training.engine = "numpy"
    model = Model.of(training, dataset)
    model.save(target)
    destination, stored, store = Destination(str(target)), [], Destination.store

    def watch(self: Destination, content: bytes) -> None:
        stored.append(len(modelfile.loads(content, "here").training.reports))
        store(self, content)

    monkeypatch.setattr(Destination, "store", watch)
    destination.resume(modelfile.dumps(model), str(target))
    TrainingRun(
        model,
        dataset,
        destination,
        Events(as_json=True),
        quiet=False,
        diagnose=False,
        threads=None,
        dataset_name=str(digits),
        fallback=False,
    ).run()
    assert stored == [3003, 3007, 3010, 3010]  # finally with the score
    _, *epochs, end = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
    assert [event["epoch"] for event in epochs] == list(range(3001, 3011))
    assert end["epochs"] == 3010
    assert len(modelfile.load(target).training.reports) == 3010
