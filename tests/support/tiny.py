"""Fixtures for the tests of nnbp.data: a tiny MNIST on its own server, and short pauses."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from nnbp.data import loading, registry
from support.datasets import ARCHIVES, tiny_entry
from support.server import Server, answer, closed_port, serve


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses between downloads are as short as possible; everything else stays as it is."""
    for name in ("LIMITS", "SHORT_WAIT"):
        monkeypatch.setattr(loading, name, replace(getattr(loading, name), pause=0.001))


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch, hurried: None) -> Iterator[Server]:
    """MNIST and Fashion-MNIST are tiny, and come from the user's mirror; the other mirror is closed."""
    mirrors = (closed_port().replace("http:", "https:"),)
    monkeypatch.setitem(registry.REGISTRY, "mnist", tiny_entry("mnist", mirrors))
    monkeypatch.setitem(registry.REGISTRY, "fashion-mnist", tiny_entry("fashion-mnist", mirrors, packed=True))
    with serve({f"/{name}.gz": answer(200, archive) for name, archive in ARCHIVES.items()}) as server:
        monkeypatch.setenv("NNBP_MIRROR", server.url)
        yield server
