"""Rates per layer, dropout of pixels and max-norm, with every update rule.

Against the loop in float64 and the NumPy engine, and with the same bytes in every way.
"""

from typing import Any

import numpy as np
import pytest
from support.compiled import Way, bytes_of, check_against_the_loop, each_way, train
from support.problems import byte_examples

from nnbp import Settings, Training, native, sgd
from nnbp.settings import COST_NAMES

# As many rates as the deepest network has layers; for others, the first of them.
RATES = {"layer_rates": (4.0, 0.5, 2.0, 1.0)}
RULES: list[dict[str, Any]] = [
    {},
    {"l2": 2.0},
    {"l2": 25.0},  # with the largest rate, a scale is multiplied into the weights every other step
    {"l1": 0.7, "l2": 1.5},
    {"momentum": 0.6, "l1": 0.7, "l2": 1.5},
    {"momentum": 0.9, "nesterov": True, "l2": 1.5},
]
FURTHER: list[dict[str, Any]] = [
    RATES,
    {"input_dropout": 0.3},
    RATES | {"input_dropout": 0.2, "dropout": 0.3},
    {"max_norm": 0.9},
    RATES | {"input_dropout": 0.2, "dropout": 0.3, "max_norm": 1.1},
]
SIZES = [(30, 4), (30, 19, 4), (30, 17, 45, 35, 4)]


def fitting(sizes: tuple[int, ...], **choices: Any) -> Settings:
    """The settings, with as many rates as the network has layers."""
    choices["layer_rates"] = choices.get("layer_rates", ())[: len(sizes) - 1]
    return Settings(**{"epochs": 2, "learning_rate": 0.2, "l2": 0.0, "batch_size": 7, **choices})


@pytest.mark.parametrize("further", FURTHER, ids=str)
@pytest.mark.parametrize("rule", RULES, ids=str)
@pytest.mark.parametrize("sizes", SIZES, ids=str)
def test_every_update_rule_takes_the_steps_of_the_loop(
    sizes: tuple[int, ...], rule: dict[str, Any], further: dict[str, Any]
) -> None:
    shown = byte_examples(33, 30, 4)
    for number, way in enumerate(each_way(threads=2)):
        settings = fitting(sizes, cost=COST_NAMES[number], **rule, **further)
        check_against_the_loop(Training.begin(sizes, settings, seed=3), shown, way)


@pytest.mark.parametrize("factors", [(1e6, 1e-6, 1.0), (1e-6, 1e6, 1e-6)], ids=str)
def test_rates_as_far_apart_as_they_may_be_take_the_steps_of_the_loop(factors: tuple[float, ...]) -> None:
    sizes, shown = (30, 17, 9, 4), byte_examples(33, 30, 4)
    settings = fitting(sizes, learning_rate=1e-6, layer_rates=factors)
    for way in each_way(threads=2):
        check_against_the_loop(Training.begin(sizes, settings, seed=3), shown, way)


@pytest.mark.parametrize("further", FURTHER, ids=str)
@pytest.mark.parametrize("rule", RULES, ids=str)
def test_threads_paths_and_lengths_of_calls_do_not_change_the_bytes(
    rule: dict[str, Any], further: dict[str, Any]
) -> None:
    sizes, shown = (40, 50, 35, 4), byte_examples(95, 40, 4)
    for batch_size in (10, 40):
        outcomes = set()
        for threads in (1, 2, 3):
            for way in (*each_way(threads=threads), Way(threads=threads, per_call=1)):
                training = Training.begin(
                    sizes, fitting(sizes, **rule, **further, batch_size=batch_size), seed=6
                )
                figures = train(training, shown, way)
                outcomes.add((bytes_of(training), *(each.cost for each in figures)))
        assert len(outcomes) == 1


@pytest.mark.parametrize("further", FURTHER, ids=str)
def test_both_engines_have_the_same_network_after_some_epochs(further: dict[str, Any]) -> None:
    sizes, shown = (40, 50, 35, 4), byte_examples(95, 40, 4)
    settings = fitting(sizes, l2=2.0, **further)
    textbook, compiled = (Training.begin(sizes, settings, seed=1) for _ in range(2))
    ours = native.Epochs(compiled.network, [], shown, settings, compiled.rng, threads=2)
    theirs = sgd.Epochs(textbook.network, [], shown, settings, textbook.rng)
    for epoch in (1, 2):
        assert ours.run(epoch).cost == pytest.approx(theirs.run(epoch).cost, rel=1e-5)
    for found, expected in zip(
        [*compiled.network.weights, *compiled.network.biases],
        [*textbook.network.weights, *textbook.network.biases],
        strict=True,
    ):
        np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)
    assert compiled.rng.bit_generator.state == textbook.rng.bit_generator.state


@pytest.mark.parametrize("engine", [native.Epochs, sgd.Epochs])
@pytest.mark.parametrize("rule", RULES, ids=str)
def test_epochs_in_new_buffers_continue_with_the_same_bytes(rule: dict[str, Any], engine: Any) -> None:
    sizes, shown = (40, 50, 35, 4), byte_examples(95, 40, 4)
    settings = fitting(sizes, **rule, **FURTHER[-1])
    outcomes = set()
    for epochs_each in (1, 2):
        training = Training.begin(sizes, settings, seed=6)
        for first in range(1, 3, epochs_each):
            running = engine(training.network, training.velocity, shown, settings, training.rng)
            for epoch in range(first, first + epochs_each):
                running.run(epoch)
        outcomes.add(bytes_of(training))
    assert len(outcomes) == 1


@pytest.mark.parametrize("engine", [native.Epochs, sgd.Epochs])
@pytest.mark.parametrize("rule", [{}, {"l2": 0.1}, {"momentum": 0.9, "nesterov": True}], ids=str)
def test_max_norm_limits_the_weights_into_hidden_neurons_alone(rule: dict[str, Any], engine: Any) -> None:
    sizes, shown = (40, 50, 35, 4), byte_examples(95, 40, 4)
    settings = fitting(sizes, **rule, max_norm=0.6, learning_rate=0.5)
    training = Training.begin(sizes, settings, seed=6)
    engine(training.network, training.velocity, shown, settings, training.rng).run(1)
    *hidden, outputs = (np.linalg.norm(weights.astype(float), axis=0) for weights in training.network.weights)
    for norms in hidden:
        # The last step may have shortened the longest.
        assert 0.55 < norms.max() < 0.6 * (1 + 1e-6)
    assert outputs.max() > 0.7


def test_a_norm_that_is_never_reached_changes_nothing() -> None:
    sizes, shown = (40, 50, 35, 4), byte_examples(95, 40, 4)
    outcomes = set()
    for most in (0.0, 100.0):
        training = Training.begin(sizes, fitting(sizes, l2=25.0, max_norm=most), seed=6)
        train(training, shown, Way(threads=2))
        outcomes.add(bytes_of(training))
    assert len(outcomes) == 1


@pytest.mark.parametrize("rule", RULES, ids=str)
def test_equal_rates_are_one_rate_to_the_last_bit(rule: dict[str, Any]) -> None:
    sizes, shown = (40, 50, 35, 4), byte_examples(95, 40, 4)
    outcomes = set()
    for rate, factors in ((0.5, ()), (0.5, (1.0, 1.0, 1.0)), (0.125, (4.0, 4.0, 4.0))):
        settings = fitting(sizes, **rule, learning_rate=rate, layer_rates=factors)
        training = Training.begin(sizes, settings, seed=6)
        train(training, shown, Way(threads=2))
        outcomes.add(bytes_of(training))
    assert len(outcomes) == 1
