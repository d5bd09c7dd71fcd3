"""Signals that end the program: it cleans up, then dies of the same signal, so that a shell sees it.

See Martin Cracauer, "Proper handling of SIGINT/SIGQUIT".
"""

import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interrupted(BaseException):
    """One of these signals has arrived; not an Exception, so that no handler mistakes it for an error."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.signal = signal.Signals(number)


# The first signal that has arrived, and whether signals are held back.
_came: int | None = None
_held = False


def install() -> None:
    """Let the signals raise Interrupted, except those that are already ignored, as under nohup.

    Call it once there is something to clean up. Until then a signal simply ends the process, which is more
    reliable: an exception is lost when Python cannot raise it, for instance during an import.
    """
    sys.unraisablehook = _unraisable
    for number in ENDING:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _interrupt)


def check() -> None:
    """Raise Interrupted if a signal that arrived was held back or lost."""
    if _came is not None:
        raise Interrupted(_came)


def sleep(seconds: float) -> None:
    """Sleep in any thread. Raises Interrupted if a signal has arrived, which wakes only the main thread."""
    time.sleep(seconds)
    check()


@contextmanager
def held_back() -> Iterator[None]:
    """Delay the signals until this is over; for something short that must not be interrupted halfway.

    They are held back in Python, not masked: a mask applies to one thread, so the system would deliver the
    signal to another thread, and Python would still raise it in this one.
    """
    global _held
    check()
    _held = True
    try:
        yield
    finally:
        _held = False
    check()


def die_of(number: signal.Signals) -> NoReturn:
    """Kill this process with the signal."""
    signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)
    raise SystemExit(128 + number)


def _unraisable(lost: "sys.UnraisableHookArgs") -> None:
    """Report an exception that Python cannot raise, but not a signal, which `check` raises later."""
    if not issubclass(lost.exc_type, Interrupted):
        sys.__unraisablehook__(lost)


def _interrupt(number: int, frame: FrameType | None) -> None:
    global _came
    # A second signal kills the program at once, even if something blocks it.
    signal.signal(number, signal.SIG_DFL)
    _came = number
    if not _held:
        raise Interrupted(number)
