"""The settings: their ranges, and the learning rate of each epoch."""

import math
import re
from dataclasses import replace
from typing import Any

import pytest

from nnbp import Settings
from nnbp.distortions import Distortion


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
        {"layer_rates": (1.0, 0.0)},
        {"layer_rates": (float("inf"),)},
        {"layer_rates": (1.0, 9e-7)},
        {"layer_rates": (1.1e6, 1.0)},
        {"layer_rates": 8.0},
        {"layer_rates": ("8", "1")},
        {"input_dropout": -0.1},
        {"input_dropout": 1.0},
        {"max_norm": -1.0},
        {"max_norm": float("inf")},
        {"elastic": (-1.0, 5.0)},
        {"elastic": (37.0, 0.4)},
        {"elastic": (37.0,)},
        {"rotate": -1.0},
        {"rotate": 181.0},
        {"scale": 0.6},
        {"shear": 1.1},
        {"shift": 101.0},
    ],
)
def test_settings_out_of_range_are_refused(wrong: dict[str, Any]) -> None:
    ((name, value),) = wrong.items()
    with pytest.raises(ValueError, match=re.escape(f"{name} is {value!r}")):
        replace(Settings(), **wrong)


@pytest.mark.parametrize(
    ("wrong", "needed"),
    [
        ({"epochs": 0}, "1 to 100,000"),
        ({"batch_size": 0}, "at least 1"),
        ({"learning_rate": 0.0}, "a finite number above 0"),
        ({"schedule": "cyclic"}, "one of constant, linear, cosine, step"),
        ({"step_every": 0}, "at least 1"),
        ({"step_factor": 0.0}, "above 0 and at most 1"),
        ({"warmup": 30}, "0 or more, and fewer than the epochs"),
        ({"cost": "hinge"}, "one of quadratic, cross-entropy, log-likelihood"),
        ({"l1": -0.1}, "a finite number, 0 or more"),
        ({"l2": -0.1}, "a finite number, 0 or more"),
        ({"momentum": 1.0}, "0 or more and below 1"),
        ({"nesterov": True}, "False without momentum"),
        ({"dropout": 1.0}, "0 or more and below 1"),
        ({"layer_rates": (0.0,)}, "a tuple of numbers from 1e-6 to 1e6, one for each layer"),
        ({"init": "zero"}, "one of scaled, standard, centred"),
        ({"input_dropout": 1.0}, "0 or more and below 1"),
        ({"max_norm": -1.0}, "a finite number, 0 or more"),
        ({"rotate": 181.0}, "0 to 180 degrees"),
        ({"patience": -1}, "0 or more"),
        ({"keep": "first"}, "one of last, best"),
    ],
)
def test_a_refused_setting_is_named_with_what_it_has_to_be(wrong: dict[str, Any], needed: str) -> None:
    ((name, value),) = wrong.items()
    with pytest.raises(ValueError, match=re.escape(f"{name} is {value!r}; it has to be {needed}") + "$"):
        replace(Settings(), **wrong)


@pytest.mark.parametrize(
    "bounds",
    [
        {"epochs": 1, "warmup": 0},
        {"epochs": 100_000},
        {"batch_size": 1},
        {"learning_rate": 5e-324},
        {"step_every": 1},
        {"step_factor": 1.0},
        {"warmup": 29},
        {"l1": 0.0, "l2": 0.0},
        {"momentum": 0.0, "nesterov": False},
        {"momentum": 0.999, "nesterov": True},
        {"dropout": 0.0},
        {"patience": 0},
    ],
    ids=str,
)
def test_settings_at_their_bounds_are_accepted(bounds: dict[str, Any]) -> None:
    settings = Settings(**bounds)
    assert {name: getattr(settings, name) for name in bounds} == bounds


def test_only_patience_and_the_best_network_need_validation_examples() -> None:
    assert not Settings().needs_validation
    assert Settings(patience=1).needs_validation
    assert Settings(keep="best").needs_validation


def test_the_distortion_is_none_unless_images_change() -> None:
    assert Settings(elastic=(0.0, 5.0)).distortion is None
    assert Settings(elastic=(37.0, 5.0), shift=0.5).distortion == Distortion(elastic=(37.0, 5.0), shift=0.5)
    changes: list[dict[str, Any]] = [{"rotate": 1.0}, {"scale": 0.1}, {"shear": 0.1}, {"shift": 0.1}]
    for changed in changes:
        assert replace(Settings(), **changed).distortion == Distortion(**changed)
