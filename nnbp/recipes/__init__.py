"""Published results as recipes: what to train, what was published, and how the two compare.

    names(), find(), known()   the recipes that come with nnbp
    read()                     a recipe from its file
    Run, Estimate, Results     trainings of recipes, and the JSON file that keeps them
    Reproduction               the trainings of one recipe beside its published figure
    page()                     all of them as a page of Markdown

Nothing here trains: `nnbp reproduce` does. The names are looked up on first use (PEP 562).
"""

from typing import TYPE_CHECKING

from nnbp import lazy

if TYPE_CHECKING:
    from nnbp.recipes.markdown import page as page
    from nnbp.recipes.reading import find as find
    from nnbp.recipes.reading import known as known
    from nnbp.recipes.reading import names as names
    from nnbp.recipes.reading import read as read
    from nnbp.recipes.recipe import Published as Published
    from nnbp.recipes.recipe import Recipe as Recipe
    from nnbp.recipes.reproduction import Reproduction as Reproduction
    from nnbp.recipes.results import Estimate as Estimate
    from nnbp.recipes.results import Machine as Machine
    from nnbp.recipes.results import Results as Results
    from nnbp.recipes.results import Run as Run

__getattr__, __dir__, __all__ = lazy.names(
    __name__,
    {
        "markdown": ["page"],
        "reading": ["find", "known", "names", "read"],
        "recipe": ["Published", "Recipe"],
        "reproduction": ["Reproduction"],
        "results": ["Estimate", "Machine", "Results", "Run"],
    },
)
