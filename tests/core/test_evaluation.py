"""Accuracy, cost and confusion counts, against a loop over the examples."""

import numpy as np
import pytest
from support import oracles

from nnbp import Examples, Network, evaluate
from nnbp.costs import COSTS


@pytest.mark.parametrize("cost", COSTS)
@pytest.mark.parametrize("count", [1, 249, 250, 1203])
def test_an_evaluation_counts_what_a_loop_over_the_examples_counts(cost: str, count: int) -> None:
    rng = np.random.default_rng(count)
    network = Network.random((6, 5, 4), rng, dtype=np.float64)
    examples = Examples(rng.random((count, 6)), rng.integers(0, 4, count))
    confusion, costs = [[0] * 4 for _ in range(4)], []
    for x, label in zip(examples.images, examples.labels, strict=True):
        confusion[label][int(np.argmax(oracles.activations(network.layers, x)[-1]))] += 1
        costs.append(oracles.cost(cost, network.layers, x, oracles.one_hot([label], 4)[0]))
    found = evaluate(network, examples, COSTS[cost])
    assert found.confusion.tolist() == confusion
    assert found.total == count
    assert found.correct == sum(confusion[i][i] for i in range(4))
    assert found.accuracy == found.correct / count
    assert found.cost == pytest.approx(np.mean(costs), rel=1e-12)


@pytest.mark.parametrize("cost", COSTS)
@pytest.mark.parametrize("count", [1, 249, 1203])
def test_each_engine_counts_what_a_loop_over_the_examples_counts(cost: str, count: int, engine: str) -> None:
    rng = np.random.default_rng(count)
    network = Network.random((12, 7, 4), rng)
    examples = Examples(rng.integers(0, 256, (count, 12), np.uint8), rng.integers(0, 4, count))
    layers = [(w.astype(float), b.astype(float)) for w, b in network.layers]
    targets = oracles.one_hot(examples.labels, 4)
    answers = [oracles.activations(layers, x / 255, cost)[-1] for x in examples.images]
    costs = [oracles.cost(cost, layers, x / 255, y) for x, y in zip(examples.images, targets, strict=True)]
    found = evaluate(network, examples, COSTS[cost], engine)
    assert found.correct == sum(np.argmax(a) == y for a, y in zip(answers, examples.labels, strict=True))
    assert found.confusion.sum(axis=1).tolist() == np.bincount(examples.labels, minlength=4).tolist()
    assert found.cost == pytest.approx(np.mean(costs), rel=1e-5)


def test_saturated_answers_differ_by_their_weighted_inputs() -> None:
    # σ(40) and σ(50) are both exactly 1 in float32: their activations would tie.
    network = Network((1, 2), [np.array([[40.0, 50.0]], np.float32)], [np.zeros(2, np.float32)])
    found = evaluate(network, Examples(np.ones((1, 1)), np.array([1])), COSTS["cross-entropy"])
    assert found.correct == 1


def test_examples_that_do_not_match_the_network_are_refused() -> None:
    network = Network.random((6, 4), np.random.default_rng(0))
    with pytest.raises(ValueError, match=r"\(n, 6\) was expected"):
        evaluate(network, Examples(np.zeros((2, 5)), np.zeros(2, int)), COSTS["quadratic"])


def test_weights_that_are_not_finite_give_such_a_cost_without_a_warning() -> None:
    images, labels = np.ones((3, 2)), np.zeros(3, int)
    for weights in ([[np.inf, 0.0], [-np.inf, 0.0]], [[1e308, 0.0], [1e308, 0.0]]):
        network = Network((2, 2), [np.array(weights)], [np.zeros(2)])
        with np.errstate(all="raise", under="ignore"):
            assert not np.isfinite(evaluate(network, (images, labels), "log-likelihood", engine="numpy").cost)
