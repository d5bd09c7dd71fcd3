"""Whether the compiled library is here, why it is not, and the instruction set that it uses."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from nnbp import EngineError, native
from nnbp.native import library

ROOT = Path(native.__file__).parent.parent.parent
BUILT = native.missing() is None


@pytest.fixture(autouse=True)
def _forgotten(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """What was found is looked for again, and nothing is in the environment."""
    monkeypatch.delenv(library.VARIABLE, raising=False)
    monkeypatch.setattr(library, "WHY_NOT", tmp_path / "not-built.txt")
    library._load.cache_clear()
    yield
    library._load.cache_clear()


def found(monkeypatch: pytest.MonkeyPatch, outcome: Any) -> None:
    """As if the import of the library came to this."""

    def import_module(name: str) -> Any:
        assert name == "nnbp.native._engine"
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    monkeypatch.setattr(library, "import_module", import_module)


def sets(*names: str) -> Any:
    """A library for a processor with these instruction sets."""
    return SimpleNamespace(instruction_sets=lambda: list(names))


def test_a_library_that_was_never_compiled_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    found(monkeypatch, ModuleNotFoundError("no module"))
    assert native.missing() == "it has not been compiled"
    assert native.describe() == {}
    with pytest.raises(ImportError, match=r"^it has not been compiled$"):
        library.library()


def test_the_reason_that_the_installation_left_is_given(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    found(monkeypatch, ModuleNotFoundError("no module"))
    (tmp_path / "not-built.txt").write_bytes(b"CompileError: no \xff compiler\n")
    assert native.missing() == "it could not be compiled (CompileError: no � compiler)"


def test_a_library_that_does_not_load_says_why(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "not-built.txt").write_text("left from before")
    found(monkeypatch, ImportError("undefined symbol: sqrt"))
    assert native.missing() == "its library cannot be loaded (undefined symbol: sqrt)"


def test_the_best_instruction_set_is_taken_unless_the_environment_names_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found(monkeypatch, sets("v3", "baseline"))
    assert native.missing() is None
    assert library.instructions() == "v3"
    assert native.describe() == {"instructions": "v3"}
    monkeypatch.setenv(library.VARIABLE, "")
    assert library.instructions() == "v3"
    monkeypatch.setenv(library.VARIABLE, "baseline")
    assert library.instructions() == "baseline"


@pytest.mark.parametrize("named", ["v4", "V3", "v3 ", "x" * 1000])
def test_an_instruction_set_that_is_not_here_is_refused(named: str, monkeypatch: pytest.MonkeyPatch) -> None:
    found(monkeypatch, sets("v3", "baseline"))
    monkeypatch.setenv(library.VARIABLE, named)
    with pytest.raises(
        EngineError,
        match=r"^NNBP_INSTRUCTIONS: it is '.*; this processor has v3, baseline; choose one, or unset it$",
    ) as caught:
        library.instructions()
    assert len(str(caught.value)) < 140


@pytest.mark.skipif(not BUILT, reason="the compiled engine is missing")
def test_the_library_names_its_instruction_sets_best_first() -> None:
    names = library.library().instruction_sets()
    assert names in (["v4", "v3", "baseline"], ["v3", "baseline"], ["baseline"], ["neon"])
    assert library.instructions() == names[0]
    assert isinstance(library.library(), ModuleType)


@pytest.mark.skipif(not BUILT, reason="the compiled engine is missing")
def test_whether_it_is_here_is_found_without_numpy() -> None:
    code = (
        "import sys; from nnbp import native; print(native.missing(), bool(native.describe()));"
        "assert 'numpy' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("None True\n", "")


def test_the_package_has_no_other_names() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = native.nothing
