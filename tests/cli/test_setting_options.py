"""The options of the settings: defaults, errors that name options, and options without effect."""

from dataclasses import fields
from typing import Any

import click
import pytest

from nnbp import Settings
from nnbp.cli.distort_options import distort_options, strengths
from nnbp.cli.setting_options import ignored_options, option_name, setting_options, settings_from

SIZES = (784, 30, 10)


@click.command
@setting_options
@distort_options
def train(**choices: Any) -> None: ...


def parsed(*arguments: str) -> dict[str, Any]:
    return train.make_context("train", list(arguments)).params


def message(**choices: Any) -> str:
    with pytest.raises(click.BadParameter) as caught:
        settings_from(choices)
    return caught.value.format_message()


def test_every_setting_has_an_option_with_its_default() -> None:
    values = parsed()
    assert settings_from(values | strengths(values.pop("distort"), values)) == Settings()
    options = {option.opts[0] for option in train.params} - {"--distort"}
    assert options == {option_name(f.name) for f in fields(Settings)}


def test_conflicting_settings_name_the_options() -> None:
    assert message(nesterov=True) == "Invalid value for '--nesterov': it needs a --momentum above 0"
    assert message(warmup=3, epochs=3) == "Invalid value for '--warmup': it has to be less than --epochs"


@pytest.mark.parametrize(
    "setting", [f.name for f in fields(Settings) if f.name not in ("nesterov", "deskew")]
)
def test_a_setting_out_of_range_names_its_option(setting: str) -> None:
    wrong = "nothing" if isinstance(getattr(Settings, setting), str) else -1
    assert message(**{setting: wrong}).startswith(f"Invalid value for '{option_name(setting)}': ")


def test_an_error_about_something_else_is_passed_on() -> None:
    with pytest.raises(TypeError):
        settings_from({"velocity": 1})


def test_an_option_without_effect_is_named_with_the_reason() -> None:
    given = ["step_every", "step_factor", "epochs"]
    assert ignored_options(Settings(), SIZES, given) == [
        "--step-every has no effect without --schedule step",
        "--step-factor has no effect without --schedule step",
    ]
    assert ignored_options(Settings(), SIZES, ["step_factor"]) == [
        "--step-factor has no effect without --schedule step"
    ]
    assert ignored_options(Settings(schedule="step", step_every=3, epochs=3), SIZES, given[:1]) == [
        "--step-every has no effect in 3 epochs, since the first step comes after 3"
    ]


def test_dropout_has_no_effect_without_hidden_neurons() -> None:
    assert ignored_options(Settings(dropout=0.5), (784, 10), ["dropout"]) == [
        "--dropout has no effect without a hidden layer"
    ]
    assert ignored_options(Settings(dropout=0.5), SIZES, ["dropout"]) == []
    assert ignored_options(Settings(dropout=0.0), (784, 10), ["dropout"]) == []


def test_options_with_an_effect_and_options_not_given_are_not_mentioned() -> None:
    assert ignored_options(Settings(), SIZES, []) == []
    assert ignored_options(Settings(), SIZES, ["schedule", "epochs", "sizes"]) == []
    given = ["step_every", "step_factor", "schedule"]
    assert ignored_options(Settings(schedule="step", step_every=2, epochs=3), SIZES, given) == []
