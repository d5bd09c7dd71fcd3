"""A download before it starts: which file, and within which limits.

Kept apart from the modules that carry it out, because they import requests, which is slow.
"""

import random
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Job:
    """A file to download: where it may be, how it is checked, and how long a response may be.

    `accept` takes the body of a response and returns the bytes to keep; it raises NnbpError to reject them.
    """

    urls: Sequence[str]
    accept: Callable[[bytearray], bytes]
    limit: int  # bytes of an answer
    named_by_user: Collection[str] = ()  # those of the URLs that need not be https


@dataclass(frozen=True)
class Limits:
    """How long to wait, in seconds, and how often to try one mirror."""

    connect: float = 5.0
    read: float = 15.0  # for the next byte
    first_answer: float = 30.0  # of any mirror
    data_set: float = 300.0  # for all files of a data set
    # The part of the time left that a mirror gets while others wait. Whatever it does, the next has the rest:
    # 75 of 300 seconds. A mirror that needs more would hardly have been in time with the other files.
    part: float = 0.75
    attempts: int = 4
    pause: float = 1.0  # before the second attempt; doubled for each further one
    longest_pause: float = 20.0  # our own, or one that a mirror asks for

    def backoff(self, failures: int) -> float:
        """Seconds to pause after this many failures. Partly random, so that many clients spread out."""
        return min(self.pause * (2.0 ** (failures - 1) + random.random() / 2), self.longest_pause)


LIMITS = Limits()
