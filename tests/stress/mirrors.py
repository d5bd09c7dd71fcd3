"""A tiny MNIST that comes only from $NNBP_MIRROR, and a server in a process of its own."""

import os
import signal
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from support.datasets import ARCHIVES, tiny_entry
from support.server import Behaviour, answer, serve

from nnbp.data import loading, registry

GOOD = {f"/{name}.gz": answer(200, archive) for name, archive in ARCHIVES.items()}

# In place of the mirrors of the registry: refused at once, because nothing listens on this port.
_CLOSED = ("https://127.0.0.1:9/",)


def use_tiny(**limits: float) -> None:
    """Make MNIST tiny in this process; its downloads have these limits and short pauses."""
    registry.REGISTRY["mnist"] = tiny_entry("mnist", _CLOSED)
    for name in ("LIMITS", "SHORT_WAIT"):
        short = {"pause": 0.001, "longest_pause": 0.05, **limits}
        setattr(loading, name, replace(getattr(loading, name), **short))


def use_tiny_from(url: str, cache: Path, **limits: float) -> None:
    """The same, downloaded from this URL to this cache."""
    os.environ.update(NNBP_CACHE_DIR=str(cache), NNBP_MIRROR=url)
    use_tiny(**limits)


@contextmanager
def serving(routes: Mapping[str, Behaviour | Sequence[Behaviour]] = GOOD) -> Iterator[str]:
    """The URL of a server for the duration of the block. This process gets no threads, so it may fork."""
    reading, writing = os.pipe()
    pid = os.fork()
    if not pid:
        _serve(routes, writing)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        url = pipe.readline().strip()
    try:
        yield url
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def _serve(routes: Mapping[str, Behaviour | Sequence[Behaviour]], pipe: int) -> None:
    try:
        with serve(routes) as server:
            os.write(pipe, f"{server.url}\n".encode())
            os.close(pipe)
            while True:
                signal.pause()
    finally:
        os._exit(1)
