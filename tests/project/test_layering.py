"""The arrows of the house: which module imports which, read from the code and seen at run time."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TOP = sorted(path for path in (ROOT / "nnbp").glob("*.py") if path.name != "__main__.py")
# Not rglob, which would follow the links nnbp/cli and nnbp/data.
WINGS = [
    path
    for wing in ("exchange", "gradcheck", "modelfile", "native", "notebook", "recipes", "report")
    for path in (ROOT / "nnbp" / wing).rglob("*.py")
]
CORE = [*TOP, *sorted(WINGS)]
DATA = sorted((ROOT / "data").rglob("*.py"))
CLI = sorted((ROOT / "cli").rglob("*.py"))
ABOVE = ("__init__.py", "engines.py", "outputs.py", "training.py")
ALGORITHM = [path for path in TOP if path.name not in ABOVE]


def imports(path: Path) -> set[str]:
    """Every module that a file imports, at its top or within a function."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name} imports relatively"
            found.add(str(node.module))
            found.update(f"{node.module}.{name.name}" for name in node.names)
    return found


def imports_of_pictures(root: ast.AST) -> list[str]:
    """The lines of code that import the wing for notebooks."""
    lines = [ast.unparse(node) for node in ast.walk(root) if isinstance(node, ast.Import | ast.ImportFrom)]
    return [line for line in lines if re.search(r"nnbp\.notebook|nnbp import notebook", line)]


def under(module: str, *packages: str) -> bool:
    return any(module == package or module.startswith(package + ".") for package in packages)


@pytest.mark.parametrize("path", CORE, ids=lambda path: path.name)
def test_the_core_knows_neither_the_command_line_nor_the_data_sets(path: Path) -> None:
    forbidden = ("nnbp.cli", "nnbp.data", "cli", "data", "click", "tqdm", "requests", "platformdirs")
    assert not [module for module in imports(path) if under(module, *forbidden)]


@pytest.mark.parametrize("path", DATA, ids=lambda path: path.name)
def test_the_data_sets_know_neither_the_command_line_nor_networks(path: Path) -> None:
    rooms = ("data", "errors", "atomic", "background", "lazy", "optional", "png")
    allowed = [f"nnbp.{room}" for room in rooms]
    for module in imports(path):
        assert not under(module, "cli", "data", "click", "tqdm")
        assert under(module, *allowed) or not under(module, "nnbp") or module == "nnbp"


@pytest.mark.parametrize("path", ALGORITHM, ids=lambda path: path.name)
def test_the_algorithm_knows_neither_the_compiled_engine_nor_the_other_wings(path: Path) -> None:
    wings = ("nnbp.engines", "nnbp.training", "nnbp.native", "nnbp.modelfile", "nnbp.gradcheck")
    assert not [module for module in imports(path) if under(module, *wings)]


def test_one_file_of_the_core_knows_that_there_are_two_engines() -> None:
    outside = [path for path in CORE if "native" not in path.parts]
    assert [path.name for path in outside if any(under(m, "nnbp.native") for m in imports(path))] == [
        "engines.py"
    ]


def test_pictures_for_notebooks_are_imported_only_when_one_is_shown() -> None:
    # The report, itself imported only when one is made, draws with the same elements.
    for path in (path for path in (*CORE, *DATA, *CLI) if path.parent.name not in ("notebook", "report")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        shown = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef) and n.name == "_repr_html_"]
        there = [line for method in shown for line in imports_of_pictures(method)]
        assert sorted(imports_of_pictures(tree)) == sorted(there), path.name


def test_the_textbook_imports_nothing_of_the_package() -> None:
    assert not [module for module in imports(ROOT / "nnbp" / "textbook.py") if under(module, "nnbp")]


def test_requests_is_imported_in_one_file() -> None:
    homes = [path.name for path in (*CORE, *DATA, *CLI) if any(under(m, "requests") for m in imports(path))]
    assert homes == ["http.py"]


def test_only_the_command_line_prints() -> None:
    for path in (*CORE, *DATA):
        names = {
            node.id for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Name)
        }
        assert not names & {"print", "input", "exit", "quit"}, path.name


@pytest.mark.parametrize(
    ("statement", "absent"),
    [
        ("import nnbp", "numpy click tqdm requests platformdirs"),
        ("import nnbp.native; nnbp.native.missing()", "numpy click tqdm requests nnbp.network"),
        (
            "import nnbp; nnbp.Training, nnbp.load, nnbp.mean_gradients, nnbp.check_gradients",
            "click tqdm requests platformdirs nnbp.data nnbp.notebook",
        ),
        ("import nnbp.data; nnbp.data.names()", "numpy click tqdm requests nnbp.network"),
        ("import nnbp.data; nnbp.data.load('sample')", "click tqdm requests nnbp.network"),
    ],
)
def test_an_import_loads_no_other_package(statement: str, absent: str) -> None:
    check = f"{statement}; import sys; print(*sorted(set({absent.split()!r}) & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)
    assert done.stdout == "\n"


def test_every_public_name_exists_and_is_typed() -> None:
    import nnbp

    for name in nnbp.__all__:
        assert getattr(nnbp, name) is not None
    stub = ast.parse((ROOT / "nnbp" / "__init__.py").read_text("utf-8"))
    typed = {
        name.asname for node in ast.walk(stub) if isinstance(node, ast.ImportFrom) for name in node.names
    }
    assert typed - {None, "TYPE_CHECKING"} == set(nnbp.__all__) - {"__version__"}
    assert set(dir(nnbp)) - {"data"} | {"__version__"} == set(nnbp.__all__)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = nnbp.nothing
