"""Whether the compiled library is available, why not, and which instruction set it uses."""

from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest
from support.program import run_script

from nnbp import EngineError, native
from nnbp.native import library

BUILT = native.missing() is None
needs_engine = pytest.mark.skipif(not BUILT, reason="the compiled engine is missing")


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(library.VARIABLE, raising=False)


def use_processor_with(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    """As if the library were available, on a processor with these instruction sets."""
    monkeypatch.setattr(library, "find", lambda: SimpleNamespace(instruction_sets=lambda: list(names)))


def test_a_library_that_was_never_compiled_is_missing(tmp_path: Path) -> None:
    assert library.find("nnbp.native.absent", tmp_path / "absent.txt") == "it has not been compiled"


def test_the_reason_that_the_installation_left_is_given(tmp_path: Path) -> None:
    reason = tmp_path / "not-built.txt"
    reason.write_bytes(b"CompileError: no \xff compiler\n")
    expected = "it could not be compiled (CompileError: no � compiler)"
    assert library.find("nnbp.native.absent", reason) == expected


def test_a_library_that_does_not_load_says_why(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "broken_engine.py").write_text("raise ImportError('undefined symbol: sqrt')")
    (tmp_path / "not-built.txt").write_text("left from before")
    monkeypatch.syspath_prepend(tmp_path)
    found = library.find("broken_engine", tmp_path / "not-built.txt")
    assert found == "its library cannot be loaded (undefined symbol: sqrt)"


def test_without_the_library_there_is_nothing_to_describe_or_to_use(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library, "find", lambda: "it has not been compiled")
    assert native.missing() == "it has not been compiled"
    assert native.describe() == {}
    with pytest.raises(ImportError, match=r"^it has not been compiled$"):
        library.library()


def test_the_best_instruction_set_is_used_unless_the_environment_names_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    use_processor_with(monkeypatch, "v3", "baseline")
    assert native.missing() is None
    assert library.instructions() == "v3"
    assert native.describe() == {"instructions": "v3"}
    monkeypatch.setenv(library.VARIABLE, "")
    assert library.instructions() == "v3"
    monkeypatch.setenv(library.VARIABLE, "baseline")
    assert library.instructions() == "baseline"


@pytest.mark.parametrize("named", ["v4", "V3", "v3 ", "x" * 1000])
def test_an_instruction_set_that_is_not_supported_is_refused(
    named: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_processor_with(monkeypatch, "v3", "baseline")
    monkeypatch.setenv(library.VARIABLE, named)
    with pytest.raises(
        EngineError,
        match=r"^NNBP_INSTRUCTIONS: it is '.*; this processor has v3, baseline; choose one, or unset it$",
    ) as caught:
        library.instructions()
    assert len(str(caught.value)) < 140


@needs_engine
def test_the_library_names_its_instruction_sets_best_first() -> None:
    names = library.library().instruction_sets()
    assert names in (["v4", "v3", "baseline"], ["v3", "baseline"], ["baseline"], ["neon"])
    assert library.instructions() == names[0]
    assert isinstance(library.library(), ModuleType)


@needs_engine
def test_the_engine_is_found_without_numpy(tmp_path: Path) -> None:
    done = run_script("find_engine_without_numpy", cwd=tmp_path)
    assert (done.stdout, done.stderr) == ("None True False\n", "")


def test_the_package_has_no_other_names() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = native.nothing
