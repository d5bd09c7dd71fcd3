"""The product that training adds to its parameters, in each way, against float64 sums."""

import subprocess
import sys
from importlib.machinery import PathFinder
from typing import Any

import numpy as np
import oracles
import pytest
from problems import problem

from nnbp import Examples, Settings, State, blas, mean_gradients, products, train
from nnbp.costs import COSTS
from nnbp.products import Accumulation, InOnePass, InOnePassOfSciPy, InPasses

WAYS = ("passes", "numpy", "scipy")


@pytest.fixture(autouse=True)
def one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "1")


def operands(dtype: Any) -> dict[str, Any]:
    rng = np.random.default_rng(5)
    # As in training: below is the first rows of a buffer, and so are the deltas.
    below = rng.standard_normal((9, 6)).astype(dtype)[:7]
    deltas = rng.standard_normal((9, 4)).astype(dtype)[:7]
    return {"below": below, "deltas": deltas, "scaled": np.empty_like(deltas)}


def accumulation(way: str, given: dict[str, Any]) -> Accumulation:
    dtype = given["deltas"].dtype
    if way == "passes":
        return InPasses(**given, product=np.empty((6, 4), dtype))
    if way == "numpy":
        gemm = blas.find(dtype.char)
        assert gemm is not None
        return InOnePass(**given, gemm=gemm)
    scipy_gemm = products.find_scipy_gemm(dtype)
    assert scipy_gemm is not None
    return InOnePassOfSciPy(**given, gemm=scipy_gemm)


def leave(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let there be no better way than this one."""
    if way != "numpy":
        monkeypatch.setattr(blas, "find", lambda char: None)
    if way == "passes":
        monkeypatch.setattr(products, "_scipy_blas", lambda: None)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float32, 1e-6), (np.float64, 1e-14)])
@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("with_scales", [False, True])
def test_the_sum_of_the_gradients_is_added_with_its_factor(
    way: str, dtype: Any, tolerance: float, order: Any, with_scales: bool
) -> None:
    given = operands(dtype)
    accumulated = accumulation(way, given)
    rng = np.random.default_rng(6)
    scales = rng.random((7, 1)).astype(dtype) if with_scales else None
    begun = rng.standard_normal((6, 4))
    to = np.array(begun, dtype, order=order)
    deltas = given["deltas"].copy()
    for _ in range(2):
        accumulated.add(-0.25, to, scales)
    expected = begun.copy()
    for x in range(7):
        scale = 1.0 if scales is None else float(scales[x, 0])
        expected -= 2 * 0.25 * scale * np.outer(given["below"][x].astype("f8"), deltas[x].astype("f8"))
    np.testing.assert_allclose(to, expected, atol=10 * tolerance)
    np.testing.assert_equal(given["deltas"], deltas)


@pytest.mark.parametrize(
    ("way", "made", "in_one_pass", "reason"),
    [
        ("numpy", InOnePass, True, "NumPy's own BLAS adds"),
        ("scipy", InOnePassOfSciPy, True, "SciPy's is used"),
        ("passes", InPasses, False, "SciPy is not installed"),
    ],
)
def test_the_quickest_way_at_hand_is_taken(
    way: str, made: type, in_one_pass: bool, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    leave(way, monkeypatch)
    given = operands(np.float32)
    assert type(products.accumulation(**given, product=np.empty((6, 4), np.float32))) is made
    found = products.way(np.float32)
    assert found.in_one_pass is in_one_pass
    assert reason in found.reason


@pytest.mark.parametrize("count", ["2", "", "all"])
def test_scipys_product_is_used_where_one_thread_was_chosen_only(
    count: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    leave("scipy", monkeypatch)
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", count)
    given = operands(np.float32)
    assert type(products.accumulation(**given, product=np.empty((6, 4), np.float32))) is InPasses
    found = products.way(np.float32)
    assert not found.in_one_pass
    assert found.reason.endswith("where one thread was chosen")


@pytest.mark.parametrize("name", ["below", "deltas", "scaled"])
def test_what_does_not_lie_in_rows_goes_another_way(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    leave("numpy", monkeypatch)
    given = operands(np.float32)
    given[name] = np.asfortranarray(given[name])
    made = products.accumulation(**given, product=np.empty((6, 4), np.float32))
    assert type(made) is not InOnePass
    to = np.zeros((6, 4), np.float32)
    made.add(1.0, to)
    np.testing.assert_allclose(to, given["below"].T @ given["deltas"], rtol=1e-5, atol=1e-5)


def test_without_scipy_there_is_no_product_of_scipy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(products, "_scipy_blas", products._scipy_blas.__wrapped__)
    monkeypatch.setattr(products, "find_spec", lambda name: None)
    assert products.find_scipy_gemm(np.float32) is None


def test_should_the_functions_move_their_public_name_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    from scipy.linalg.blas import sgemm

    monkeypatch.setattr(products, "_scipy_blas", products._scipy_blas.__wrapped__)
    monkeypatch.setattr(PathFinder, "find_spec", lambda *_: None)
    assert products.find_scipy_gemm(np.float32) is sgemm


@pytest.mark.parametrize("dtype", [np.float16, np.longdouble])
def test_precisions_that_no_blas_has_are_computed_in_passes(dtype: Any) -> None:
    given = operands(dtype)
    assert type(products.accumulation(**given, product=np.empty((6, 4), dtype))) is InPasses


def test_scipy_itself_is_not_imported_and_can_be_afterwards() -> None:
    code = (
        "import sys, numpy as np, nnbp.products as p\n"
        "assert p.find_scipy_gemm('f') is not None and 'scipy' not in sys.modules\n"
        "from scipy.linalg import solve; assert solve(np.eye(2), [1.0, 2.0])[1] == 2.0"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def trained(dtype: Any) -> list[oracles.Array]:
    rng = np.random.default_rng(2)
    examples = Examples(rng.random((50, 12)), rng.integers(0, 3, 50))
    settings = Settings(epochs=4, batch_size=7)
    state = State.begin((12, 8, 6, 3), settings, seed=1, dtype=dtype)
    list(train(state, examples, None, settings))
    return list(state.network.parameters)


@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float32, 1e-5), (np.float64, 1e-13)])
def test_a_training_comes_to_the_same_in_each_way_within_rounding(
    monkeypatch: pytest.MonkeyPatch, dtype: Any, tolerance: float
) -> None:
    results = []
    for way in ("numpy", "scipy", "passes"):
        leave(way, monkeypatch)
        results.append(trained(dtype))
    for others in results[1:]:
        for a, b in zip(results[0], others, strict=True):
            np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("way", WAYS)
def test_mean_gradients_of_parameters_in_any_order_are_the_same(
    way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    leave(way, monkeypatch)
    network, inputs, targets = problem((5, 4, 3), batch=6)
    expected = mean_gradients(network, inputs, targets, COSTS["quadratic"])
    network.parameters[:] = [np.asfortranarray(layer) for layer in network.parameters]
    found = mean_gradients(network, inputs, targets, COSTS["quadratic"])
    for a, b in zip(oracles.flatten(found), oracles.flatten(expected), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-12)
