"""Data sets by name or folder, as arrays.

`load()` gives the arrays; `shape()` says how wide they are before anything is downloaded; `fetch()` and
`verify()` keep the cache.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from nnbp.data import cache, fetching, folders
from nnbp.data.cache import FileState
from nnbp.data.errors import MirrorError, NoMirrorError
from nnbp.data.examples import Dataset, Source, assemble
from nnbp.data.observer import SILENT, Observer
from nnbp.data.patience import PATIENCE, Patience
from nnbp.data.registry import REGISTRY, Entry, Shape, find, unknown
from nnbp.errors import DownloadError

# Whoever asked for no data set by name gets the sample rather than a long wait.
_BRIEF = replace(PATIENCE, reach=6.0)


def load(name: str | None = None, observer: Observer = SILENT) -> Dataset:
    """The data set of that name in the registry, else in that folder; without a name, MNIST.

    Without a name, and where MNIST is neither cached nor to be had, a warning and the sample.
    Raises UnknownDatasetError, DownloadError, RejectedFileError, OSError.
    """
    if name is None:
        return _mnist_or_sample(observer)
    if name in REGISTRY:
        return _load(REGISTRY[name], observer, PATIENCE)
    return assemble("folder", folders.sources(_existing(name)))


def shape(name: str | None = None) -> Shape:
    """How many pixels and classes a data set has, without downloading it.

    Of a folder it reads the header of the training images, and the training labels.
    Raises UnknownDatasetError, RejectedFileError, OSError.
    """
    if name is None:
        return REGISTRY["mnist"].shape
    return REGISTRY[name].shape if name in REGISTRY else folders.shape(_existing(name))


def fetch(name: str, observer: Observer = SILENT) -> list[Path]:
    """Download the files that are not good in the cache; returns the paths of all four.

    Raises UnknownDatasetError, DownloadError, OSError.
    """
    return [path for path, _ in fetching.stored(find(name), observer, PATIENCE, must_store=True)]


def verify(name: str) -> list[FileState]:
    """What lies in the cache of each of a data set's four files. Raises UnknownDatasetError."""
    entry = find(name)
    return [cache.inspect(entry, file)[0] for file in entry.files]


def folder(name: str | None = None) -> Path:
    """The cache's folder, or a data set's; it need not exist. Raises UnknownDatasetError."""
    return cache.root() if name is None else cache.folder(find(name))


def _load(entry: Entry, observer: Observer, patience: Patience) -> Dataset:
    stored = fetching.stored(entry, observer, patience, must_store=False)
    sources = [
        Source(str(path), content, bytes.fromhex(file.sha256))
        for file, (path, content) in zip(entry.files, stored, strict=True)
    ]
    return assemble(entry.name, sources, entry.classes)


def _mnist_or_sample(observer: Observer) -> Dataset:
    try:
        return _load(REGISTRY["mnist"], observer, _BRIEF)
    except MirrorError:
        raise
    except DownloadError as error:
        reason = error.brief if isinstance(error, NoMirrorError) else error.reason
        observer.warning(
            f"MNIST is not whole in the cache, and not to be had ({reason}); "
            "going on with the bundled sample of it"
        )
        return _load(REGISTRY["sample"], observer, _BRIEF)


def _existing(name: str) -> Path:
    path = Path(name)
    if not name or not path.is_dir():
        raise unknown(name)
    return path
