"""A training whose numbers become infinite or NaN ends with an error that says where."""

from collections.abc import Sequence

import numpy as np
import pytest
from support.problems import byte_examples, network_in, training_problem

from nnbp import DivergenceError, Examples, Settings, Training, minibatches
from nnbp.arrays import Layers
from nnbp.sgd import diverged
from nnbp.updates import GradientDescent


def test_divergence_in_the_very_last_step_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    network, examples = training_problem(count=25)
    steps = []

    def spoil(self: GradientDescent, gradients: Layers, rates: Sequence[float]) -> None:
        steps.append(rates)
        if len(steps) == 3:
            network.weights[1][0, 0] = np.inf

    monkeypatch.setattr(GradientDescent, "step", spoil)
    with pytest.raises(DivergenceError, match=r"^epoch 1, mini-batch 3: "):
        list(Training(network, Settings(epochs=2), np.random.default_rng(0)).run(examples))


@pytest.mark.parametrize("block_bytes", [1, 10**6])
def test_divergence_names_the_epoch_and_the_mini_batch_whose_cost_is_not_finite(
    block_bytes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(minibatches, "BLOCK_BYTES", block_bytes)
    network, examples = training_problem(count=40)
    network = network_in(np.float32, network)
    images = examples.images.astype(np.float32)
    images[17] = np.nan
    settings = Settings(epochs=2, batch_size=10, learning_rate=0.2)
    order = np.random.default_rng(4).permutation(40).tolist()
    with pytest.raises(DivergenceError) as caught:
        list(Training(network, settings, np.random.default_rng(4)).run(Examples(images, examples.labels)))
    assert str(caught.value).startswith(f"epoch 1, mini-batch {order.index(17) // 10 + 1}: ")
    assert "a learning rate of 0.02" in str(caught.value)


def test_an_enormous_rate_diverges_without_a_warning_from_numpy() -> None:
    network, examples = training_problem()
    network = network_in(np.float32, network)
    settings = Settings(epochs=5, learning_rate=1e38, l2=1e9)
    with np.errstate(all="warn"), pytest.raises(DivergenceError):
        list(Training(network, settings, np.random.default_rng(0)).run(examples))


def test_a_training_ends_when_a_number_is_not_finite(engine: str) -> None:
    settings = Settings(epochs=5, learning_rate=1e38, l2=1e9)
    training = Training.begin((12, 8, 3), settings, seed=1)
    with pytest.raises(DivergenceError, match=r"^epoch 1, mini-batch \d+: "):
        list(training.run(byte_examples(40, 12, 3), engine=engine))


def test_the_error_says_where_what_happened_and_what_to_try() -> None:
    assert str(diverged(3, 25, Settings(batch_size=10, learning_rate=0.5), 100)) == (
        "epoch 3, mini-batch 3: training diverged: the cost or a weight became infinite or NaN; "
        "try a learning rate of 0.05"
    )
    assert str(diverged(1, 10_000, Settings(batch_size=10), 50_000)).startswith("epoch 1, mini-batch 1,001: ")
