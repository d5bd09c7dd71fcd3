"""The turns of mirrors: when one may be asked again, and when it has to make room for another."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from nnbp.data.http import DeliveryError, UnreachableError
from nnbp.data.job import Job, Limits
from nnbp.data.transfer import Received

# If nothing answers there is no server to protect, and a user without a network should not wait long.
_UNREACHABLE = 0.1  # the fraction of a pause that is kept

# An archive has at least this fraction of job.limit, whatever its mirror announces: MNIST's have a fifth.
_SMALLEST = 0.1


@dataclass(eq=False)
class Mirror:
    """A mirror that may still deliver the file."""

    url: str
    failures: int = 0
    ready: float = 0.0  # when the next attempt may begin, in time.monotonic()


def host(url: str) -> str:
    """The host of a URL, and its port if that is unusual."""
    return urlsplit(url).netloc


def pause(limits: Limits, failures: int, failure: DeliveryError) -> float:
    """Seconds until a mirror's next attempt: our own back-off, or longer if the mirror asks for it."""
    backoff = limits.backoff(failures)
    if isinstance(failure, UnreachableError):
        backoff *= _UNREACHABLE
    return max(backoff, min(failure.retry_after, limits.longest_pause))


def share(job: Job, limits: Limits) -> float:
    """Seconds for an answer, so that every host gets a turn before the wait for a first answer is over."""
    return limits.first_answer / max(len({host(url) for url in job.urls}), 1)


def turn(job: Job, limits: Limits, seconds: float, left: float, latest: Received | None) -> float:
    """Seconds that an attempt may take while another mirror waits.

    So far it has taken `seconds` of the ones that were `left` when it began. With an answer it gets
    `limits.part` of the time left; unless it would need more at its rate so far, as a drip does, which never
    exceeds the limit for one read.
    """
    if latest is None:
        return share(job, limits)
    longest = limits.part * left
    size = max(latest.expected or 0, job.limit * _SMALLEST)
    return longest if seconds * size <= longest * latest.received else min(limits.read, longest)
