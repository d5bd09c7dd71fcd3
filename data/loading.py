"""Data sets by name or folder, as arrays.

`load()` gives the arrays; `shape()` says how wide they are before anything is downloaded; `fetch()` and
`verify()` keep the cache.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from pathlib import Path

from nnbp.background import Background
from nnbp.data import cache, fetching, folders
from nnbp.data.cache import FileState, Inspected
from nnbp.data.dataset import Dataset, Source, assemble
from nnbp.data.errors import MirrorError, NoMirrorError
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
    return Loading(name).dataset(observer)


class Loading:
    """A data set on its way: what the cache has of it is read and hashed in the background.

    Both leave the interpreter free for something else, such as the import of NumPy.
    """

    def __init__(self, name: str | None = None) -> None:
        """Begin. `name` is as `load` takes it; what is wrong with it is raised by `dataset`."""
        self._name = name
        entry = REGISTRY.get("mnist" if name is None else name)
        self._begun = None if entry is None else (entry, Background(partial(cache.inspect_all, entry)))

    def dataset(self, observer: Observer = SILENT) -> Dataset:
        """The data set, as `load` gives it, once all of it is here and checked."""
        if self._begun is None:
            return assemble("folder", folders.sources(_existing(str(self._name))))
        entry, inspected = self._begun
        if self._name is not None:
            return _load(entry, inspected.result(), observer, PATIENCE)
        try:
            return _load(entry, inspected.result(), observer, _BRIEF)
        except MirrorError:
            raise
        except DownloadError as error:
            return _sample(error, observer)


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
    entry = find(name)
    stored = fetching.stored(entry, cache.inspect_all(entry), observer, PATIENCE, must_store=True)
    return [path for path, _ in stored]


def verify(name: str) -> list[FileState]:
    """What lies in the cache of each of a data set's four files. Raises UnknownDatasetError."""
    return [state for state, _ in cache.inspect_all(find(name))]


def folder(name: str | None = None) -> Path:
    """The cache's folder, or a data set's; it need not exist. Raises UnknownDatasetError."""
    return cache.root() if name is None else cache.folder(find(name))


def _load(entry: Entry, inspected: Iterable[Inspected], observer: Observer, patience: Patience) -> Dataset:
    stored = fetching.stored(entry, inspected, observer, patience, must_store=False)
    sources = [
        Source(str(path), content, bytes.fromhex(file.sha256))
        for file, (path, content) in zip(entry.files, stored, strict=True)
    ]
    return assemble(entry.name, sources, entry.classes)


def _sample(error: DownloadError, observer: Observer) -> Dataset:
    """The bundled sample of MNIST, for this reason."""
    reason = error.brief if isinstance(error, NoMirrorError) else error.reason
    observer.warning(
        f"MNIST is not whole in the cache, and not to be had ({reason}); "
        "going on with the bundled sample of it"
    )
    sample = REGISTRY["sample"]
    return _load(sample, cache.inspect_all(sample), observer, _BRIEF)


def _existing(name: str) -> Path:
    path = Path(name)
    if not name or not path.is_dir():
        raise unknown(name)
    return path
