"""Processes that wait for each other, of which none is lost."""

import mmap
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from processes import children

from nnbp.team import Team, can_share

pytestmark = pytest.mark.skipif(
    not can_share((4, 3, 2), 2), reason="processes share a training on Linux on x86-64 only"
)


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
