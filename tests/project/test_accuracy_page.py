"""docs/accuracy.md and the recipe in docs/reproduce.md are what nnbp makes of them now."""

from support.pages import ACCURACY, DOCS, RESULTS, accuracy, blocks

from nnbp.recipes import Results, known
from nnbp.recipes.reading import parse


def test_the_page_is_made_from_the_recipes_and_the_trainings_in_its_file() -> None:
    assert ACCURACY.read_text("utf-8") == accuracy(), "run `make readme`"


def test_every_training_in_the_file_is_of_a_recipe_as_it_is_now() -> None:
    results = Results.loads(RESULTS.read_bytes(), "accuracy.json") if RESULTS.is_file() else Results()
    trainings = {recipe.name: recipe.training for recipe in known()}
    for run in results.runs:
        assert run.training == trainings[run.recipe], run.recipe
        assert run.dataset == "mnist"


def test_the_recipe_shown_is_one() -> None:
    (shown,) = blocks(DOCS / "reproduce.md", "toml")
    recipe = parse(shown.content.encode(), "my.toml", "my")
    assert recipe.published is not None
    assert recipe.validation == 10_000
