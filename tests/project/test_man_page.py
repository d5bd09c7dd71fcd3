"""docs/nnbp.1 is the man page of the commands as they are now, and groff has nothing to say against it."""

import os
import re
import shutil
import subprocess
import sys
from functools import cache

import click
import pytest
from support.manpage import MAN_PAGE, escaped
from support.program import IMPORTS

from nnbp import __version__
from nnbp.cli.main import cli


def test_the_page_is_that_of_the_commands() -> None:
    # In a process of its own, as `make readme` does it: other tests change what the commands know.
    program = "import sys; from support.manpage import man_page; sys.stdout.write(man_page())"
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONPATH": IMPORTS, "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert MAN_PAGE.read_text("utf-8") == done.stdout, "run `make readme`"


def test_roff_characters_are_escaped() -> None:
    assert escaped(".a\\b --c 'd'") == r"\&.a\eb \-\-c \(aqd\(aq"


@cache
def shown() -> str:
    """The page as groff prints it for a terminal, without bold letters; it has nothing to say against it."""
    line = ["groff", "-man", "-ww", "-Kutf8", "-Tutf8", "-P-c", str(MAN_PAGE)]
    done = subprocess.run(line, capture_output=True, encoding="utf-8", check=True)
    assert done.stderr == ""
    return re.sub(".\b", "", done.stdout)


@pytest.mark.skipif(not shutil.which("groff"), reason="groff is not installed")
def test_groff_prints_the_page_without_warnings() -> None:
    assert "\x08" not in shown()
    assert re.search(r"^ +nnbp train --sizes 784,30,10\n +nnbp evaluate model.npz$", shown(), re.MULTILINE)
    for part in (f"nnbp {__version__}", "NNBP_MIRROR", "--min-accuracy", "nnbp data show"):
        assert part in shown()


@pytest.mark.skipif(not shutil.which("groff"), reason="groff is not installed")
def test_the_page_has_the_groups_of_the_help_and_every_option_once_for_a_command() -> None:
    for verb in ("train", "check"):
        _, _, section = shown().partition(f"\n   nnbp {verb} ")
        section = section.partition("\n   nnbp ")[0]
        context = click.Context(cli)
        command = cli.get_command(context, verb)
        assert command is not None
        text = command.get_help(click.Context(command, info_name=verb))
        groups = [
            group for group in re.findall(r"^(\w[\w ]*):$", text, re.MULTILINE) if "ptions" not in group
        ]
        assert re.findall(r"^       (\w[\w ]*):$", section, re.MULTILINE) == groups
        options = re.findall(r"^       (?:-\w, )?(--[\w-]+)", section, re.MULTILINE)
        wanted = [option.opts[-1] for option in command.params]
        assert sorted(options) == sorted(wanted)
