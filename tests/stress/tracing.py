"""System calls that concern the files of a program, counted and made to fail by strace."""

import os
import re
import subprocess
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from stress.writing import Writing

# The errors that each call is made to fail with; those that a system lacks are never seen.
_ERRORS = {
    "access": ("EACCES",),
    "close": ("EIO",),
    "fchmod": ("EPERM",),
    "fdatasync": ("EIO",),
    "flock": ("ENOLCK",),
    "fsync": ("EIO", "ENOSPC"),
    "ftruncate": ("EIO",),
    "link": ("EPERM",),
    "linkat": ("EPERM",),
    "lseek": ("EINVAL",),
    "mkdir": ("EACCES", "ENOSPC"),
    "openat": ("EACCES", "EMFILE"),
    "read": ("EIO",),
    "rename": ("EIO",),
    "renameat": ("EIO",),
    "renameat2": ("EIO",),
    "unlink": ("EACCES",),
    "unlinkat": ("EACCES",),
    "write": ("ENOSPC", "EIO"),
}


@dataclass(frozen=True)
class Failure:
    """The call with this number, in each thread, fails; or this one and all further ones if `forever`."""

    call: str
    error: str
    number: int
    forever: bool

    def __str__(self) -> str:
        return f"{self.error} of {self.call} {self.number}{' and all later ones' if self.forever else ''}"


@dataclass(frozen=True)
class Calls:
    """The calls of a program that concern its files.

    most   how often each is made, in the thread that makes it most
    paths  the files, as they are named
    """

    most: dict[str, int]
    paths: list[str]

    def failures(self) -> list[Failure]:
        """Each call fails with each of its errors."""
        return [
            Failure(call, error, number, forever)
            for call, count in sorted(self.most.items())
            for error in _ERRORS[call]
            for number in range(1, count + 1)
            # With the last call both are the same.
            for forever in ((False, True) if number < count else (True,))
        ]


def calls(writing: Writing, log: Path) -> Calls:
    """Run a program, and count the calls that concern its files."""
    writing.prepare()
    names = ",".join(f"?{name}" for name in _ERRORS)
    writing.run("strace", "-f", "-qq", "-y", "-o", str(log), "-e", f"trace={names}")
    counts: Counter[tuple[str, str]] = Counter()
    paths: set[str] = set()
    for line in log.read_text().splitlines():
        call = re.match(r"(\d+) +(\w+)\(", line)
        found = _concerned(line, writing)
        if call and found:
            counts[call[2], call[1]] += 1
            paths |= found
    most = {name: max(n for (other, _), n in counts.items() if other == name) for name, _ in counts}
    return Calls(most, sorted(paths))


def _concerned(line: str, writing: Writing) -> set[str]:
    """The files of the program in a line of strace, by their path or in <> beside their descriptor."""
    content = " write(" in line or " read(" in line
    named = re.findall(r"(?<!AT_FDCWD)<([^>]+)>" if content else r'(?<!AT_FDCWD)[<"]([^>"]+)[>"]', line)
    folder = str(writing.folder)
    return {
        path for path in named if path == folder or path.startswith(f"{folder}/") or path in writing.after
    }


def fail(writing: Writing, failure: Failure, paths: Sequence[str]) -> "subprocess.CompletedProcess[bytes]":
    """Run the program with this failure of a call that concerns one of the paths."""
    when = f"{failure.number}{'+' if failure.forever else ''}"
    return writing.run(
        "strace",
        *("-f", "--seccomp-bpf", "-qqq", "-o", os.devnull),
        *(f"-P{path}" for path in paths),
        *("-e", f"trace={failure.call}"),
        *("-e", f"inject={failure.call}:error={failure.error}:when={when}"),
    )
