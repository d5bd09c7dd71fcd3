"""docs/cli.md has the help of every command, and every key of every event."""

import re
from collections import defaultdict
from pathlib import Path

from support.every_event import every_event
from support.pages import DOCS, with_help
from support.verbs import commands

from nnbp.cli.setting_options import setting_values
from nnbp.settings import Settings

TEXT = (DOCS / "cli.md").read_text("utf-8")


def test_the_page_has_the_help_of_every_command() -> None:
    assert with_help(TEXT) == TEXT, "run `make readme`"
    assert set(re.findall(r"<!-- help: (.*) -->", TEXT)) == {"nnbp", *commands()}


def documented() -> dict[str, set[str]]:
    """The keys of each event, from the tables under its heading."""
    found = {}
    for section in re.split(r"^### ", TEXT, flags=re.MULTILINE)[1:]:
        heading, _, body = section.partition("\n")
        rows = re.findall(r"^\| ([`\[].*?) \|", body.partition("\n## ")[0], re.MULTILINE)
        found[heading.strip("`")] = {key for row in rows for key in re.findall(r"`(\w+)`", row)}
        if "(#settings)" in body:
            found[heading.strip("`")] |= found["Settings"]
    return found


def test_the_page_has_every_key_of_every_event(tmp_path: Path) -> None:
    found: dict[str, set[str]] = defaultdict(set)
    for line, written in every_event(tmp_path):
        for event in written:
            name = event.pop("event")
            if name == "start" and line.startswith("check"):
                assert set(event) - {"version"} <= documented()["check"]
            else:
                found[name] |= set(event)
    explained = documented()
    assert explained.pop("Settings") == set(setting_values(Settings()))
    explained = {name: keys for name, keys in explained.items() if not name.startswith("nnbp ")}
    # Only the compiled engine has an instruction set.
    found["system"].add("instructions")
    assert explained == found
