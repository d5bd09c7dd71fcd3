"""`nnbp export`."""

from pathlib import Path

import pytest
from support.models import small_model
from support.program import events, run


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    small_model().save(tmp_path / "model.npz")
    return tmp_path


@pytest.mark.parametrize("kind", ["onnx", "safetensors"])
def test_the_ending_or_the_option_determines_the_format(kind: str, folder: Path) -> None:
    (event,) = events(run("export", "model.npz", "-o", f"m.{kind}", "--json", cwd=folder).stdout)
    written = (folder / f"m.{kind}").read_bytes()
    assert (event["event"], event["format"], event["path"]) == ("exported_model", kind, f"m.{kind}")
    assert event["bytes"] == len(written)
    assert event["inputs"] == (["images"] if kind == "onnx" else [])
    assert event["outputs"] == (["probabilities", "label"] if kind == "onnx" else [])
    piped = run(
        "export", "-", "-o", "-", "--format", kind, cwd=folder, stdin=(folder / "model.npz").read_bytes()
    )
    assert piped.stdout == written
    assert piped.stderr.decode() == f"{kind}, {len(written):,} bytes; written to standard output\n"


def test_float32_can_be_requested(folder: Path) -> None:
    for kind, differs in (("onnx", True), ("safetensors", False)):
        for options in ([], ["--float32"]):
            line = ("export", "model.npz", "-o", f"{len(options)}.{kind}", *options)
            assert run(*line, cwd=folder).returncode == 0
        assert ((folder / f"0.{kind}").read_bytes() != (folder / f"1.{kind}").read_bytes()) is differs
    assert b"float64" not in (folder / "1.onnx").read_bytes()


def test_a_file_whose_format_is_unknown_is_a_usage_error(folder: Path) -> None:
    for output in ("m.pt", "-", "onnx"):
        done = run("export", "model.npz", "-o", output, cwd=folder)
        assert (done.returncode, done.stdout) == (2, b"")
        assert b"ends neither in .onnx nor in .safetensors" in done.stderr
    assert [path.name for path in folder.iterdir()] == ["model.npz"]


@pytest.mark.parametrize("kind", ["onnx", "safetensors"])
def test_a_missing_package_is_named_with_the_command_that_installs_it(kind: str, folder: Path) -> None:
    # Found first, this package stands for one that is not installed.
    (folder / kind).mkdir()
    (folder / kind / "__init__.py").write_text(f"raise ModuleNotFoundError('no', name='{kind}')\n")
    done = run("export", "model.npz", "-o", f"m.{kind}", cwd=folder, PYTHONPATH=str(folder))
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.decode().count("\n") == 1
    assert f"the package {kind} is not installed; run `pip install 'nnbp[{kind}]'`" in done.stderr.decode()
    assert not (folder / f"m.{kind}").exists()


def test_an_old_file_stays_if_the_model_is_rejected(folder: Path) -> None:
    (folder / "m.onnx").write_bytes(b"old")
    (folder / "bad.npz").write_bytes(b"bad")
    assert run("export", "bad.npz", "-o", "m.onnx", cwd=folder).returncode == 3
    assert (folder / "m.onnx").read_bytes() == b"old"
