"""A recipe read from its TOML file, every key of which is checked."""

import re
import tomllib
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any

from nnbp.errors import RejectedFileError
from nnbp.recipes import keys
from nnbp.recipes.recipe import PLACES, Published, Recipe
from nnbp.settings import Settings
from nnbp.sizes import check_sizes

_SUFFIX = ".toml"
_FORMAT = "docs/reproduce.md describes recipes"

# Ten times the longest recipe. Keys of many dots take quadratic time: this many bytes of them, a second.
_MOST_BYTES = 16_384

# A name is a heading and a link of the page.
_NAME = re.compile(r"[\w.-]+")


def names() -> list[str]:
    """The names of the recipes that come with nnbp, in order."""
    files = (file.name for file in resources.files("nnbp.recipes").iterdir())
    return sorted(name.removesuffix(_SUFFIX) for name in files if name.endswith(_SUFFIX))


def find(name: str) -> Recipe:
    """The recipe of this name that comes with nnbp. Raises FileNotFoundError if there is none."""
    file = f"{name}{_SUFFIX}"
    return parse((resources.files("nnbp.recipes") / file).read_bytes(), file, name)


def known() -> list[Recipe]:
    """The recipes that come with nnbp, in the order of their names."""
    return [find(name) for name in names()]


def read(path: str) -> Recipe:
    """The recipe in a file. Raises RejectedFileError, which names what is wrong, and OSError."""
    name = Path(path).name.removesuffix(_SUFFIX)
    if not _NAME.fullmatch(name):
        raise RejectedFileError(path, "its name is not letters, digits, '.', '_' and '-'", "rename the file")
    with Path(path).open("rb") as file:
        content = file.read(_MOST_BYTES + 1)
    return parse(content, path, name)


def parse(content: bytes, where: str, name: str) -> Recipe:
    """The recipe of this name from the content of its file. Raises RejectedFileError."""
    if len(content) > _MOST_BYTES:
        raise RejectedFileError(where, f"it is larger than a recipe, {_MOST_BYTES:,} bytes", _FORMAT)
    try:
        return _recipe(tomllib.loads(content.decode()), name)
    except UnicodeDecodeError as error:
        raise RejectedFileError(where, "it is not UTF-8", _FORMAT) from error
    except tomllib.TOMLDecodeError as error:
        raise RejectedFileError(where, f"it is not TOML: {error}", _FORMAT) from error
    except RecursionError as error:
        raise RejectedFileError(where, "its arrays are nested too deeply", _FORMAT) from error
    except (ValueError, OverflowError) as error:
        raise RejectedFileError(where, str(error), f"correct it; {_FORMAT}") from error


def _recipe(table: dict[str, Any], name: str) -> Recipe:
    """The recipe in a table. Raises ValueError."""
    keys.check("the file", table, keys.TOP, ("title", "training"))
    training = table.pop("training")
    keys.check("[training]", training, keys.TRAINING, ("sizes",))
    published = _published(table.pop("published", None))
    if (published is None) == ("goal" not in table):
        raise ValueError("it needs either a [published] figure or a goal")
    if not 0 <= table.get("goal", 0) <= 100:
        raise ValueError(f"goal is {table['goal']}; it has to be in percent, 0 to 100")
    if published is not None and published.on == "validation" and not training.get("validation"):
        raise ValueError("its figure is on validation examples, but [training] has no validation")
    sizes = tuple(training.pop("sizes"))
    check_sizes(sizes)
    others = {key: training.pop(key) for key in ("validation", "dataset") if key in training}
    if others.get("validation", 0) < 0:
        raise ValueError(f"validation is {others['validation']}; it has to be 0 or more")
    settings = _settings(training)
    if settings.layer_rates and len(settings.layer_rates) != len(sizes) - 1:
        found, layers = len(settings.layer_rates), len(sizes) - 1
        raise ValueError(f"layer_rates has {found} numbers; it has to have {layers}, one for each layer")
    return Recipe(name=name, sizes=sizes, settings=settings, published=published, **others, **table)


def _published(table: dict[str, Any] | None) -> Published | None:
    if table is None:
        return None
    keys.check("[published]", table, keys.PUBLISHED, ("accuracy", "authors", "year", "source", "measured"))
    published = Published(**table)
    if not 0 < published.accuracy < 100:
        raise ValueError(f"accuracy is {published.accuracy}; it has to be in percent, between 0 and 100")
    if published.on not in PLACES:
        raise ValueError(f"on is {published.on!a:.40}; it has to be one of {', '.join(PLACES)}")
    if published.examples < 1:
        raise ValueError(f"examples is {published.examples}; it has to be at least 1")
    return published


def _settings(values: Mapping[str, Any]) -> Settings:
    """The settings. Raises ValueError, which names the one that is out of range."""
    numbers: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else float(value) if kind == keys.NUMBER else value
        for name, value in values.items()
        if (kind := keys.TRAINING[name])
    }
    return Settings(**numbers)
