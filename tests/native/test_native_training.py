"""The compiled engine against a loop over the examples in float64."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st
from support.compiled import AVAILABLE, FUSED, Way, check_against_the_loop, each_way
from support.problems import byte_examples

from nnbp import Examples, Settings, Training
from nnbp.settings import COST_NAMES

SIZES = [(20, 5), (20, 33, 5), (30, 16, 47, 9), (25, 17, 32, 5, 3), (784, 30, 10)]
CHOICES: list[dict[str, Any]] = [
    {},
    {"l2": 3.0},
    {"l1": 2.0},
    {"l1": 0.7, "l2": 1.5},
    {"l1": 0.7, "l2": 5.5},  # at a rate of 3 the decay changes the signs that L1 has to have from before
    {"momentum": 0.9},
    {"momentum": 0.6, "l1": 0.7, "l2": 1.5},
    {"momentum": 0.9, "nesterov": True, "l2": 1.5},
    {"momentum": 0.5, "nesterov": True, "l1": 0.7},
    {"dropout": 0.4},
    {"dropout": 0.2, "momentum": 0.8, "nesterov": True, "l1": 0.3, "l2": 0.9},
]


def small_steps(**choices: Any) -> Settings:
    return Settings(**{"epochs": 1, "learning_rate": 0.3, "l2": 0.0, **choices})


@pytest.mark.parametrize("cost", COST_NAMES)
@pytest.mark.parametrize("choices", CHOICES, ids=str)
@pytest.mark.parametrize("sizes", SIZES, ids=str)
def test_one_mini_batch_is_that_of_the_loop(
    sizes: tuple[int, ...], choices: dict[str, Any], cost: str
) -> None:
    settings = Settings(
        **{"learning_rate": 3.0, "l2": 0.0, "epochs": 1, "cost": cost, "batch_size": 11, **choices}
    )
    for way in each_way():
        training = Training.begin(sizes, settings, seed=3)
        check_against_the_loop(training, byte_examples(11, sizes[0], sizes[-1]), way)


@pytest.mark.parametrize("cost", COST_NAMES)
@pytest.mark.parametrize("choices", CHOICES, ids=str)
@pytest.mark.parametrize("batch_size", [1, 7, 26])
def test_several_mini_batches_and_a_smaller_last_one_are_those_of_the_loop(
    batch_size: int, choices: dict[str, Any], cost: str
) -> None:
    sizes, settings = (30, 19, 33, 4), small_steps(cost=cost, batch_size=batch_size, **choices)
    for way in each_way(threads=2):
        training = Training.begin(sizes, settings, seed=3)
        check_against_the_loop(training, byte_examples(3 * batch_size + 5, 30, 4), way)


@pytest.mark.parametrize("instructions", FUSED)
@pytest.mark.parametrize("sizes", SIZES, ids=str)
def test_many_images_at_a_time_are_those_of_the_loop(sizes: tuple[int, ...], instructions: str) -> None:
    settings = small_steps(batch_size=300, l2=2.0, epochs=3)
    for way in each_way(threads=2, instructions=instructions):
        training = Training.begin(sizes, settings, seed=3)
        check_against_the_loop(training, byte_examples(310, sizes[0], sizes[-1]), way)


@pytest.mark.parametrize("cost", COST_NAMES)
@pytest.mark.parametrize("outputs", [4, 8, 16, 32])
def test_outputs_that_fill_the_vectors_of_a_processor_are_those_of_the_loop(outputs: int, cost: str) -> None:
    settings = small_steps(l2=30.0, cost=cost, batch_size=5)
    for instructions in AVAILABLE:
        training = Training.begin((20, 16, outputs), settings, seed=3)
        check_against_the_loop(training, byte_examples(17, 20, outputs), Way(instructions=instructions))


@pytest.mark.parametrize("choices", CHOICES, ids=str)
def test_black_images_are_those_of_the_loop(choices: dict[str, Any]) -> None:
    settings = small_steps(batch_size=10, **choices)
    black = Examples(np.zeros((25, 40), np.uint8), np.arange(25, dtype=np.int32) % 3)
    for way in each_way():
        check_against_the_loop(Training.begin((40, 18, 3), settings, seed=3), black, way)


@pytest.mark.parametrize("l2", [30.0, 300.0, 2000.0])
def test_weights_that_decay_quickly_are_those_of_the_loop(l2: float) -> None:
    # 0.3 * 2000/60 is 10: a step changes the sign of the weights, and makes them 9 times as large.
    settings = small_steps(batch_size=10, epochs=1 if l2 == 2000.0 else 4, l2=l2, schedule="constant")
    for way in each_way(threads=2):
        training = Training.begin((40, 18, 20, 3), settings, seed=3)
        shown = byte_examples(60 if l2 < 2000.0 else 10, 40, 3)
        check_against_the_loop(training, shown, way)


@limits(max_examples=60, deadline=None)
@given(
    sizes=st.lists(st.integers(1, 70), min_size=2, max_size=5).map(tuple),
    batch_size=st.integers(1, 160),
    minibatches=st.floats(0.2, 3.0),
    lit=st.sampled_from([0.0, 0.05, 0.2, 0.5, 1.0]),
    way=st.builds(
        Way,
        threads=st.integers(1, 6),
        dense=st.booleans(),
        most_bytes=st.sampled_from([0, 1 << 26]),
        instructions=st.sampled_from(FUSED),
        per_call=st.sampled_from([None, 1, 2]),
    ),
    choices=st.sampled_from(CHOICES),
    cost=st.sampled_from(COST_NAMES),
    seed=st.integers(0, 1000),
)
def test_training_any_network_agrees_with_the_loop(
    sizes: tuple[int, ...],
    batch_size: int,
    minibatches: float,
    lit: float,
    way: Way,
    choices: dict[str, Any],
    cost: str,
    seed: int,
) -> None:
    settings = small_steps(cost=cost, batch_size=batch_size, **choices)
    shown = byte_examples(max(1, int(minibatches * batch_size)), sizes[0], sizes[-1], lit, seed)
    training = Training.begin(sizes, settings, seed)
    # Equal examples, such as images of one black pixel, are rounded the same way each time.
    check_against_the_loop(training, shown, way, roundings=len(shown.labels))


def test_a_rate_that_is_zero_in_float32_changes_nothing() -> None:
    settings = small_steps(epochs=2, batch_size=10, schedule="step", step_every=1, step_factor=1e-60)
    for way in each_way(threads=2):
        training = Training.begin((40, 18, 3), settings, seed=3)
        check_against_the_loop(training, byte_examples(25, 40, 3), way)
