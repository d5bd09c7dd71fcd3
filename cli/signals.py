"""Signals that end the program: it cleans up, then dies of the same signal, so that a shell sees it.

See Martin Cracauer, "Proper handling of SIGINT/SIGQUIT".
"""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interrupted(BaseException):
    """One of these signals has come; not an Exception, so that nothing takes it for an error."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.signal = signal.Signals(number)


def install() -> None:
    """Let the signals raise Interrupted, save those that are ignored already, as under nohup."""
    for number in ENDING:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _interrupt)


@contextmanager
def held_back() -> Iterator[None]:
    """The signals wait until this is over; for what is short and should not be cut in two."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def die_of(number: signal.Signals) -> NoReturn:
    """End the process by the signal."""
    signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)
    raise SystemExit(128 + number)


def _interrupt(number: int, frame: FrameType | None) -> NoReturn:
    # A second one ends the program on the spot.
    signal.signal(number, signal.SIG_DFL)
    raise Interrupted(number)
