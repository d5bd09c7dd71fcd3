"""For the tests of images that stay in their file: a fixture that maps all of them, and what to look at."""

import gzip
from pathlib import Path

import pytest

import nnbp.data
from nnbp.data import mapped
from nnbp.data.registry import FILE_NAMES

NAMES = [name for name, _ in FILE_NAMES]
PROC = pytest.mark.skipif(not Path("/proc/self/smaps").exists(), reason="there is no /proc")


@pytest.fixture
def all_mapped(monkeypatch: pytest.MonkeyPatch) -> None:
    """Images of any size are mapped."""
    monkeypatch.setattr(mapped, "LARGEST_READ", 0)


def arrays(data: nnbp.data.Dataset) -> list[object]:
    each = (data.train_images, data.train_labels, data.test_images, data.test_labels)
    return [array.tolist() for array in each]


def pack(path: Path) -> None:
    path.write_bytes(gzip.compress(path.read_bytes()))
