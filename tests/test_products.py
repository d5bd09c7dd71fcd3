"""The product that training adds to its parameters: SciPy's way and NumPy's, against float64 sums."""

import subprocess
import sys
from importlib.machinery import PathFinder
from typing import Any

import numpy as np
import oracles
import pytest
from problems import problem

from nnbp import Examples, Settings, State, mean_gradients, products, train
from nnbp.costs import COSTS
from nnbp.products import Accumulation, InOnePass, InPasses


@pytest.fixture(autouse=True)
def one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "1")


def operands(dtype: Any) -> dict[str, Any]:
    rng = np.random.default_rng(5)
    # As in training: below is the first rows of a buffer, and so are the deltas.
    below = rng.standard_normal((9, 6)).astype(dtype)[:7]
    deltas = rng.standard_normal((9, 4)).astype(dtype)[:7]
    return {"below": below, "deltas": deltas, "scaled": np.empty_like(deltas)}


def ways(dtype: Any) -> dict[str, tuple[Accumulation, dict[str, Any]]]:
    gemm = products.find_gemm(dtype)
    assert gemm is not None
    mine, yours = operands(dtype), operands(dtype)
    return {
        "numpy": (InPasses(**mine, product=np.empty((6, 4), dtype)), mine),
        "scipy": (InOnePass(**yours, gemm=gemm), yours),
    }


@pytest.mark.parametrize("way", ["numpy", "scipy"])
@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float32, 1e-6), (np.float64, 1e-14)])
@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("with_scales", [False, True])
def test_the_sum_of_the_gradients_is_added_with_its_factor(
    way: str, dtype: Any, tolerance: float, order: Any, with_scales: bool
) -> None:
    accumulation, given = ways(dtype)[way]
    rng = np.random.default_rng(6)
    scales = rng.random((7, 1)).astype(dtype) if with_scales else None
    begun = rng.standard_normal((6, 4))
    to = np.array(begun, dtype, order=order)
    deltas = given["deltas"].copy()
    for _ in range(2):
        accumulation.add(-0.25, to, scales)
    expected = begun.copy()
    for x in range(7):
        scale = 1.0 if scales is None else float(scales[x, 0])
        expected -= 2 * 0.25 * scale * np.outer(given["below"][x].astype("f8"), deltas[x].astype("f8"))
    np.testing.assert_allclose(to, expected, atol=10 * tolerance)
    np.testing.assert_equal(given["deltas"], deltas)


def test_scipy_is_used_where_it_is_installed_and_one_thread_computes(monkeypatch: pytest.MonkeyPatch) -> None:
    given = operands(np.float32)
    made = products.accumulation(**given, product=np.empty((6, 4), np.float32))
    assert isinstance(made, InOnePass)
    assert products.reason() == "SciPy's product is used"
    for others in ("2", "", "all"):
        monkeypatch.setenv("OPENBLAS_NUM_THREADS", others)
        made = products.accumulation(**given, product=np.empty((6, 4), np.float32))
        assert isinstance(made, InPasses)
        assert products.reason().endswith("where one thread was chosen")


def test_without_scipy_numpy_does_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(products, "_scipy_blas", products._scipy_blas.__wrapped__)
    monkeypatch.setattr(products, "find_spec", lambda name: None)
    assert products.find_gemm(np.float32) is None
    assert products.reason() == "SciPy is not installed"


def test_should_the_functions_move_their_public_name_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    from scipy.linalg import blas

    monkeypatch.setattr(products, "_scipy_blas", products._scipy_blas.__wrapped__)
    monkeypatch.setattr(PathFinder, "find_spec", lambda *_: None)
    assert products.find_gemm(np.float32) is blas.sgemm


def test_scipy_itself_is_not_imported_and_can_be_afterwards() -> None:
    code = (
        "import sys, numpy as np, nnbp.products as p\n"
        "assert p.find_gemm('f') is not None and 'scipy' not in sys.modules\n"
        "from scipy.linalg import solve; assert solve(np.eye(2), [1.0, 2.0])[1] == 2.0"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def trained(monkeypatch: pytest.MonkeyPatch, with_scipy: bool, dtype: Any) -> list[oracles.Array]:
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "1" if with_scipy else "2")
    rng = np.random.default_rng(2)
    examples = Examples(rng.random((50, 12)), rng.integers(0, 3, 50))
    settings = Settings(epochs=4, batch_size=7)
    state = State.begin((12, 8, 6, 3), settings, seed=1, dtype=dtype)
    list(train(state, examples, None, settings))
    return list(state.network.parameters)


@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float32, 1e-5), (np.float64, 1e-13)])
def test_a_training_with_scipy_is_one_without_within_rounding(
    monkeypatch: pytest.MonkeyPatch, dtype: Any, tolerance: float
) -> None:
    both = [trained(monkeypatch, with_scipy, dtype) for with_scipy in (True, False)]
    for a, b in zip(*both, strict=True):
        np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance)


def test_mean_gradients_of_parameters_in_any_order_are_the_same() -> None:
    network, inputs, targets = problem((5, 4, 3), batch=6)
    expected = mean_gradients(network, inputs, targets, COSTS["quadratic"])
    network.parameters[:] = [np.asfortranarray(layer) for layer in network.parameters]
    found = mean_gradients(network, inputs, targets, COSTS["quadratic"])
    for a, b in zip(oracles.flatten(found), oracles.flatten(expected), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-12)
