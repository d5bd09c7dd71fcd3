"""Published results as recipes: what to train, what was published, and how the two compare.

    read()          a recipe from its file
    known()         the recipes that come with nnbp
    Recipe          a recipe
    Run, Results    trainings of recipes, and the JSON file that keeps them
    Reproduction    the trainings of one recipe beside its published figure
    page()          all of them as a page of Markdown

Nothing here trains: `nnbp reproduce` does.
"""

from nnbp.recipes.page import page as page
from nnbp.recipes.reading import known as known
from nnbp.recipes.reading import read as read
from nnbp.recipes.recipe import Published as Published
from nnbp.recipes.recipe import Recipe as Recipe
from nnbp.recipes.reproduction import Reproduction as Reproduction
from nnbp.recipes.results import Estimate as Estimate
from nnbp.recipes.results import Machine as Machine
from nnbp.recipes.results import Results as Results
from nnbp.recipes.results import Run as Run
