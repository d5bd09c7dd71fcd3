"""The settings: their ranges, and the learning rate of each epoch."""

import math
from dataclasses import replace
from typing import Any

import pytest

from nnbp import Settings


@pytest.mark.parametrize(
    ("choices", "expected"),
    [
        ({"schedule": "constant"}, [1, 1, 1, 1]),
        ({"schedule": "linear"}, [1, 0.75, 0.5, 0.25]),
        ({"schedule": "cosine"}, [1, (1 + math.sqrt(0.5)) / 2, 0.5, (1 - math.sqrt(0.5)) / 2]),
        ({"schedule": "step", "step_every": 1, "step_factor": 0.5}, [1, 0.5, 0.25, 0.125]),
        ({"schedule": "step", "step_every": 3}, [1, 1, 1, 0.1]),
        ({"schedule": "constant", "warmup": 3}, [0.25, 0.5, 0.75, 1]),
        ({"schedule": "linear", "warmup": 1}, [0.5, 0.75, 0.5, 0.25]),
    ],
)
def test_rates_follow_their_schedule(choices: dict[str, Any], expected: list[float]) -> None:
    settings = Settings(**{"epochs": 4, "learning_rate": 2.0, **choices})
    assert [settings.rate(epoch) for epoch in (1, 2, 3, 4)] == pytest.approx(
        [2 * fraction for fraction in expected]
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"epochs": 0},
        {"epochs": 100_001},
        {"batch_size": 0},
        {"batch_size": 2.5},
        {"epochs": 3.0},
        {"patience": "2"},
        {"learning_rate": 0.0},
        {"learning_rate": float("inf")},
        {"learning_rate": float("nan")},
        {"l2": -1.0},
        {"l2": float("nan")},
        {"schedule": "cyclic"},
        {"cost": "hinge"},
        {"init": "zero"},
        {"step_every": 0},
        {"step_factor": 0.0},
        {"step_factor": 1.1},
        {"warmup": -1},
        {"warmup": 30},
        {"l1": -0.1},
        {"momentum": -0.1},
        {"momentum": 1.0},
        {"nesterov": True},
        {"dropout": -0.1},
        {"dropout": 1.0},
        {"patience": -1},
        {"keep": "first"},
    ],
)
def test_settings_out_of_range_are_refused(wrong: dict[str, Any]) -> None:
    ((name, value),) = wrong.items()
    with pytest.raises(ValueError, match=f"^{name} is {value!r}"):
        replace(Settings(), **wrong)
