"""The verdict on a recipe: mean, deviation and standard error over its seeds, worked out by hand."""

from dataclasses import replace

import pytest

from nnbp.recipes import Machine, Published, Recipe, Reproduction, Run
from nnbp.settings import Settings

PUBLISHED = Published(98.0, "Somebody", 1999, "A paper", "last epoch")
RECIPE = Recipe("theirs", "A network", (784, 10), Settings(), published=PUBLISHED)
OURS = replace(RECIPE, name="ours", published=None, goal=98.0)


def run(correct: int, seed: int = 1, total: int = 10_000, dataset: str = "mnist") -> Run:
    machine = Machine("A processor", 2, "v4")
    training = RECIPE.training
    return Run(
        "theirs", training, seed, "native", dataset, "00", correct, total, 2.0 * seed, None, "", "1", machine
    )


def of(*correct: int, recipe: Recipe = RECIPE) -> Reproduction:
    return Reproduction(recipe, [run(each, seed) for seed, each in enumerate(correct, 1)])


def test_the_figures_of_three_seeds() -> None:
    found = of(9_810, 9_800, 9_790)
    assert found.mean == pytest.approx(0.98)
    assert found.deviation == pytest.approx(0.001)  # √((10² + 0 + 10²)/2) of 10,000
    assert found.seconds == pytest.approx(4.0)
    # √(0.98·0.02/10,000 + 0.001²/3)
    assert found.standard_error == pytest.approx(0.0015143, rel=1e-4)


def test_one_seed_has_no_deviation_and_the_error_of_its_own_images() -> None:
    found = of(9_700)
    assert found.deviation is None
    # √(0.98·0.02/10,000 + 0.97·0.03/10,000)
    assert found.standard_error == pytest.approx(0.0022068, rel=1e-4)


def test_seeds_that_fail_do_not_widen_the_allowance() -> None:
    found = of(9_850, 9_850, 6_800)
    assert found.mean == pytest.approx(0.8833, abs=1e-4)
    # √(0.98·0.02/10,000 + 0.8833·0.1167/10,000), although s is 0.18.
    assert found.standard_error == pytest.approx(0.0035019, rel=1e-3)
    assert found.verdict == "below"


def test_a_mean_within_two_standard_errors_is_reproduced() -> None:
    # Two seeds alike: only √(0.98·0.02/10,000) = 0.0014 is left, so that 0.9772 is the limit.
    assert of(9_772, 9_772).verdict == "reproduced"
    assert of(9_771, 9_771).verdict == "below"
    assert of(9_999, 9_999).verdict == "reproduced"


def test_a_goal_is_reached_exactly_or_missed() -> None:
    assert of(9_800, 9_800, 9_800, recipe=OURS).verdict == "reached"
    assert of(9_810, 9_790, 9_800, recipe=OURS).verdict == "reached"
    assert of(9_800, 9_799, recipe=OURS).verdict == "missed"
    assert of(9_800, 9_800, recipe=OURS).standard_error == 0


def test_figures_of_another_data_set_have_no_verdict_nor_has_a_recipe_without_trainings() -> None:
    assert Reproduction(RECIPE, [run(9_900, dataset="sample")]).verdict is None
    assert of().verdict is None
