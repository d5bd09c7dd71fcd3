"""A training as the command that does it."""

import shlex

from nnbp.cli.command_line import train_command
from nnbp.settings import Settings


def test_defaults_are_left_out_and_numbers_are_short() -> None:
    settings = Settings(epochs=3, l2=0.0, learning_rate=0.25, momentum=0.5, nesterov=True)
    line = train_command((784, 30, 10), settings, validation=0, seed=7, diagnose=False, threads=None)
    assert line == (
        "nnbp train --sizes 784,30,10 --epochs 3 --learning-rate 0.25 --l2 0 --momentum 0.5 --nesterov "
        "--validation 0 --seed 7"
    )


def test_a_flag_has_no_value_and_a_folder_is_quoted() -> None:
    line = train_command((2, 2), Settings(), diagnose=True, dataset="my digits")
    assert shlex.split(line)[4:] == ["--diagnose", "--dataset", "my digits"]


def test_several_numbers_are_separated_by_commas() -> None:
    line = train_command((2, 2), Settings(elastic=(37.0, 5.5), layer_rates=(8.0,)))
    assert "--layer-rates 8 " in line
    assert "--elastic 37,5.5" in line
