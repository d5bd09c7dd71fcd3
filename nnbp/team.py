"""Several processes that compute as one: forks of one process, which share memory and wait for each other.

Python's threads wait for the interpreter at each call of a step, and to wake one takes longer than a small
step. BLAS's own threads share out one product after the other, so that what one of them has written is far
from the other's processor at the next. Forks have an interpreter and a processor's cache to themselves, and
know all that was there when they began.

They wait by looking at a number that the others change, which takes less than a microsecond. That what was
written before that number is seen before it holds on x86-64 only, and so there is a team on Linux there only.
"""

import mmap
import os
import signal
import sys
import time
import warnings
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TextIO

from nnbp.errors import ProcessError

# Looks at the number, a tenth of a millisecond long, before the process naps between two of them: on a busy
# machine whoever is waited for needs the processor, and the system favours whoever has slept.
LOOKS = 2_000
NAP = 50e-6  # seconds
NAPS = 200  # after so many it sees whether the others are still there, and naps longer
# Numbers that different processes write are this many bytes apart, so that they share no line of a cache.
_APART = 128


def can_share(sizes: Sequence[int], count: int) -> bool:
    """Whether so many processes can be a team here, each with some neurons of every other hidden layer."""
    is_ordered = sys.platform == "linux" and os.uname().machine == "x86_64"
    return is_ordered and len(sizes) > 2 and min(sizes[1:-1:2]) >= count > 1


class Team:
    """This process, of rank 0, and its forks, of ranks 1 to count − 1. To be closed by the first."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.rank = 0
        self._arrivals = memoryview(mmap.mmap(-1, count * _APART)).cast("q")
        self._places = [rank * _APART // self._arrivals.itemsize for rank in range(count)]
        self._times = 0
        self._first = os.getpid()
        self._orders: list[TextIO] = []
        self._forks: list[int] = []

    def start(self, begin: Callable[[], None], work: Callable[[str], None]) -> None:
        """Fork. Each fork begins, and does its work for every line that it is told."""
        for rank in range(1, self.count):
            self._fork(rank, begin, work)

    def tell(self, line: str) -> None:
        """Let every fork do its work, for this line. Raises ProcessError if one has ended."""
        for pid, orders in zip(self._forks, self._orders, strict=True):
            try:
                orders.write(f"{line}\n")
                orders.flush()
            except BrokenPipeError:
                # Its pipe is closed a moment before it has ended.
                self._look([pid], os.WEXITED)

    def wait(self) -> None:
        """Go on when every process of the team has come to this point; ProcessError if one has ended."""
        self._times = times = self._times + 1
        arrivals = self._arrivals
        arrivals[self._places[self.rank]] = times
        for place in self._places:
            looks = 0
            while arrivals[place] < times:
                looks += 1
                if looks > LOOKS:
                    self._nap(looks - LOOKS)

    def close(self) -> None:
        """End the forks, whatever they do."""
        if os.getpid() != self._first:
            return
        # Where children that end are not waited for (SIGCHLD), they may be gone already.
        for pid in self._forks:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        for orders in self._orders:
            with suppress(BrokenPipeError):
                orders.close()
        while self._forks:
            with suppress(ChildProcessError):
                os.waitpid(self._forks[-1], 0)
            del self._forks[-1]

    def _nap(self, times: int) -> None:
        # After a long time nobody is in a hurry any more: the first process may have been stopped.
        time.sleep(NAP if times < NAPS else 20 * NAP)
        if times % NAPS:
            return
        if self.rank == 0:
            self._look(self._forks, os.WEXITED | os.WNOHANG)
        elif os.getppid() != self._first:
            os._exit(1)

    def _look(self, forks: Sequence[int], how: int) -> None:
        """Raise ProcessError if one of these forks has ended."""
        for pid in forks:
            try:
                found = os.waitid(os.P_PID, pid, how | os.WNOWAIT)
            except ChildProcessError:
                raise _error("one of its processes is gone") from None
            if found is None:
                continue
            if found.si_code == os.CLD_EXITED:
                raise _error(f"one of its processes ended with status {found.si_status}")
            if found.si_status == signal.SIGBUS:
                # A file that is mapped has been cut short: one process would have died of it.
                signal.raise_signal(signal.SIGBUS)
            raise _error(f"one of its processes was ended by {signal.Signals(found.si_status).name}")

    def _fork(self, rank: int, begin: Callable[[], None], work: Callable[[str], None]) -> None:
        mask = signal.pthread_sigmask(signal.SIG_BLOCK, ())
        try:
            to_read, to_write = os.pipe()
            # Whatever happens from here on: a fork ends when this is closed.
            self._orders.append(os.fdopen(to_write, "w"))
            try:
                # A signal that comes in between would be raised in the fork, as if it were the first process.
                signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT, signal.SIGTERM, signal.SIGHUP))
                with warnings.catch_warnings():
                    # Of locks that other threads may hold: a fork does nothing but compute.
                    warnings.simplefilter("ignore", DeprecationWarning)
                    pid = os.fork()
                if pid == 0:
                    self._compute(rank, begin, work, to_read, mask)
                self._forks.append(pid)
            finally:
                os.close(to_read)
        except OSError as error:
            raise _error(f"no other process can be started: {error.strerror}") from error
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)

    def _compute(
        self,
        rank: int,
        begin: Callable[[], None],
        work: Callable[[str], None],
        to_read: int,
        mask: set[int],
    ) -> None:
        """What a fork does: it never returns."""
        status = 1
        try:
            # What the keyboard sends goes to all; the first process decides.
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            signal.signal(signal.SIGHUP, signal.SIG_IGN)
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)
            # Its end is that of the pipe, which has to be open in the first process alone.
            for orders in self._orders:
                os.close(orders.fileno())
            self.rank = rank
            begin()
            with os.fdopen(to_read) as lines:
                for line in lines:
                    work(line)
            status = 0
        finally:
            os._exit(status)


def _error(reason: str) -> ProcessError:
    return ProcessError("the training", reason, "try again, or with one thread")
