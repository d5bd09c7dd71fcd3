"""The bundled sample compared with its README, and with the real MNIST if available."""

import gzip
import hashlib
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support.datasets import NAMES, write

import nnbp.data
from nnbp.data.registry import MNIST
from nnbp.errors import RejectedFileError


def test_the_sample_is_as_its_readme_describes_it() -> None:
    data = nnbp.data.load("sample")
    assert (data.name, data.image_shape, data.pixels, data.classes) == ("sample", (28, 28), 784, 10)
    assert (data.train_images.shape, data.test_images.shape) == ((10_000, 784), (2_000, 784))
    assert data.train_images.dtype == data.train_labels.dtype == np.uint8
    # Counted in MNIST with [::6] and [::5].
    assert np.bincount(data.train_labels).tolist() == [941, 1132, 1032, 1022, 958, 925, 997, 1026, 978, 989]
    assert np.bincount(data.test_labels).tolist() == [189, 222, 212, 242, 196, 186, 158, 215, 193, 187]
    assert 0.12 < data.train_images.mean() / 255 < 0.14  # 0.1307 in all of MNIST
    with pytest.raises(ValueError, match="read-only"):
        data.train_images[0, 0] = 1


def test_the_sample_needs_no_download() -> None:
    assert [state.state for state in nnbp.data.verify("sample")] == ["good"] * 4
    assert nnbp.data.fetch("sample") == [state.path for state in nnbp.data.verify("sample")]
    assert (nnbp.data.folder("sample") / "LICENSE").is_file()


def test_a_damaged_sample_is_a_reason_to_reinstall(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nnbp.data.cache.SAMPLE_FOLDER", tmp_path)
    with pytest.raises(RejectedFileError, match="reinstall nnbp"):
        nnbp.data.load("sample")


@pytest.fixture(scope="module")
def real() -> dict[str, Any]:
    """MNIST's four files, read without the code under test."""
    folder = os.environ.get("NNBP_TEST_MNIST")
    if not folder:
        pytest.skip("NNBP_TEST_MNIST names no folder with MNIST's files")
    contents = {}
    for name in NAMES:
        (path,) = Path(folder).glob(f"{name}*")
        packed = path.read_bytes()
        contents[name] = gzip.decompress(packed) if path.suffix == ".gz" else packed
    return contents


def test_the_pinned_hashes_are_those_of_mnist(real: dict[str, bytes]) -> None:
    for file in MNIST.files:
        assert hashlib.sha256(real[file.name]).hexdigest() == file.sha256
        assert len(real[file.name]) == file.size


def test_the_sample_is_part_of_mnist(real: dict[str, bytes]) -> None:
    sample = nnbp.data.load("sample")
    images = np.frombuffer(real[NAMES[0]], np.uint8, offset=16).reshape(-1, 784)
    np.testing.assert_array_equal(sample.train_images, images[::6])
    np.testing.assert_array_equal(sample.train_labels, np.frombuffer(real[NAMES[1]], np.uint8, offset=8)[::6])
    images = np.frombuffer(real[NAMES[2]], np.uint8, offset=16).reshape(-1, 784)
    np.testing.assert_array_equal(sample.test_images, images[::5])
    np.testing.assert_array_equal(sample.test_labels, np.frombuffer(real[NAMES[3]], np.uint8, offset=8)[::5])


def test_the_recipe_in_the_readme_makes_the_sample(
    real: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = nnbp.data.folder("sample")
    recipe = (folder / "README.md").read_text().split("```python\n")[1].split("```")[0]
    write(tmp_path, {f"{name}.gz": content for name, content in real.items()})
    monkeypatch.chdir(tmp_path)
    exec(recipe, {})
    for name in NAMES:
        again, bundled = ((place / f"{name}.gz").read_bytes() for place in (tmp_path / "sample", folder))
        assert gzip.decompress(again) == gzip.decompress(bundled)


def test_mnist_in_a_folder_is_mnist(real: dict[str, bytes], tmp_path: Path) -> None:
    data = nnbp.data.load(write(tmp_path, real))
    assert (data.train_images.shape, data.test_images.shape, data.classes) == (
        (60_000, 784),
        (10_000, 784),
        10,
    )
    assert data.train_labels[:5].tolist() == [5, 0, 4, 1, 9]  # as in every tutorial
