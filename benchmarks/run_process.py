"""One process from start to end: seconds, peak memory, output.

Memory has two figures. `rss` is the peak of all of it, as the system reports it; `anonymous` is the peak of
the part that is neither page cache nor a mapped file (RssAnon), read every few milliseconds on Linux. `rss`
includes the memory of the process before it became another program, that is, the memory of the measuring
process, which therefore has to be small.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

PERIOD = 0.005  # seconds between two readings of the memory
NOTHING = Path(os.devnull)
RSS_UNIT = 1 if sys.platform == "darwin" else 1024  # bytes

Command = Sequence[str | Path]


@dataclass(frozen=True)
class Measured:
    """The figures of a process: wall-clock seconds, bytes of memory, standard output."""

    seconds: float
    rss: int
    anonymous: int | None
    output: str


class FailedError(Exception):
    """A process ended with an error, or could not be started."""


def run(
    command: Command,
    cwd: Path,
    environment: Mapping[str, str],
    stdin: Path = NOTHING,
    stdout: Path | None = None,
) -> Measured:
    """Run a command to its end. Raises FailedError if its exit status is not 0.

    With `stdout` its output goes to that file, and is not in the figures.
    """
    line = [str(word) for word in command]
    with (
        tempfile.TemporaryFile("w+") if stdout is None else stdout.open("w") as written,
        stdin.open() as read,
    ):
        began = time.perf_counter()
        process = _popen(line, cwd, environment, stdin=read, stdout=written)
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
        text = ""
        if stdout is None:
            written.seek(0)
            text = written.read()
        return Measured(seconds, usage.ru_maxrss * RSS_UNIT, anonymous or None, text)


def run_apart(command: Command, environment: Mapping[str, str]) -> Measured:
    """The same in a temporary folder, which is removed together with the model in it."""
    with tempfile.TemporaryDirectory() as folder:
        return run(command, Path(folder), environment)


def rss_anon(pid: int) -> int:
    """Bytes of memory that no file backs; 0 where the system does not report them."""
    try:
        status = Path(f"/proc/{pid}/status").read_text("ascii", "replace")
    except OSError:
        return 0
    found = [line.split()[1] for line in status.splitlines() if line.startswith("RssAnon:")]
    return int(found[0]) * 1024 if found else 0


def seconds_until(
    words: Sequence[str], command: Command, cwd: Path, environment: Mapping[str, str]
) -> list[float]:
    """Seconds from the start of a process until it has printed a line with each of these words, in order.

    The process is then killed. Raises FailedError if it ends before.
    """
    line = [str(part) for part in command]
    found: list[float] = []
    began = time.perf_counter()
    with _popen(line, cwd, environment, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        try:
            for read in process.stdout:
                if words[len(found)] in read:
                    found.append(time.perf_counter() - began)
                if len(found) == len(words):
                    return found
        finally:
            process.kill()
    raise FailedError(f"{' '.join(line)}: printed no line with {words[len(found)]}")


def _popen(
    line: list[str],
    cwd: Path,
    environment: Mapping[str, str],
    stdout: IO[str] | int,
    stdin: IO[str] | int = subprocess.DEVNULL,
) -> "subprocess.Popen[str]":
    try:
        return subprocess.Popen(line, cwd=cwd, env=environment, stdin=stdin, stdout=stdout, text=True)
    except OSError as error:
        raise FailedError(f"{line[0]}: {error.strerror}") from error
