"""docs/nnbp.1 is the man page of the commands as they are now, and groff has nothing to say against it."""

import os
import re
import shutil
import subprocess
import sys

import pytest
from support.manpage import MAN_PAGE, escaped
from support.pages import ROOT
from support.program import IMPORTS

from nnbp import __version__


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


@pytest.mark.skipif(not shutil.which("groff"), reason="groff is not installed")
def test_groff_prints_the_page_without_warnings() -> None:
    line = ["groff", "-man", "-ww", "-Kutf8", "-Tutf8", "-P-c", str(MAN_PAGE)]
    done = subprocess.run(line, capture_output=True, encoding="utf-8", check=True)
    assert done.stderr == ""
    shown = re.sub(".\b", "", done.stdout)
    assert "\x08" not in shown
    assert re.search(r"^ +nnbp train --sizes 784,30,10\n +nnbp evaluate model.npz$", shown, re.MULTILINE)
    for part in (f"nnbp {__version__}", "NNBP_MIRROR", "--min-accuracy", "nnbp data show"):
        assert part in shown


def test_every_colour_is_used() -> None:
    names = re.findall(r'"(\w+)": "\d+"', (ROOT / "cli" / "colour.py").read_text("utf-8"))
    others = "".join(p.read_text("utf-8") for p in (ROOT / "cli").glob("*.py") if p.name != "colour.py")
    assert names
    assert [name for name in names if f'"{name}"' not in others] == []
