"""The options for distorting images: presets, strengths that override them, and errors that name options."""

from dataclasses import fields
from pathlib import Path
from typing import Any

import click
import pytest

from nnbp.cli.distort_options import distort_options, distortion_from, strengths
from nnbp.distortions import PRESETS, Distortion

ROOT = Path(__file__).parents[2]


@click.command
@distort_options
def command(**choices: Any) -> None: ...


def parsed(*arguments: str) -> dict[str, Any]:
    given = command.make_context("command", list(arguments)).params
    return {"distort": given.pop("distort"), "given": given}


def test_there_is_an_option_for_each_strength_and_one_for_presets() -> None:
    names = {f"--{field.name}" for field in fields(Distortion)}
    assert {option.opts[0] for option in command.params} == {"--distort", *names}


def test_without_an_option_there_is_no_distortion() -> None:
    assert distortion_from(**parsed()) is None
    assert strengths(**parsed()) == {"elastic": (0, 0), "rotate": 0, "scale": 0, "shear": 0, "shift": 0}
    assert distortion_from(**parsed("--elastic", "0,5")) is None


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_is_itself(name: str) -> None:
    assert distortion_from(**parsed("--distort", name)) == PRESETS[name]


def test_a_strength_overrides_that_of_the_preset_wherever_it_stands() -> None:
    expected = Distortion(elastic=(37, 5), rotate=0, scale=0.12, shift=2)
    assert distortion_from(**parsed("--rotate", "0", "--distort", "full", "--shift", "2")) == expected
    weaker = distortion_from(**parsed("--distort", "elastic", "--elastic", "1.5,0.5"))
    assert weaker == Distortion(elastic=(1.5, 0.5))


def test_strengths_make_a_distortion_without_a_preset() -> None:
    given = ("--elastic", "34,4", "--rotate", "7.5", "--scale", "0.2", "--shear", "0.1", "--shift", "1")
    assert distortion_from(**parsed(*given)) == Distortion((34, 4), 7.5, 0.2, 0.1, 1)


@pytest.mark.parametrize(
    ("option", "value", "reason"),
    [
        ("--elastic", "37", "is not a list of 2 numbers"),
        ("--elastic", "37,5,1", "is not a list of 2 numbers"),
        ("--elastic", "a,b", "is not a list of 2 numbers"),
        ("--elastic", "", "is not a list of 2 numbers"),
        ("--elastic", "nan,5", "is not a list of 2 numbers"),
        ("--elastic", "37,0", "α has to be from 0 to 1000, and σ from 0.5 to 20 pixels"),
        ("--rotate", "181", "is not in the range"),
        ("--scale", "0.6", "is not in the range"),
        ("--shear", "nan", "is not a finite number"),
        ("--shift", "-1", "is not in the range"),
        ("--distort", "ful", "Did you mean 'full'?"),
    ],
)
def test_a_wrong_value_is_a_usage_error_that_names_the_option(option: str, value: str, reason: str) -> None:
    with pytest.raises(click.BadParameter) as caught:
        distortion_from(**parsed(option, value))
    message = caught.value.format_message()
    assert message.startswith(f"Invalid value for '{option}': ")
    assert reason in message


def test_the_table_of_presets_in_the_documentation_is_right() -> None:
    lines = (ROOT / "docs" / "data.md").read_text("utf-8").splitlines()
    for name, preset in PRESETS.items():
        alpha, sigma = preset.elastic
        found = [line for line in lines if line.startswith(f"| `{name}` |")]
        values = (preset.rotate, preset.scale, preset.shear, preset.shift)
        cells = [
            f"{alpha:g},{sigma:g}" if alpha else "–",
            *(f"{value:g}" if value else "–" for value in values),
        ]
        assert found == [f"| `{name}` | {' | '.join(cells)} |"]
