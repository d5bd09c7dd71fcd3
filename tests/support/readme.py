"""The parts of the README that are generated, and those that are run. `make readme` writes the former."""

import os
import re
import subprocess
from pathlib import Path

from support.program import NNBP

README = Path(__file__).parents[2] / "README.md"

_HELP = re.compile(r"<!-- help: ([a-z ]+) -->\n(?:```text\n.*?```\n)?", re.DOTALL)
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def with_help(text: str) -> str:
    """The README with the help of each command as it is now."""
    return _HELP.sub(lambda place: f"{place[0].splitlines()[0]}\n```text\n{_help(place[1])}```\n", text)


def blocks(language: str) -> list[str]:
    """The contents of all code blocks in a language."""
    return [content for kind, content in _BLOCK.findall(README.read_text("utf-8")) if kind == language]


def _help(command: str) -> str:
    environment = {**os.environ, "COLUMNS": "100"}
    done = subprocess.run(
        [NNBP, *command.split(), "--help"], env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout


if __name__ == "__main__":
    README.write_text(with_help(README.read_text("utf-8")), "utf-8")
