"""Every command in the README and in docs/ runs, shortened, and prints what its page shows."""

import os
import re
import shlex
import shutil
import signal
from pathlib import Path

import click
import pytest
from support.pages import DOCS, PAGES, ROOT, blocks
from support.program import command, shell
from support.verbs import commands

from nnbp import native

# Shortens the trainings of the pages to one epoch on the sample, always with the same seed. If an option is
# given twice, the last one counts. Stored data sets are the sample, which needs no network; so are those of
# recipes.
SHIM = """#!/bin/sh
if [ "$1" = train ] && [ "$2" != --help ]; then
    case " $* " in *" --validation "*) set -- "$@" --validation 100 ;; esac
    case " $* " in *" --seed "*) ;; *) set -- "$@" --seed 2 ;; esac
    set -- "$@" --epochs 1 --dataset sample
fi
if [ "$1" = reproduce ] && [ "$2" != --help ]; then set -- "$@" --dataset sample; fi
case "$*" in "data fetch" | "data verify mnist") set -- data "$2" sample ;; esac
exec %s "$@"
"""
NUMBER = r"-?\d(?:[\d,.]*\d)?(?:e[-+]?\d+)?"


@pytest.fixture
def bench(tmp_path: Path) -> Path:
    """A folder in which `nnbp` is the shim, with the picture of a digit as the pages name it."""
    (tmp_path / "bin").mkdir()
    shim = tmp_path / "bin" / "nnbp"
    shim.write_text(SHIM % command())
    shim.chmod(0o755)
    for folder in (tmp_path, tmp_path / "docs"):
        folder.mkdir(exist_ok=True)
        shutil.copy(DOCS / "seven.jpg", folder)
    (recipe_shown,) = blocks(DOCS / "reproduce.md", "toml")
    (tmp_path / "my.toml").write_text(recipe_shown.content, "utf-8")
    return tmp_path


def statements(block: str) -> list[str]:
    """The commands of a block, which may continue on the following lines."""
    joined = re.sub(r"(\||\\)\n\s+", r"\1 ", block)
    found, quoted = [], ""
    for line in joined.splitlines():
        quoted = f"{quoted}\n{line}" if quoted else line
        if quoted.count("'") % 2 == 0:
            found.append(quoted)
            quoted = ""
    return [line for line in found if line.strip() and not line.startswith("#")]


def recordings(block: str) -> list[tuple[str, list[str]]]:
    """The commands of a session, and the lines that each printed."""
    commands = re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]
    return [(command, printed) for command, *printed in map(str.splitlines, commands)]


def recipe(target: str) -> str:
    """The command that a target of the Makefile runs."""
    text = (ROOT / "Makefile").read_text("utf-8")
    (command,) = re.findall(rf"^{target}:.*\n\t\$\(BIN\)/(.*)$", text, re.MULTILINE)
    return str(command)


def output(line: str, bench: Path) -> str:
    """The output of a command, which succeeds."""
    done = shell(
        line,
        cwd=bench,
        PATH=f"{bench / 'bin'}{os.pathsep}{os.environ['PATH']}",
        NNBP_CACHE_DIR=str(bench / "cache" / "nnbp"),
        LC_ALL="C.UTF-8",
    )
    # When `head` closes the pipe, SIGPIPE kills `sort`, and nnbp exits with status 1.
    expected = (0, 1, 128 + signal.SIGPIPE) if "| head" in line else (0,)
    assert done.returncode in expected, (line, done.stderr)
    assert b"error" not in done.stderr.lower(), (line, done.stderr)
    # A terminal shows both streams; a recording of `--show` has its drawing.
    return (done.stdout + done.stderr if "--show" in line else done.stdout).decode()


def shapes(lines: list[str]) -> set[str]:
    """Lines with numbers, hashes, folders and names of data sets replaced.

    Without the mark of an omission, and what says which epoch is the best: a training of one epoch has no
    other.
    """
    alike = (
        re.sub(r"\b[0-9a-f]{64}\b", "#", re.sub(r"\b(mnist|sample)\b", "digits", line)) for line in lines
    )
    unfolded = (re.sub(r"(?<!\S)(?:/[^/\s]+)+/(\S+?)(\.gz)?$", r"/\1", line) for line in alike)
    numbered = (re.sub(NUMBER, "#", line) for line in unfolded)
    unmarked = (re.sub(r"  \*$|; best epoch # \(#\)", "", line) for line in numbered)
    # Another data set than the recipe's has no verdict.
    verdict = r"\s(reproduced|below|reached|missed|another data set)$"
    judged = (re.sub(verdict, " verdict", line) for line in unmarked)
    return {re.sub(r"\s+", " ", line).strip() for line in judged if line != "…"}


def check_recording(command: str, printed: list[str], bench: Path) -> None:
    if command.startswith("make "):
        run = recipe(command.split()[1])
        assert printed[:2] == ["setting up .venv", f".venv/bin/{run}"]
        command, printed = run, printed[2:]
    shown, found = shapes(printed), shapes(output(command, bench).splitlines())
    assert shown <= found if "…" in printed else shown == found, command


def check_statement(line: str, bench: Path) -> None:
    words = shlex.split(line, comments=True)
    if words[0] == "make":
        assert f"\n{words[1]}:" in (ROOT / "Makefile").read_text("utf-8")
    else:
        assert output(line, bench) or "xargs" not in line, line


def test_the_pages_have_commands() -> None:
    lines = [line for page in PAGES for block in blocks(page, "sh") for line in statements(block.content)]
    sessions = [
        each for page in PAGES for block in blocks(page, "console") for each in recordings(block.content)
    ]
    assert len(lines) > 40
    assert len(sessions) > 8


def test_every_command_is_recorded_with_its_output_on_some_page() -> None:
    sessions = [
        each for page in PAGES for block in blocks(page, "console") for each in recordings(block.content)
    ]
    recorded = {typed for typed, printed in sessions if any(line != "…" for line in printed)}
    for name, verb in commands().items():
        if not isinstance(verb, click.Group):
            assert any(f"{line} ".startswith(f"nnbp {name} ") for line in recorded), name


@pytest.mark.parametrize(
    "page", [page for page in PAGES if blocks(page, "sh", "console")], ids=lambda page: str(page.name)
)
def test_each_command_of_a_page_runs_shortened_and_prints_lines_like_those_shown(
    page: Path, bench: Path
) -> None:
    chosen = blocks(page, "sh", "console")
    if native.missing() and any("--engine native" in block.content for block in chosen):
        pytest.skip(f"the compiled engine is missing: {native.missing()}")
    for block in chosen:
        if block.language == "sh":
            for line in statements(block.content):
                check_statement(line, bench)
        else:
            for command, printed in recordings(block.content):
                check_recording(command, printed, bench)
