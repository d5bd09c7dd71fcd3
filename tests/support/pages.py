"""The README and the pages of docs/: their code blocks, and the help in them, which `make readme` writes."""

import os
import re
import subprocess
from pathlib import Path
from typing import NamedTuple

from support.program import NNBP

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
DOCS = ROOT / "docs"
ACCURACY, RESULTS = DOCS / "accuracy.md", DOCS / "accuracy.json"
PAGES = [README, *sorted(DOCS.glob("*.md"))]

# The marker, and the block below it if there is one already.
_HELP = re.compile(r"<!-- help: ([a-z ]+) -->\n(?:```text\n.*?```\n)?", re.DOTALL)
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


class Block(NamedTuple):
    """A fenced block of a page."""

    language: str
    content: str


def with_help(text: str) -> str:
    """The page with the help of each command as it is now."""
    return _HELP.sub(lambda place: f"{place[0].splitlines()[0]}\n```text\n{_help(place[1])}```\n", text)


def blocks(page: Path, *languages: str) -> list[Block]:
    """The code blocks of a page in these languages, in order."""
    found = [Block(*block) for block in _BLOCK.findall(page.read_text("utf-8"))]
    return [block for block in found if block.language in languages]


def _help(command: str) -> str:
    words = [] if command == "nnbp" else command.split()
    environment = {**os.environ, "COLUMNS": "80"}
    done = subprocess.run(
        [NNBP, *words, "--help"], env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout


def accuracy() -> str:
    """The page of published results, from the trainings in its file."""
    from nnbp.cli.reproduce_store import content
    from nnbp.recipes import Results, known

    results = Results.loads(RESULTS.read_bytes(), str(RESULTS)) if RESULTS.is_file() else Results()
    return content(results, known(), "native")


if __name__ == "__main__":
    from support.manpage import MAN_PAGE, man_page

    ACCURACY.write_text(accuracy(), "utf-8")
    for page in PAGES:
        page.write_text(with_help(page.read_text("utf-8")), "utf-8")
    MAN_PAGE.write_text(man_page(), "utf-8")
