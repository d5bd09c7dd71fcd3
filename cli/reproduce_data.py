"""The data sets of recipes, each loaded once, and how many of their examples are held out."""

from pathlib import Path
from typing import TYPE_CHECKING

from nnbp import data
from nnbp.cli import loading
from nnbp.errors import RejectedFileError
from nnbp.recipes import Recipe

if TYPE_CHECKING:
    from nnbp.data import Dataset

# A recipe counts its validation examples in those of MNIST.
_MNIST = 60_000


class Datasets:
    """The data sets of recipes, or one that replaces them."""

    def __init__(self, override: str | None, bars: bool) -> None:
        """`override` is the data set to use instead of those of the recipes, if any."""
        self.override, self._bars = override, bars
        self._coming: dict[str, data.Loading] = {}
        self._loaded: dict[str, Dataset] = {}

    def name(self, recipe: Recipe) -> str:
        """The name or the folder of the data set that a recipe is trained on."""
        return self.override or recipe.dataset

    def differs(self, recipe: Recipe) -> bool:
        """Whether it is not the recipe's own."""
        return self.override not in (None, recipe.dataset)

    def expect(self, recipe: Recipe) -> None:
        """Check the data set of a recipe, and begin to load it. Raises RejectedFileError if it cannot be."""
        name = self.name(recipe)
        self._check(recipe, name)
        if name not in self._coming:
            self._coming[name] = data.Loading(name)

    def of(self, recipe: Recipe) -> "Dataset":
        """The data set of a recipe, as its network sees it. Raises the errors of `nnbp.data.load`."""
        name = self.name(recipe)
        if name not in self._loaded:
            self._loaded[name] = loading.finish(self._coming[name], self._bars)
        return loading.seen_with(recipe.settings, self._loaded[name])

    def held_out(self, recipe: Recipe) -> int:
        """How many examples it holds out: its number, or the same fraction of a smaller data set."""
        if not self.differs(recipe):
            return recipe.validation
        total = len(self.of(recipe).train_labels)
        return recipe.validation if recipe.validation < total else recipe.validation * total // _MNIST

    def check_held_out(self, recipe: Recipe) -> int:
        """The same number. Raises RejectedFileError if no others, or none to measure on, are left."""
        held_out, total = self.held_out(recipe), len(self.of(recipe).train_labels)
        if held_out >= total or (recipe.on == "validation" and not held_out):
            raise _rejected(
                recipe, f"it holds out {held_out:,} of {total:,} training examples", "correct its validation"
            )
        return held_out

    def _check(self, recipe: Recipe, name: str) -> None:
        """Raise RejectedFileError if there is no such data set, or its images do not fit the network."""
        if name not in data.names() and not Path(name).is_dir():
            known = ", ".join(data.names())
            reason = f"dataset is {name!a:.60}, neither a data set ({known}) nor a folder"
            raise _rejected(recipe, reason, "correct it")
        shape = data.shape(name)
        if (recipe.sizes[0], recipe.sizes[-1]) != (shape.pixels, shape.classes):
            raise _rejected(
                recipe,
                f"its network takes {recipe.sizes[0]:,} pixels and has {recipe.sizes[-1]:,} classes; {name} "
                f"has {shape.pixels:,} pixels and {shape.classes:,} classes",
                "correct its sizes",
            )


def _rejected(recipe: Recipe, reason: str, remedy: str) -> RejectedFileError:
    return RejectedFileError(f"recipe {recipe.name}", reason, f"{remedy}, or choose another --dataset")
