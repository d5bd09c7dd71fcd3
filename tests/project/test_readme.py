"""The README tells the truth: its help is generated, its commands run, its recorded run looks like a run."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from support import readme
from support.program import NNBP, shell

ROOT = readme.README.parent

# Trains as briefly as it can what the README trains at length, on the sample instead of a download.
SHIM = f"""#!/bin/sh
if [ "$1" = train ] && [ "$2" != --help ]; then set -- "$@" --epochs 1 --dataset sample; fi
exec {NNBP} "$@"
"""


@pytest.fixture
def bench(tmp_path: Path) -> Path:
    """A folder in which `nnbp` is the shim."""
    (tmp_path / "bin").mkdir()
    shim = tmp_path / "bin" / "nnbp"
    shim.write_text(SHIM)
    shim.chmod(0o755)
    return tmp_path


def statements(block: str) -> list[str]:
    """The commands of a block: lines, and those that go on below."""
    joined = re.sub(r"(\||\\)\n\s+", r"\1 ", block)
    found, quoted = [], ""
    for line in joined.splitlines():
        quoted = f"{quoted}\n{line}" if quoted else line
        if quoted.count("'") % 2 == 0:
            found.append(quoted)
            quoted = ""
    return [line for line in found if line.strip() and not line.startswith("#")]


def test_the_help_in_the_readme_is_that_of_the_commands() -> None:
    text = readme.README.read_text("utf-8")
    assert readme.with_help(text) == text, "run `make readme`"
    for verb in ("train", "evaluate", "gradients", "info", "check", "data"):
        assert f"<!-- help: {verb} -->" in text


def test_every_command_of_the_readme_runs(bench: Path) -> None:
    lines = [line for block in readme.blocks("sh") for line in statements(block)]
    assert len(lines) > 10
    for line in lines:
        if line.startswith("make "):
            target = line.split()[1]
            assert f"{target}:" in (ROOT / "Makefile").read_text("utf-8")
            continue
        done = shell(line, cwd=bench, PATH=f"{bench / 'bin'}{os.pathsep}{os.environ['PATH']}")
        # A `head` that has enough ends the `sort` before it by SIGPIPE.
        expected = (0, 128 + signal.SIGPIPE) if line.endswith("| head") else (0,)
        assert done.returncode in expected, (line, done.stderr)
        assert done.stdout or "xargs" not in line, line
        assert b"error" not in done.stderr.lower(), (line, done.stderr)


def test_the_recorded_run_has_the_shape_of_a_run(bench: Path) -> None:
    (recorded,) = readme.blocks("console")
    command, *told = recorded.splitlines()
    assert command == "$ make train"
    makefile = (ROOT / "Makefile").read_text("utf-8")
    (line,) = re.findall(r"^train:.*\n\t\$\(BIN\)/(nnbp .*)$", makefile, re.MULTILINE)
    assert told[:2] == ["setting up .venv", f".venv/bin/{line}"]
    done = shell(line, cwd=bench, PATH=f"{bench / 'bin'}{os.pathsep}{os.environ['PATH']}")

    def shapes(lines: list[str]) -> set[str]:
        """Lines with every number and every name of a data set made alike."""
        alike = (re.sub(r"[\d,.]*\d", "#", re.sub("mnist|sample", "…", line)) for line in lines)
        return {re.sub(r"\s+", " ", line) for line in alike}

    assert shapes(told[2:]) == shapes(done.stdout.decode().splitlines())


def test_the_example_in_python_runs(tmp_path: Path) -> None:
    program, _ = readme.blocks("python")
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    *epochs, accuracy = done.stdout.splitlines()
    assert [line.split()[0] for line in epochs] == ["1", "2", "3"]
    assert float(accuracy) > 0.85


def test_the_example_of_per_example_gradients_runs(tmp_path: Path) -> None:
    _, program = readme.blocks("python")
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("(5, 30, 10) (5, 10) [")
    assert done.stdout.endswith("] (5, 5) 2\n")


def anchor(heading: str) -> str:
    """What a heading is called in a link."""
    return "#" + re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


def test_every_link_into_the_tree_leads_somewhere_and_no_file_of_the_source_is_left_out() -> None:
    text = readme.README.read_text("utf-8")
    headings = {anchor(heading) for heading in re.findall(r"^#+ (.*)$", text, re.MULTILINE)}
    links = set(re.findall(r"\]\(((?!http)[^)]+)\)", text))
    assert all(link in headings if link.startswith("#") else (ROOT / link).is_file() for link in links)
    for room in ("nnbp", "nnbp/gradcheck", "nnbp/modelfile", "nnbp/native", "nnbp/notebook", "cli", "data"):
        files = {path.name for path in (ROOT / room).iterdir() if path.suffix in (".py", ".c", ".h", ".inc")}
        unexplained = {"__main__.py", "errors.py", "arrays.py", "observer.py", "patience.py"}
        if room not in ("nnbp/gradcheck", "nnbp/modelfile"):
            unexplained.add("__init__.py")
        assert {f"{room}/{name}" for name in files - unexplained} <= links


def test_the_equations_are_computed_where_the_readme_says() -> None:
    text = readme.README.read_text("utf-8")
    rows = re.findall(r"^\| (BP\d) \|[^|]*\| `(\w+)` \|([^|]*)\|([^|]*)\|$", text, re.MULTILINE)
    assert [number for number, *_ in rows] == ["BP1", "BP2", "BP3", "BP4"]
    for number, blackboard, *engines in rows:
        assert f"\ndef {blackboard}(" in (ROOT / "nnbp" / "textbook.py").read_text("utf-8")
        for engine in engines:
            places = re.findall(r"`(\w+)`[^`]*?\]\(([^)]+)\)", engine)
            sources = [(ROOT / file).read_text("utf-8") for _, file in places]
            assert any(number in source for source in sources)
            for (function, _), source in zip(places, sources, strict=True):
                assert re.search(rf"^ *(def|(static )?\w+) {function}\(", source, re.MULTILINE)


def test_make_help_lists_every_target() -> None:
    done = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True)
    listed = re.findall(r"^  make (\w+) ", done.stdout, re.MULTILINE)
    (phony,) = re.findall(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert listed == phony.split()
