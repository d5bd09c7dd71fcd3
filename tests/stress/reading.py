"""The promise of every reader about a damaged file: one line of refusal, or the content of the file."""

import resource
import sys
import warnings
from collections.abc import Callable
from typing import Any

from nnbp import RejectedFileError
from stress.case import Case

# The longest message has a file's name, what was expected and what was found.
LONGEST = 300

_MAXRSS_UNIT = 1 if sys.platform == "darwin" else 1024


def outcome(case: Case, what: str, read: Callable[[bytes], Any], content: bytes) -> Any:
    """The result of a reader, or None if it refuses the content; fails at any other exception or warning."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            return read(content)
    except RejectedFileError as error:
        checked(case, what, error, content)
        return None
    except Exception as error:
        case.fail(f"{what}: {type(error).__name__}: {error!s:.300}", bin=content)


def checked(case: Case, what: str, error: RejectedFileError, content: bytes) -> str:
    """The text of a refusal; fails unless it is one readable line."""
    text = str(error)
    if len(text) > LONGEST or not text.isprintable():
        case.fail(f"{what}: the refusal is not one readable line: {text!a:.2000}", bin=content)
    return text


class Memory:
    """A bound on how far the memory of this process may grow from here on, in bytes."""

    def __init__(self, most: int = 64 << 20) -> None:
        self._base, self._most = peak(), most

    def check(self, case: Case, content: bytes) -> None:
        """Fail if the peak of this process is above the bound."""
        grown = peak() - self._base
        if grown > self._most:
            case.fail(
                f"memory has grown by {grown >> 20} MiB; at most {self._most >> 20} are allowed", bin=content
            )


def peak() -> int:
    """The most memory that this process has taken so far, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _MAXRSS_UNIT
