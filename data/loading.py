"""Data sets by name or folder, as arrays.

`load()` returns the arrays; `shape()` returns their width before anything is downloaded; `fetch()` and
`verify()` manage the cache.
"""

import os
from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from pathlib import Path

from nnbp.background import Background
from nnbp.data import cache, folders
from nnbp.data.assembly import assemble
from nnbp.data.cache import FileState, Inspected
from nnbp.data.dataset import Dataset
from nnbp.data.errors import NoMirrorError
from nnbp.data.fetching import Fetcher
from nnbp.data.job import LIMITS, Limits
from nnbp.data.observer import SILENT, Observer
from nnbp.data.registry import REGISTRY, Entry, Shape, find, unknown
from nnbp.data.source import Source

# A user who did not name a data set gets the sample rather than a long wait.
SHORT_WAIT = replace(LIMITS, first_answer=6.0)


def load(name: str | os.PathLike[str] | None = None, observer: Observer = SILENT) -> Dataset:
    """The built-in data set with this name, or the one in this folder; without a name, MNIST.

    >>> digits = load("sample")
    >>> digits.train_images.shape, digits.train_images.dtype, digits.classes
    ((10000, 784), dtype('uint8'), 10)

    A folder holds four IDX files with MNIST's names, gzipped or not. A path that is not a str is always a
    folder. If no name is given and MNIST is neither cached nor reachable, the observer gets a warning and the
    caller gets the sample. Raises UnknownDatasetError, DownloadError, RejectedFileError, OSError.
    """
    return Loading(name).dataset(observer)


class Loading:
    """A data set that is being loaded: its files in the cache are read and hashed in the background.

    Reading and hashing leave the interpreter free for other work, such as the import of NumPy.

    >>> Loading("sample").dataset().name
    'sample'
    """

    def __init__(self, name: str | os.PathLike[str] | None = None) -> None:
        """Start loading. `name` is as in `load`; if it is unknown, `dataset` raises the error."""
        self._name = name
        entry = _entry("mnist" if name is None else name)
        self._started = None if entry is None else (entry, Background(partial(cache.inspect_all, entry)))

    def dataset(self, observer: Observer = SILENT) -> Dataset:
        """The data set, as `load` returns it, once it is complete and checked."""
        if self._started is None:
            return assemble("folder", folders.sources(_existing(self._name or "")))
        entry, inspected = self._started
        if self._name is not None:
            return _load(entry, inspected.result(), observer, LIMITS)
        try:
            return _load(entry, inspected.result(), observer, SHORT_WAIT)
        except NoMirrorError as error:
            return _sample(error, observer)


def shape(name: str | os.PathLike[str] | None = None) -> Shape:
    """Pixels and classes of a data set, without downloading it.

    >>> shape("mnist")
    Shape(pixels=784, classes=10)

    From a folder, it reads only the header of the training images, and the training labels.
    Raises UnknownDatasetError, RejectedFileError, OSError.
    """
    name = "mnist" if name is None else name
    entry = _entry(name)
    return folders.shape(_existing(name)) if entry is None else entry.shape


def fetch(name: str, observer: Observer = SILENT) -> list[Path]:
    """Download the files that are missing or damaged in the cache; returns the paths of all four.

    Raises UnknownDatasetError, DownloadError, OSError.
    """
    entry = find(name)
    fetcher = Fetcher(entry, observer, LIMITS, must_store=True)
    return [path for path, _ in fetcher.files(cache.inspect_all(entry))]


def verify(name: str) -> list[FileState]:
    """The state of each of a data set's four files in the cache. Raises UnknownDatasetError."""
    return [state for state, _ in cache.inspect_all(find(name))]


def folder(name: str | None = None) -> Path:
    """The cache folder, or a data set's folder in it; it may not exist yet. Raises UnknownDatasetError."""
    return cache.root() if name is None else cache.folder(find(name))


def _load(entry: Entry, inspected: Iterable[Inspected], observer: Observer, limits: Limits) -> Dataset:
    fetched = Fetcher(entry, observer, limits, must_store=False).files(inspected)
    sources = [
        Source(str(path), file.dimensions, content, bytes.fromhex(file.sha256))
        for file, (path, content) in zip(entry.files, fetched, strict=True)
    ]
    return assemble(entry.name, sources, entry.classes)


def _sample(error: NoMirrorError, observer: Observer) -> Dataset:
    """The bundled sample of MNIST, with a warning about the reason."""
    sample = REGISTRY["sample"]
    observer.warning(
        f"could not download MNIST ({error.causes}); using the bundled sample of "
        f"{sample.train_examples:,} digits instead; ask for mnist by name to make this an error"
    )
    return _load(sample, cache.inspect_all(sample), observer, SHORT_WAIT)


def _entry(name: str | os.PathLike[str]) -> Entry | None:
    return REGISTRY.get(name) if isinstance(name, str) else None


def _existing(name: str | os.PathLike[str]) -> Path:
    if name == "" or not Path(name).is_dir():
        raise unknown(os.fspath(name))
    return Path(name)
