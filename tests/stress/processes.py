"""The descendants of a process and their memory, from /proc; without it there are none."""

import contextlib
import os
import signal
from pathlib import Path

_PAGE = os.sysconf("SC_PAGE_SIZE")


def descendants(pid: int) -> list[int]:
    """The process, its children, their children, …"""
    found = [pid]
    for parent in found:
        for children in Path(f"/proc/{parent}/task").glob("*/children"):
            found += map(int, _read(children).split())
    return found


def memory(pid: int) -> int:
    """The resident memory of a process and its descendants, in bytes."""
    fields = [_read(Path(f"/proc/{each}/statm")).split() for each in descendants(pid)]
    return sum(int(each[1]) for each in fields if each) * _PAGE


def kill_descendants(pid: int) -> None:
    """Kill the descendants of a process, also those in sessions of their own."""
    for each in descendants(pid)[1:]:
        with contextlib.suppress(ProcessLookupError):
            os.kill(each, signal.SIGKILL)


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:  # it has ended
        return ""
