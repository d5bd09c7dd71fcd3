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


# The signals that wait, while they are held back; None while they are not.
_waiting: list[int] | None = None


def install() -> None:
    """Let the signals raise Interrupted, save those that are ignored already, as under nohup."""
    for number in ENDING:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _interrupt)


@contextmanager
def held_back() -> Iterator[None]:
    """The signals wait until this is over; for what is short and should not be cut in two.

    They are held back here, not masked: a mask is a thread's own, and the system would hand the signal to
    another thread, whereupon Python raises it in this one.
    """
    global _waiting
    _waiting = []
    try:
        yield
    finally:
        waiting, _waiting = _waiting, None
    if waiting:
        raise Interrupted(waiting[0])


def die_of(number: signal.Signals) -> NoReturn:
    """End the process by the signal."""
    signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)
    raise SystemExit(128 + number)


def _interrupt(number: int, frame: FrameType | None) -> None:
    # A second one ends the program on the spot, whatever it is held up by.
    signal.signal(number, signal.SIG_DFL)
    if _waiting is None:
        raise Interrupted(number)
    _waiting.append(number)
