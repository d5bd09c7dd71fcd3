"""NumPy's own BLAS, called directly: right sums, and nothing that could write where it must not."""

import ctypes
import sys
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from nnbp import blas
from nnbp.blas import AddedProduct

SHAPES = [(1, 1, 1), (1, 7, 3), (10, 785, 30), (7, 3, 1), (33, 17, 64), (128, 65, 10)]


def gemm(dtype: Any) -> blas.Gemm:
    found = blas.find(np.dtype(dtype).char)
    if found is None and sys.platform != "linux":
        pytest.skip("NumPy's BLAS cannot be called here")
    assert found is not None, "NumPy's wheels carry an OpenBLAS whose names are known"
    return found


def draw(shape: tuple[int, ...], dtype: Any = np.float32) -> Any:
    return np.random.default_rng(sum(shape)).standard_normal(shape).astype(dtype)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(("count", "n", "m"), SHAPES)
def test_the_product_is_added(dtype: Any, count: int, n: int, m: int) -> None:
    # As in training: some of the columns of the one, some of the rows of both.
    a, b = draw((count + 2, n + 1), dtype)[:count, :-1], draw((count + 2, m), dtype)[2:]
    guarded = draw((n + 2, m), dtype)
    before = guarded.copy()
    product = AddedProduct(gemm(dtype), a, b)
    product.add(-0.5, guarded[1:-1])
    expected = before.astype("f8")
    expected[1:-1] += -0.5 * np.einsum("bi,bo->io", a.astype("f8"), b.astype("f8"))
    np.testing.assert_allclose(guarded, expected, rtol=0, atol=1e4 * np.finfo(dtype).eps)
    np.testing.assert_array_equal(guarded[[0, -1]], before[[0, -1]])


@pytest.mark.parametrize("distance", [-1, 2])
def test_one_row_is_added_to_wherever_the_next_would_be(distance: int) -> None:
    # NumPy calls an array of one row contiguous, whatever its distance to the next.
    a, b = draw((4, 1)), draw((4, 2))
    memory = np.zeros((5, 2), np.float32)
    AddedProduct(gemm("f"), a, b).add(1.0, memory[2::distance][:1])
    np.testing.assert_allclose(memory[2:3], a.T @ b, rtol=1e-5)
    assert not memory[[0, 1, 3, 4]].any()


def test_the_arrays_are_read_anew_and_where_it_is_added_may_change() -> None:
    a, b = draw((4, 3)), draw((4, 2))
    product = AddedProduct(gemm("f"), a, b)
    to, other = np.zeros((2, 3, 2), np.float32)
    product.add(1.0, to)
    product.add(2.0, other)
    a[:] *= 3
    product.add(1.0, to)
    product.add(-1.0, other)
    np.testing.assert_allclose(to, 4 / 3 * (a.T @ b), rtol=1e-5)
    np.testing.assert_allclose(other, -1 / 3 * (a.T @ b), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    "make",
    [
        lambda to: np.asfortranarray(to),
        lambda to: np.repeat(to, 2, axis=1)[:, ::2],
        lambda to: to[::-1].copy()[::-1],
        lambda to: to.astype("f8"),
        lambda to: to.astype(">f4"),
    ],
    ids=["columns", "gaps", "backwards", "other precision", "other byte order"],
)
def test_what_is_not_stored_in_rows_is_added_to_all_the_same(make: Any) -> None:
    a, b, begun = draw((4, 3)), draw((4, 2)), draw((3, 2))
    to = make(begun)
    AddedProduct(gemm("f"), a, b).add(1.0, to)
    np.testing.assert_allclose(to, begun + a.T @ b, rtol=1e-5, atol=1e-6)


def test_what_is_not_aligned_is_added_to_all_the_same() -> None:
    a, b = draw((4, 3)), draw((4, 2))
    to = np.zeros(25, np.uint8)[1:].view("f4").reshape(3, 2)
    assert not to.flags.aligned
    AddedProduct(gemm("f"), a, b).add(1.0, to)
    np.testing.assert_allclose(to, a.T @ b, rtol=1e-5, atol=1e-6)


def test_what_may_not_be_written_stays_as_it_is() -> None:
    to = np.zeros((3, 2), np.float32)
    to.flags.writeable = False
    with pytest.raises(ValueError, match="read-only"):
        AddedProduct(gemm("f"), draw((4, 3)), draw((4, 2))).add(1.0, to)
    assert not to.any()


@pytest.mark.parametrize("shape", [(2, 3), (3, 1), (4, 2), (6,), (1, 3, 2)])
def test_an_array_of_another_shape_is_refused(shape: tuple[int, ...]) -> None:
    to = np.zeros(shape, np.float32)
    with pytest.raises(ValueError, match=r"shape \(3, 2\) and cannot be added"):
        AddedProduct(gemm("f"), draw((4, 3)), draw((4, 2))).add(1.0, to)
    assert not to.any()


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (draw((4, 3)), draw((5, 2))),
        (draw((4, 3)), draw((4, 2), "f8")),
        (draw((4, 3)), np.asfortranarray(draw((4, 2)))),
        (draw((8, 6))[::2, ::2], draw((4, 2))),
        (draw((4, 3))[::-1], draw((4, 2))),
        (draw((4, 3)), np.broadcast_to(draw((1, 2)), (4, 2))),
        (draw((4, 3)).astype(">f4"), draw((4, 2)).astype(">f4")),
        (np.zeros(49, np.uint8)[1:].view("f4").reshape(4, 3), draw((4, 2))),
        (draw((4, 3), "f8"), draw((4, 2), "f8")),
        (draw((4, 3), "f2"), draw((4, 2), "f2")),
        (draw((4,)), draw((4, 2))),
    ],
    ids=[
        *("counts", "precisions", "columns", "gaps", "backwards", "repeated", "byte order", "alignment"),
        *("the other precision", "no precision of BLAS", "no matrix"),
    ],
)
def test_operands_that_do_not_fit_are_refused(a: Any, b: Any) -> None:
    with pytest.raises(ValueError, match="rows in common"):
        AddedProduct(gemm("f"), a, b)


def offer(monkeypatch: pytest.MonkeyPatch, name: str, function: Any) -> None:
    """Let NumPy's BLAS have one function only."""
    monkeypatch.setattr(ctypes, "CDLL", lambda path: SimpleNamespace(**{name: function}))


@pytest.mark.parametrize("name", ["scipy_cblas_sgemm64_", "cblas_sgemm64_"])
def test_it_has_another_name_in_older_wheels(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    function = gemm("f").function
    offer(monkeypatch, name, function)
    assert blas.find.__wrapped__("f") == (function, "f")
    assert blas.find.__wrapped__("d") is None


def test_a_function_that_is_not_right_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    function = gemm("f").function

    def twice(*arguments: Any) -> None:
        function(*arguments)
        function(*arguments)

    for wrong in (twice, lambda *arguments: None):
        offer(monkeypatch, "cblas_sgemm64_", wrong)
        assert blas.find.__wrapped__("f") is None


@pytest.mark.parametrize("char", ["e", "g", "i"])
def test_other_precisions_have_none(char: str) -> None:
    assert blas.find(char) is None


@pytest.mark.parametrize("error", [OSError, ImportError, AttributeError])
def test_where_it_cannot_be_called_there_is_none(
    error: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(name: str) -> None:
        raise error

    monkeypatch.setattr(blas, "import_module", fail)
    assert blas.find.__wrapped__("f") is None


def test_a_blas_of_other_names_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blas, "SYMBOLS", ("no_such_{}gemm64_",))
    assert blas.find.__wrapped__("f") is None
