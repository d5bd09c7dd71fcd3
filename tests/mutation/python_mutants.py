"""A copy of the package with all of mutmut's mutants in it, each switched on by its name."""

import ast
import configparser
import itertools
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
MUTANTS = ROOT / "build" / "mutation" / "python"


@dataclass(frozen=True)
class Mutant:
    """One of mutmut's mutants.

    name      by which it is switched on
    function  that it changes, as mutmut calls it
    changed   the changed lines, as one
    """

    file: str
    name: str
    line: int
    changed: str

    @property
    def key(self) -> str:
        """The name, and the changed lines: a name may stand for another mutant once the file is edited."""
        return f"{self.name}: {self.changed}"

    @property
    def function(self) -> str:
        """The function that the mutant changes."""
        return self.name.partition("__mutmut_")[0]


def files() -> list[str]:
    """The files that are mutated, as setup.cfg has them for mutmut."""
    return sorted(
        str(path.relative_to(ROOT))
        for pattern in _configured("only_mutate")
        for path in ROOT.glob(pattern)
        if path.suffix == ".py"
    )


def selection() -> list[str]:
    """The tests that are run, as setup.cfg has them for mutmut."""
    return _configured("pytest_add_cli_args_test_selection")


def _configured(option: str) -> list[str]:
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg")
    return config["mutmut"][option].split()


def make() -> None:
    """Copy the package and the tests, and put the mutants in."""
    from mutmut.mutation.file_mutation import mutate_file_contents

    shutil.rmtree(MUTANTS, ignore_errors=True)
    left_out = shutil.ignore_patterns("__pycache__")
    for name in ("nnbp", "cli", "data", "tests"):
        shutil.copytree(ROOT / name, MUTANTS / name, ignore=left_out)
    for name in ("setup.cfg", "pyproject.toml"):
        shutil.copy(ROOT / name, MUTANTS)
    for file in files():
        mutated = mutate_file_contents(file, (ROOT / file).read_text(encoding="utf-8"))
        (MUTANTS / file).write_text(mutated.code, encoding="utf-8")


def all_mutants(chosen: Sequence[str]) -> list[Mutant]:
    """Of these files, or of all that are mutated."""
    return [mutant for file in files() if not chosen or file in chosen for mutant in _mutants_of(file)]


def _mutants_of(file: str) -> list[Mutant]:
    source = (MUTANTS / file).read_text(encoding="utf-8")
    lines, original = source.splitlines(), (ROOT / file).read_text(encoding="utf-8").splitlines()
    module = file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    functions = {node.name: node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef)}
    found = []
    for name, node in functions.items():
        function, _, number = name.partition("__mutmut_")
        if number.isdigit():
            kept = functions[f"{function}__mutmut_orig"]
            first, changed = difference(
                lines[kept.lineno : kept.end_lineno], lines[node.lineno : node.end_lineno]
            )
            line = original.index(first) + 1 if first in original else 0
            found.append(Mutant(file, f"{module}.{name}", line, changed))
    return found


def difference(before: list[str], after: list[str]) -> tuple[str, str]:
    """The first changed line as it was, and all changed lines as they are, as one."""
    pairs = list(zip(before, after, strict=False))
    same = len(list(itertools.takewhile(lambda pair: pair[0] == pair[1], pairs)))
    reverse = zip(before[same:][::-1], after[same:][::-1], strict=False)
    tail = len(list(itertools.takewhile(lambda pair: pair[0] == pair[1], reverse)))
    changed = " ".join(line.strip() for line in after[same : len(after) - tail])
    return before[same] if same < len(before) else "", changed or "(a line less)"
