"""Several processes train what one trains, and none of them outlives the training."""

import mmap
import os
import signal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from processes import children

from nnbp import DivergenceError, Examples, ProcessError, Settings, State, storage, train
from nnbp.team import can_share
from nnbp.teamwork import TeamEpochs

pytestmark = pytest.mark.skipif(
    not can_share((4, 3, 2), 2), reason="processes share a training on Linux on x86-64 only"
)


CHOICES: list[dict[str, Any]] = [
    {},
    {"l2": 0.0},
    {"l1": 0.1, "cost": "log-likelihood"},
    {"cost": "quadratic", "batch_size": 500},
    {"momentum": 0.9},
    {"momentum": 0.5, "nesterov": True, "l1": 0.1},
    {"dropout": 0.5},
    {"dropout": 0.3, "momentum": 0.9, "keep": "best", "schedule": "cosine"},
]


SHAPES = [(12, 8, 3), (12, 7, 6, 3), (12, 5, 9, 4, 3), (12, 5, 4, 7, 6, 3)]


def examples() -> Examples:
    rng = np.random.default_rng(1)
    return Examples(rng.random((107, 12)), rng.integers(0, 3, 107))


def begun(sizes: tuple[int, ...], dtype: Any = np.float64, **choices: Any) -> tuple[State, Settings]:
    settings = Settings(**{"epochs": 3, **choices})
    return State.begin(sizes, settings, seed=1, dtype=dtype), settings


@pytest.mark.parametrize("processes", [2, 3])
@pytest.mark.parametrize("sizes", SHAPES)
@pytest.mark.parametrize("choices", CHOICES)
def test_several_processes_come_to_what_one_comes_to(
    choices: dict[str, Any], sizes: tuple[int, ...], processes: int
) -> None:
    states, reports = [], []
    for count in (1, processes):
        state, settings = begun(sizes, **choices)
        reports.append(list(train(state, examples(), examples(), settings, count)))
        states.append(state)
    one, several = states
    for a, b in zip(one.network.parameters + one.velocity, several.network.parameters + several.velocity,
                    strict=True):  # fmt: skip
        np.testing.assert_allclose(a, b, rtol=1e-10, atol=1e-12)
    for ours, theirs in zip(*reports, strict=True):
        assert ours.cost == pytest.approx(theirs.cost, rel=1e-10)
        assert ours.train_accuracy == theirs.train_accuracy
        assert ours.validation_accuracy == theirs.validation_accuracy
    assert (one.best is None) == (several.best is None)


def test_it_is_the_team_that_was_tested() -> None:
    state, settings = begun((12, 8, 3))
    reports = train(state, examples(), None, settings, 3)
    before = children()
    next(reports)
    assert len(children() - before) == 2
    reports.close()  # type: ignore[attr-defined]
    assert children() == before


@pytest.mark.parametrize("choices", CHOICES)
def test_the_same_bytes_again_and_after_a_resumption(choices: dict[str, Any]) -> None:
    def stored(state: State, settings: Settings) -> bytes:
        origin = storage.Origin("folder", "0" * 64, validation=1, seed=1, threads=2)
        return storage.dumps(storage.Model(state, settings, origin))

    wholes = []
    for _ in range(2):
        state, settings = begun((12, 7, 6, 3), np.float32, **choices)
        list(train(state, examples(), examples(), settings, 2))
        wholes.append(stored(state, settings))
    assert wholes[0] == wholes[1]
    state, settings = begun((12, 7, 6, 3), np.float32, **choices)
    for report in train(state, examples(), examples(), settings, 2):
        if report.epoch == 2:
            break
    model = storage.loads(stored(state, settings), "here")
    list(train(model.state, examples(), examples(), settings, 2))
    assert stored(model.state, settings) == wholes[0]


def test_what_is_changed_between_two_epochs_is_trained_on() -> None:
    results = []
    for processes in (1, 2):
        state, settings = begun((12, 8, 3), momentum=0.5, dropout=0.2)
        reports = train(state, examples(), None, settings, processes)
        next(reports)
        for layer in (*state.network.parameters, *state.velocity):
            layer *= 0.5
        state.rng.random()
        list(reports)
        results.append(state.network.parameters)
    for one, two in zip(*results, strict=True):
        np.testing.assert_allclose(one, two, rtol=1e-10)


@pytest.mark.parametrize("rate", [1e38, 1e200])
def test_a_divergence_is_told_as_by_one_process(rate: float) -> None:
    told = []
    before = children()
    for processes in (1, 2):
        state, settings = begun((12, 8, 3), np.float32, learning_rate=rate, cost="quadratic", init="standard")
        with pytest.raises(DivergenceError) as caught:
            list(train(state, examples(), None, settings, processes))
        told.append(str(caught.value))
    assert told[0] == told[1]
    assert children() == before


def test_a_network_that_cannot_be_shared_is_trained_by_one_process() -> None:
    for sizes in ((12, 3), (12, 1, 3)):
        state, settings = begun(sizes)
        before = children()
        for _ in train(state, examples(), None, settings, 2):
            assert children() == before


def test_a_process_that_was_killed_between_two_epochs_is_missed() -> None:
    state, settings = begun((12, 8, 3))
    before = children()
    reports = train(state, examples(), None, settings, 2)
    next(reports)
    network = [layer.copy() for layer in state.network.parameters]
    (fork,) = children() - before
    os.kill(fork, signal.SIGKILL)
    with pytest.raises(ProcessError, match="was ended by SIGKILL"):
        next(reports)
    assert children() == before
    for layer, kept in zip(state.network.parameters, network, strict=True):
        np.testing.assert_array_equal(layer, kept)


def test_a_process_that_ends_in_the_midst_of_an_epoch_is_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    first = os.getpid()
    original = TeamEpochs._run

    def end(self: TeamEpochs, epoch: int) -> Any:
        if os.getpid() != first:
            os._exit(7)
        return original(self, epoch)

    monkeypatch.setattr(TeamEpochs, "_run", end)
    state, settings = begun((12, 8, 3))
    before = children()
    with pytest.raises(ProcessError, match="ended with status 7"):
        list(train(state, examples(), None, settings, 3))
    assert children() == before


def test_where_no_process_can_be_started_none_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    forks = [os.fork]

    def fork_once() -> int:
        if not forks:
            raise OSError(11, "Resource temporarily unavailable")
        return forks.pop()()

    monkeypatch.setattr(os, "fork", fork_once)
    state, settings = begun((12, 8, 3))
    before, open_before = children(), len(list(Path("/proc/self/fd").iterdir()))
    with pytest.raises(ProcessError, match="can be started: Resource temporarily unavailable"):
        list(train(state, examples(), None, settings, 3))
    assert children() == before
    assert len(list(Path("/proc/self/fd").iterdir())) == open_before
    assert signal.pthread_sigmask(signal.SIG_BLOCK, ()) == set()


@pytest.mark.parametrize("where", ["os.pipe", "mmap.mmap"])
def test_where_nothing_is_left_to_share_it_is_said_so(where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    original = mmap.mmap

    def refuse(*arguments: Any) -> Any:
        # What the team itself has in common is a few bytes.
        if where == "mmap.mmap" and arguments[1] <= 4096:
            return original(*arguments)
        raise OSError(24, "no more")

    monkeypatch.setattr(where, refuse)
    state, settings = begun((12, 800, 3))
    before = children()
    with pytest.raises(ProcessError if where == "os.pipe" else MemoryError, match="no more"):
        list(train(state, examples(), None, settings, 2))
    assert children() == before


def test_several_processes_draw_from_pcg64() -> None:
    state, settings = begun((12, 8, 3))
    state.rng = np.random.Generator(np.random.MT19937(1))
    with pytest.raises(ValueError, match="PCG64, not from MT19937"):
        list(train(state, examples(), None, settings, 2))
    assert len(list(train(state, examples(), None, settings))) == 3
