"""One process, from its start to its end: seconds, peak memory, what it wrote.

Memory is told in two ways. `rss` is the peak of all its memory, as the system accounts for it; `anonymous`
is the peak of what is not page cache or a mapped file (RssAnon), looked up every few milliseconds on Linux.
What a process had before it became another program counts into `rss`, so whoever measures has to be small.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

PERIOD = 0.005  # seconds between two looks at the memory
RSS_UNIT = 1 if sys.platform == "darwin" else 1024  # bytes


@dataclass(frozen=True)
class Measured:
    """What a process took: seconds by the clock, bytes, and its standard output."""

    seconds: float
    rss: int
    anonymous: int | None
    output: str


class FailedError(Exception):
    """The process did not end well."""


def run(command: Sequence[str | Path], cwd: Path, environment: Mapping[str, str]) -> Measured:
    """Run a command to its end. Raises FailedError where its status is not 0."""
    line = [str(word) for word in command]
    with tempfile.TemporaryFile("w+") as written:
        began = time.perf_counter()
        process = subprocess.Popen(line, cwd=cwd, env=environment, stdout=written, stdin=subprocess.DEVNULL)
        anonymous = 0
        while True:
            pid, status, usage = os.wait4(process.pid, os.WNOHANG)
            if pid:
                break
            anonymous = max(anonymous, rss_anon(process.pid))
            time.sleep(PERIOD)
        seconds = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise FailedError(f"{' '.join(line)}: ended with {process.returncode}")
        written.seek(0)
        return Measured(seconds, usage.ru_maxrss * RSS_UNIT, anonymous or None, written.read())


def rss_anon(pid: int) -> int:
    """Bytes of memory that are not backed by a file; 0 where the system does not tell."""
    try:
        status = Path(f"/proc/{pid}/status").read_text("ascii", "replace")
    except OSError:
        return 0
    found = [line.split()[1] for line in status.splitlines() if line.startswith("RssAnon:")]
    return int(found[0]) * 1024 if found else 0


def seconds_until(
    word: str, command: Sequence[str | Path], cwd: Path, environment: Mapping[str, str]
) -> float:
    """Seconds from the start of a process to the first line of its output that has this word in it."""
    line = [str(part) for part in command]
    began = time.perf_counter()
    with subprocess.Popen(line, cwd=cwd, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            for told in process.stdout:
                if word in told:
                    return time.perf_counter() - began
        finally:
            process.kill()
    raise FailedError(f"{' '.join(line)}: wrote no line with {word}")
