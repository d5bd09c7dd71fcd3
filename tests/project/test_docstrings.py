"""The docstrings of the library: every public name has one, its examples run, and its signature is typed."""

import doctest
import inspect
import pkgutil
from collections.abc import Iterator
from functools import cached_property
from importlib import import_module
from types import ModuleType
from typing import Any

import pytest

import nnbp
import nnbp.data

# The functions of the command line are click's commands, and the compiled library is documented in C.
OTHERS = ("nnbp.__main__", "nnbp.cli", "nnbp.native._engine")


def modules() -> list[str]:
    found = ["nnbp", *(module.name for module in pkgutil.walk_packages(nnbp.__path__, "nnbp."))]
    return [name for name in found if name not in OTHERS and not name.startswith("nnbp.cli.")]


def defined(module: ModuleType) -> Iterator[tuple[str, Any]]:
    """The public functions and classes of a module, with the public methods and properties of the classes."""
    for name, found in vars(module).items():
        if name.startswith("_") or getattr(found, "__module__", None) != module.__name__:
            continue
        if inspect.isclass(found):
            yield name, found
            for attribute, member in vars(found).items():
                if not attribute.startswith("_") and is_code(member):
                    yield f"{name}.{attribute}", getattr(found, attribute)
        elif inspect.isfunction(inspect.unwrap(found)):
            yield name, found


def is_code(member: object) -> bool:
    kinds = (property, cached_property, classmethod, staticmethod)
    # Fields of dataclasses and NamedTuples are not functions.
    return inspect.isfunction(member) or isinstance(member, kinds)


def signature(found: Any) -> inspect.Signature | None:
    """The signature of a function, method or property; None for a class without `__init__`."""
    if inspect.isclass(found):
        constructor = vars(found).get("__init__")
        # `typing` adds one to a protocol.
        written = getattr(constructor, "__module__", None) == found.__module__
        return inspect.signature(constructor) if constructor and written else None
    if isinstance(found, property):
        return inspect.signature(found.fget) if found.fget else None
    return inspect.signature(found.func if isinstance(found, cached_property) else found)


def untyped(found: Any) -> list[str]:
    """The parameters of a signature that have no type, and `return` if the result has none."""
    typed = signature(found)
    if typed is None:
        return []
    empty = inspect.Signature.empty
    names = [
        p.name for p in typed.parameters.values() if p.annotation is empty and p.name not in ("self", "cls")
    ]
    return names + ["return"] * (typed.return_annotation is empty)


@pytest.mark.parametrize("name", modules())
def test_every_public_definition_has_a_docstring_and_a_typed_signature(name: str) -> None:
    module = import_module(name)
    assert module.__doc__
    found = dict(defined(module))
    assert [definition for definition, each in found.items() if not inspect.getdoc(each)] == []
    assert {definition: untyped(each) for definition, each in found.items() if untyped(each)} == {}


@pytest.mark.parametrize("package", [nnbp, nnbp.data], ids=lambda package: package.__name__)
def test_every_public_name_that_can_have_a_docstring_has_one(package: ModuleType) -> None:
    found = {name: getattr(package, name) for name in package.__all__}
    definitions = {name: each for name, each in found.items() if callable(each)}
    assert len(definitions) > 5
    # The docstring of a dataclass that has none is its signature.
    generated = {name for name, each in definitions.items() if (each.__doc__ or "").startswith(f"{name}(")}
    assert {name for name, each in definitions.items() if not each.__doc__} | generated == set()


@pytest.mark.parametrize("name", modules())
def test_the_examples_in_docstrings_produce_the_output_shown(name: str) -> None:
    assert doctest.testmod(import_module(name), raise_on_error=False).failed == 0


@pytest.mark.parametrize(
    "name",
    ["check_gradients", "evaluate", "gradient_inner_products", "mean_clipped_gradients", "mean_gradients",
     "per_example_gradients", "squared_gradient_norms", "Training.begin", "Settings.rate",
     "Examples.hold_out", "Network.predict"],
)  # fmt: skip
def test_the_main_functions_show_an_example(name: str) -> None:
    found: Any = nnbp
    for step in name.split("."):
        found = getattr(found, step)
    assert ">>> " in (inspect.getdoc(found) or "")
