"""Data sets for nnbp: MNIST, Fashion-MNIST, a bundled sample of MNIST, or a folder of IDX files.

    load(name) -> Dataset    the arrays
    Loading(name)            the same, loading in the background
    shape(name) -> Shape     pixels and classes, without a download
    fetch, verify, folder    the cache
    names, REGISTRY          the built-in data sets
    deskew(images, shape)    images without their slant

A built-in data set's file is trusted only if its SHA-256 is the pinned one; it is checked at every read. The
names are looked up on first use (PEP 562); requests is imported for a download, NumPy for the first array.
"""

from typing import TYPE_CHECKING

from nnbp import lazy

if TYPE_CHECKING:
    from nnbp.data.cache import FileState as FileState
    from nnbp.data.dataset import Dataset as Dataset
    from nnbp.data.dataset import Split as Split
    from nnbp.data.errors import UnknownDatasetError as UnknownDatasetError
    from nnbp.data.images.deskewing import deskew as deskew
    from nnbp.data.loading import Loading as Loading
    from nnbp.data.loading import fetch as fetch
    from nnbp.data.loading import folder as folder
    from nnbp.data.loading import load as load
    from nnbp.data.loading import shape as shape
    from nnbp.data.loading import verify as verify
    from nnbp.data.observer import SILENT as SILENT
    from nnbp.data.observer import Observer as Observer
    from nnbp.data.registry import REGISTRY as REGISTRY
    from nnbp.data.registry import Shape as Shape
    from nnbp.data.registry import names as names

__getattr__, __dir__, __all__ = lazy.names(
    __name__,
    {
        "cache": ["FileState"],
        "dataset": ["Dataset", "Split"],
        "errors": ["UnknownDatasetError"],
        "images.deskewing": ["deskew"],
        "loading": ["Loading", "fetch", "folder", "load", "shape", "verify"],
        "observer": ["SILENT", "Observer"],
        "registry": ["REGISTRY", "Shape", "names"],
    },
)
