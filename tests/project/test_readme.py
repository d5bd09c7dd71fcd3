"""The README is short, and leads a reader of the book to the equations."""

import re
import subprocess

from support.pages import DOCS, README, ROOT

TEXT = README.read_text("utf-8")


def test_the_readme_is_short() -> None:
    assert len(TEXT.splitlines()) <= 165


def test_the_readme_leads_to_every_page() -> None:
    linked = set(re.findall(r"\]\(docs/([\w-]+\.md)", TEXT))
    assert linked == {page.name for page in DOCS.glob("*.md")} - {"index.md"}


def test_the_files_that_the_readme_names_for_an_equation_compute_it() -> None:
    rows = re.findall(r"^\| (BP\d.*?): [^|]*\|([^|]*)\|([^|]*)\|$", TEXT, re.MULTILINE)
    assert [names for names, *_ in rows] == ["BP1", "BP2", "BP3, BP4"]
    for names, *engines in rows:
        for engine in engines:
            files = re.findall(r"\]\(([^)]+)\)", engine)
            sources = [(ROOT / file).read_text("utf-8") for file in files]
            assert any(all(name in source for name in names.split(", ")) for source in sources), names


def test_make_help_lists_every_target() -> None:
    done = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True)
    listed = re.findall(r"^  make (\w+) ", done.stdout, re.MULTILINE)
    (phony,) = re.findall(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert listed == phony.split()
