"""Several processes train what one trains, and none of them outlives the training."""

import mmap
import os
import signal
import struct
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from program import NNBP, events, run, write_idx_folder

from nnbp import DivergenceError, Examples, ProcessError, Settings, State, storage, train
from nnbp.team import Team, can_share
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


def children() -> set[int]:
    """The processes that this one has forked and that are still there, zombies included."""
    found = set()
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == os.getpid():
            found.add(int(status.parent.name))
    return found


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


@pytest.mark.parametrize(
    ("sizes", "count", "expected"),
    [
        ((4, 3, 2), 2, True), ((4, 3, 2), 3, True), ((4, 3, 2), 4, False), ((4, 3, 2), 1, False),
        ((4, 2), 2, False), ((), 2, False), ((4, 1, 9, 2), 2, False), ((4, 9, 1, 2), 2, True),
        ((4, 9, 1, 1, 2), 2, False),
    ],
)  # fmt: skip
def test_every_process_has_neurons_of_its_own(sizes: tuple[int, ...], count: int, expected: bool) -> None:
    assert can_share(sizes, count) is expected


@pytest.mark.parametrize(
    ("system", "machine"), [("linux", "aarch64"), ("darwin", "x86_64"), ("win32", "AMD64")]
)
def test_elsewhere_there_is_no_team(system: str, machine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.setattr(os, "uname", lambda: SimpleNamespace(machine=machine))
    assert not can_share((784, 800, 10), 2)


# What happens to the processes


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


def test_a_program_that_does_not_wait_for_its_children_can_have_a_team() -> None:
    code = (
        "import os, signal, time\nfrom nnbp.team import Team\nfrom nnbp import ProcessError\n"
        "signal.signal(signal.SIGCHLD, signal.SIG_IGN)\n"
        "together = Team(2)\n"
        "together.start(lambda: None, lambda line: together.wait() if line == 'on\\n' else os._exit(0))\n"
        "together.tell('on'); together.wait(); together.tell('off')\n"
        "try:\n    together.wait()\nexcept ProcessError:\n    print('missed')\n"
        "together.close()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("missed\n", "")


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


def test_a_fork_of_somebody_elses_ends_none_of_the_team() -> None:
    together = Team(2)
    together.start(lambda: None, lambda line: together.wait())
    try:
        stranger = os.fork()
        if stranger == 0:
            together.close()
            os._exit(0)
        os.waitpid(stranger, 0)
        together.tell("")
        together.wait()
    finally:
        together.close()


def test_of_several_the_one_that_is_missed_is_told_at_once() -> None:
    code = (
        "import os, signal, time\nfrom nnbp.team import Team\nfrom nnbp import ProcessError\n"
        "together = Team(3)\ntogether.start(lambda: None, lambda line: together.wait())\n"
        "os.kill(together._forks[1], signal.SIGKILL)\ntime.sleep(0.2)\n"
        "try:\n    together.tell('')\nexcept ProcessError as error:\n    print(error.reason)\n"
        "together.close()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=20, check=True
    )
    assert done.stdout == "one of its processes was ended by SIGKILL\n"


def test_everybody_waits_for_everybody() -> None:
    together = Team(3)
    arrived = mmap.mmap(-1, 3)

    def work(line: str) -> None:
        time.sleep(0.2 * together.rank)
        arrived[together.rank] = 1
        together.wait()
        together.wait()

    together.start(lambda: None, work)
    try:
        for _ in range(2):
            together.tell("")
            assert arrived[:] == b"\0\0\0"
            arrived[0] = 1
            together.wait()
            assert arrived[:] == b"\1\1\1"
            arrived[:] = b"\0\0\0"
            together.wait()
    finally:
        together.close()
    together.close()


def test_the_keyboard_ends_no_process_but_the_first() -> None:
    together = Team(2)
    before = children()
    together.start(lambda: None, lambda line: together.wait())
    try:
        (fork,) = children() - before
        together.tell("")
        together.wait()
        for number in (signal.SIGINT, signal.SIGHUP):
            os.kill(fork, number)
        together.tell("")
        together.wait()
    finally:
        together.close()
    assert children() == before


ORPHANS = """
import os, sys, time
from nnbp.team import Team
together = Team(3)
def work(line):
    together.wait()
    if line == "busy\\n":
        together.wait()
together.start(lambda: None, work)
together.tell(sys.argv[1])
together.wait()
time.sleep(0.2)  # until the forks wait for another line, or for this process
print(*together._forks, flush=True)
os.kill(os.getpid(), 9)
"""


@pytest.mark.parametrize("when", ["busy", "waiting"])
def test_no_process_is_left_behind_when_the_first_is_killed(when: str) -> None:
    with subprocess.Popen([sys.executable, "-c", ORPHANS, when], stdout=subprocess.PIPE) as first:
        assert first.stdout is not None
        forks = [int(pid) for pid in first.stdout.readline().split()]
    assert first.returncode == -signal.SIGKILL
    assert len(forks) == 2
    until = time.monotonic() + 10
    for status in (Path(f"/proc/{pid}/stat") for pid in forks):
        while status.exists() and status.read_text().split()[2] != "Z":
            if time.monotonic() > until:
                for pid in forks:
                    os.kill(pid, signal.SIGKILL)
                pytest.fail("a fork goes on")
            time.sleep(0.01)


def test_a_fork_that_cannot_read_its_memory_any_more_ends_all() -> None:
    code = (
        "import os, signal\nfrom nnbp.team import Team\ntogether = Team(2)\n"
        "together.start(lambda: None, lambda line: os.kill(os.getpid(), signal.SIGBUS))\n"
        "together.tell('')\ntogether.wait()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False, timeout=30)
    assert done.returncode == -signal.SIGBUS


# From the shell


LINE = ("train", "--sizes", "12,8,3", "--seed", "1", "--dataset", "digits", "--json", "--threads", "2")


def test_a_training_by_two_processes_tells_everything_once(tmp_path: Path) -> None:
    write_idx_folder(tmp_path / "digits")
    done = run(*LINE, "--epochs", "3", cwd=tmp_path)
    assert done.returncode == 0
    assert done.stderr == b""
    assert [told["event"] for told in events(done.stdout)] == ["start", "epoch", "epoch", "epoch", "end"]
    assert events(done.stdout)[0]["threads"] == storage.load(tmp_path / "model.npz").origin.threads == 2


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_signal_to_all_ends_a_training_as_one_to_a_single_process(
    number: signal.Signals, tmp_path: Path
) -> None:
    write_idx_folder(tmp_path / "digits")
    process = subprocess.Popen(
        [NNBP, *LINE, "--epochs", "100000"],
        cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip
    assert process.stdout is not None
    for _ in range(5):
        process.stdout.readline()
    # As a terminal does: to the program and its forks.
    os.killpg(process.pid, number)
    written, complaints = process.communicate(timeout=30)
    assert process.returncode == -number
    assert complaints == b""
    model = storage.load(tmp_path / "model.npz")
    if number != signal.SIGKILL:
        end = events(written)[-1]
        assert (end["event"], end["stopped"]) == ("end", "interrupted")
        assert end["epochs"] == len(model.state.reports)


def test_a_training_by_two_processes_goes_on_as_one_that_was_not_interrupted(tmp_path: Path) -> None:
    write_idx_folder(tmp_path / "digits")
    line = (*LINE, "--schedule", "constant", "--epochs")
    assert run(*line, "4", "-o", "whole", cwd=tmp_path).returncode == 0
    assert run(*line, "2", "-o", "part", cwd=tmp_path).returncode == 0
    going_on = ("train", "--resume", "part", "--dataset", "digits", "--epochs", "4", "--diagnose")
    assert run(*going_on, cwd=tmp_path).returncode == 0
    assert (tmp_path / "part").read_bytes() == (tmp_path / "whole").read_bytes()
    command = run("info", "whole", cwd=tmp_path).stdout.decode()
    assert "--threads 2" in command


def test_a_file_that_is_cut_short_ends_a_training_by_two_processes_by_the_same_signal(tmp_path: Path) -> None:
    folder = write_idx_folder(tmp_path / "digits")
    mapping = "from nnbp.data import mapped; mapped.LARGEST_READ = 0; from nnbp.cli.start import main; main()"
    images = folder / "train-images-idx3-ubyte"
    # So many that the end is on pages of its own.
    count = 20_000
    pixels = images.read_bytes()[16:][:12]
    images.write_bytes(struct.pack(">4I", 0x803, count, 4, 3) + pixels * count)
    (folder / "train-labels-idx1-ubyte").write_bytes(
        struct.pack(">2I", 0x801, count) + bytes([0, 1, 2, 0]) * (count // 4)
    )
    process = subprocess.Popen(
        [sys.executable, "-c", mapping, *LINE, "--validation", "0", "--epochs", "100000"],
        cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    for _ in range(3):
        process.stdout.readline()
    os.truncate(images, 5000)
    complaints = process.communicate(timeout=60)[1]
    assert process.returncode == -signal.SIGBUS, complaints
    assert storage.load(tmp_path / "model.npz").state.reports


def test_a_process_that_was_killed_is_an_error_of_the_system(tmp_path: Path) -> None:
    write_idx_folder(tmp_path / "digits")
    process = subprocess.Popen(
        [NNBP, *LINE, "--epochs", "100000"],
        cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip
    assert process.stdout is not None
    for _ in range(5):
        process.stdout.readline()
    forks = [
        int(status.parent.name)
        for status in Path("/proc").glob("[0-9]*/stat")
        if status.read_text().rpartition(")")[2].split()[1] == str(process.pid)
    ]
    assert len(forks) == 1
    os.kill(forks[0], signal.SIGKILL)
    _, complaints = process.communicate(timeout=30)
    assert process.returncode == 1
    said = (
        b"nnbp: error: the training: one of its processes was ended by SIGKILL; try again, or with one thread"
    )
    assert complaints == said + b"\n"
    assert storage.load(tmp_path / "model.npz").state.reports
