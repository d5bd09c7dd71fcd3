"""Processes, by what the system tells of them."""

import os
from pathlib import Path


def children(pid: int | None = None) -> set[int]:
    """The processes that this one, or another, has started and that are still there, zombies included."""
    found = set()
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == (os.getpid() if pid is None else pid):
            found.add(int(status.parent.name))
    return found
