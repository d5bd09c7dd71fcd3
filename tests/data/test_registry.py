"""The registry of built-in data sets, and the public names of nnbp.data."""

import pytest
from support.datasets import NAMES
from support.program import run_script

import nnbp.data
from nnbp.data.registry import FASHION_MNIST, MNIST, SAMPLE, Entry


def imported_by(statement: str) -> set[str]:
    """The modules imported by `import nnbp.data` and the statement."""
    done = run_script("imported", statement)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


def test_the_names_are_known_before_anything_slow_is_imported() -> None:
    slow = {"hashlib", "numpy", "platformdirs", "requests", "secrets", "urllib.parse", "urllib3"}
    imported = imported_by("assert nnbp.data.names() == ('mnist', 'fashion-mnist', 'sample')")
    assert "nnbp.data.registry" in imported
    assert not slow & imported


def test_a_load_from_the_cache_imports_no_requests() -> None:
    imported = imported_by("nnbp.data.load('sample')")
    assert "numpy" in imported
    assert not {"requests", "urllib3"} & imported


@pytest.mark.parametrize("name", nnbp.data.__all__)
def test_every_public_name_is_found(name: str) -> None:
    assert getattr(nnbp.data, name)


def test_any_other_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        nnbp.data.nothing  # noqa: B018 - the lookup raises


@pytest.mark.parametrize("known", [MNIST, FASHION_MNIST, SAMPLE], ids=lambda known: str(known.name))
def test_the_registry_gives_the_shape_that_a_network_must_have(known: Entry) -> None:
    assert nnbp.data.REGISTRY[known.name] == known
    assert nnbp.data.shape(known.name) == (784, 10)
    assert [file.name for file in known.files] == NAMES
    assert all(len(file.sha256) == 64 for file in known.files)
    assert all(mirror.startswith("https://") and "lecun" not in mirror for mirror in known.mirrors)


def test_the_pinned_sizes_of_mnist_follow_from_its_counts() -> None:
    assert [file.size for file in MNIST.files] == [
        16 + 60_000 * 784,
        8 + 60_000,
        16 + 10_000 * 784,
        8 + 10_000,
    ]


@pytest.mark.parametrize("name", ["mnits", "", "no/such/folder", __file__])
def test_an_unknown_name_is_an_error_that_lists_the_known_ones(name: str) -> None:
    for ask in (nnbp.data.load, nnbp.data.shape, nnbp.data.fetch, nnbp.data.verify, nnbp.data.folder):
        with pytest.raises(nnbp.data.UnknownDatasetError, match="mnist, fashion-mnist, sample"):
            ask(name)
