"""The lock file names, for every dependency, a release that setup.cfg allows, and the hashes of its files."""

import configparser
import re

import pytest
from packaging.requirements import Requirement
from support.pages import ROOT

LOCK = (ROOT / ".ci" / "requirements.lock").read_text("utf-8")
ENTRY = re.compile(r"^([a-z0-9-]+)==([\w.]+)((?: \\\n    --hash=sha256:[0-9a-f]{64})+)\n", re.MULTILINE)
LOCKED = {name: version for name, version, _ in ENTRY.findall(LOCK)}


def dependencies() -> list[Requirement]:
    """What the installation requires, by setup.cfg."""
    settings = configparser.ConfigParser()
    settings.read(ROOT / "setup.cfg", "utf-8")
    return [Requirement(line) for line in settings["options"]["install_requires"].split("\n") if line]


def test_every_line_of_the_lock_file_belongs_to_a_release_with_hashes() -> None:
    rest = re.sub(r"^#.*\n", "", ENTRY.sub("", LOCK), flags=re.MULTILINE)
    assert rest.strip() == ""


@pytest.mark.parametrize("wanted", dependencies(), ids=lambda wanted: str(wanted.name))
def test_the_locked_release_of_a_dependency_is_one_that_setup_cfg_allows(wanted: Requirement) -> None:
    assert wanted.specifier.contains(LOCKED[wanted.name]), "run `make lock`"
