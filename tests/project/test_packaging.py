"""The distributions built from the tree: the sdist, the wheel, and the program inside the wheel."""

import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest
from support.program import script

from nnbp import __version__, native

ROOT = Path(__file__).parents[2]
LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv", ".*cache", ".hypothesis", "build", "dist", "*.egg-info", "__pycache__", "*.npz", "*.so"
)


# Optimizing takes most of a build, and what these tests look at does not depend on it. The last -O counts.
COMPILER = f"""#!/bin/sh
exec {os.environ.get("CC", "cc")} "$@" -O0
"""


def build(kind: str, tree: Path, into: Path, umask: int = 0o022) -> Path:
    compiler = into / "cc"
    compiler.write_text(COMPILER)
    compiler.chmod(0o755)
    done = subprocess.run(
        script("build_distribution", kind, into),
        cwd=tree,
        env={**os.environ, "CC": str(compiler) if native.missing() is None else "false"},
        capture_output=True,
        text=True,
        check=False,
        umask=umask,
    )
    assert done.returncode == 0, done.stderr
    return into / done.stdout.splitlines()[-1]


def sources() -> set[str]:
    """Every module, the engine and every file of the sample, by its name in the installed package."""
    homes = {"nnbp": ROOT / "nnbp", "nnbp/cli": ROOT / "cli", "nnbp/data": ROOT / "data"}
    homes |= {
        f"nnbp/{wing}": ROOT / "nnbp" / wing
        for wing in ("exchange", "gradcheck", "modelfile", "native", "notebook", "recipes", "report")
    }
    homes["nnbp/data/images"] = ROOT / "data" / "images"
    modules = {f"{package}/{path.name}" for package, home in homes.items() for path in home.glob("*.py")}
    # The wheel has the engine if it could be compiled here, and otherwise the reason.
    engine = "not-built.txt" if native.missing() else "_engine.abi3.so"
    sample = {f"nnbp/data/sample/{path.name}" for path in (ROOT / "data" / "sample").iterdir()}
    page = {
        f"nnbp/report/{p.name}" for p in (ROOT / "nnbp" / "report").iterdir() if p.suffix in (".css", ".js")
    }
    recipes = {f"nnbp/recipes/{path.name}" for path in (ROOT / "nnbp" / "recipes").glob("*.toml")}
    man = f"nnbp-{__version__}.data/data/share/man/man1/nnbp.1"
    return modules | sample | page | recipes | {"nnbp/py.typed", f"nnbp/native/{engine}", man}


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the checkout, without what was built there."""
    copy = tmp_path_factory.mktemp("checkout") / "tree"
    shutil.copytree(ROOT, copy, symlinks=True, ignore=LEFT_OUT)
    return copy


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, tree: Path) -> tuple[Path, Path]:
    """The sdist of the tree, and the wheel built from that sdist."""
    folder = tmp_path_factory.mktemp("built")
    sdist = build("sdist", tree, folder)
    with tarfile.open(sdist) as archive:
        # Python 3.11.4 introduced filters.
        archive.extraction_filter = getattr(tarfile, "data_filter", lambda member, _: member)
        archive.extractall(folder / "unpacked")
    (unpacked,) = (folder / "unpacked").iterdir()
    return sdist, build("wheel", unpacked, folder)


def test_the_wheel_holds_every_module_and_the_sample_and_nothing_else(built: tuple[Path, Path]) -> None:
    with zipfile.ZipFile(built[1]) as archive:
        found = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert found == sources()


def test_the_sdist_holds_everything_needed_to_build_and_test(built: tuple[Path, Path]) -> None:
    with tarfile.open(built[0]) as archive:
        found = {name.partition("/")[2] for name in archive.getnames()}
    wanted = {
        "Makefile",
        "README.md",
        "LICENSE",
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        "SECURITY.md",
        ".ci/requirements.lock",
        ".github/workflows/ci.yml",
        "pyproject.toml",
        "setup.cfg",
        "setup.py",
    }
    native_sources = [
        path for path in (ROOT / "nnbp" / "native").iterdir() if path.suffix in (".c", ".h", ".inc")
    ]
    wanted |= {f"nnbp/native/{path.name}" for path in native_sources}
    wanted |= {str(path.relative_to(ROOT)) for path in (ROOT / "tests").rglob("*.py")}
    assert wanted <= found


def test_the_sdist_and_the_wheel_are_the_same_bytes_whenever_and_wherever_they_are_built(
    built: tuple[Path, Path], tree: Path, tmp_path: Path
) -> None:
    for path in tree.rglob("*"):
        if path.is_file() and not path.is_symlink():
            path.chmod(path.stat().st_mode | 0o020)  # as under another umask
            os.utime(path, (2**30, 2**30))
    for archive, kind in zip(built, ("sdist", "wheel"), strict=True):
        assert build(kind, tree, tmp_path, umask=0o002).read_bytes() == archive.read_bytes(), kind


def test_the_program_runs_from_the_wheel(built: tuple[Path, Path], tmp_path: Path) -> None:
    with zipfile.ZipFile(built[1]) as archive:
        archive.extractall(tmp_path / "site")

    def run(*arguments: str) -> str:
        environment = {**os.environ, "PYTHONPATH": str(tmp_path / "site")}
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    assert run("-c", "import nnbp.cli.main as m; print(m.__file__)").startswith(str(tmp_path / "site"))
    assert run("-m", "nnbp", "train", "--dataset", "sample", "--epochs", "1", "-q").startswith(
        "test accuracy"
    )
    assert run("-m", "nnbp", "evaluate", "model.npz").startswith("accuracy")


@pytest.mark.parametrize("room", ["cli", "data"])
def test_the_links_that_let_a_checkout_run_are_relative(room: str) -> None:
    link = ROOT / "nnbp" / room
    # Git writes a link as a file that holds its target where links are off, and some archives do.
    target = str(link.readlink()) if link.is_symlink() else link.read_text("utf-8")
    assert target == f"../{room}"
