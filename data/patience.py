"""How long a download may take."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Patience:
    """How long to wait, in seconds, and how often to try one mirror."""

    connect: float = 5.0
    read: float = 15.0  # for the next byte
    reach: float = 30.0  # for the first answer of any mirror
    whole: float = 300.0  # for all files together
    attempts: int = 4
    pause: float = 1.0  # before the second attempt; doubled for each further one
    unreachable: float = 0.1  # the part of a pause that is kept where nothing answered
    longest_pause: float = 30.0  # of ours, and of those that a mirror asks for
    all_pauses: float = 60.0  # for one mirror


PATIENCE = Patience()
