"""The references of the pages are right: links, anchors, equations, and every file of the source."""

import re
from pathlib import Path

import pytest
from support.pages import DOCS, PAGES, ROOT

LINK = re.compile(r"\]\(((?!https?:)[^)\s]+)\)")
FENCED = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)
OTHERS = [ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", ROOT / "SECURITY.md"]


def prose(page: Path) -> str:
    """A page without its code blocks."""
    return FENCED.sub("", page.read_text("utf-8"))


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub and Sphinx generate them."""
    headings = re.findall(r"^#+ (.*)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def links(page: Path) -> list[str]:
    return LINK.findall(prose(page))


@pytest.mark.parametrize("page", [*PAGES, *OTHERS], ids=lambda page: str(page.name))
def test_every_link_of_a_page_leads_to_a_file_and_a_heading(page: Path) -> None:
    for link in links(page):
        file, _, anchor = link.partition("#")
        target = page.parent / file if file else page
        assert target.is_file(), link
        assert not anchor or anchor in anchors(target), link


def test_no_page_of_the_site_links_to_a_page_outside_it() -> None:
    for page in DOCS.glob("*.md"):
        assert not [link for link in links(page) if link.startswith("../") and ".md" in link], page


def test_the_index_lists_every_page() -> None:
    text = (DOCS / "index.md").read_text("utf-8")
    (tree,) = re.findall(r"```\{toctree\}\n:hidden:\n\n(.*?)```", text, re.DOTALL)
    pages = {page.stem for page in DOCS.glob("*.md")} - {"index"}
    assert set(tree.split()) == pages == {Path(link).stem for link in links(DOCS / "index.md")}


def test_the_architecture_has_every_file_of_the_source_once() -> None:
    page = DOCS / "architecture.md"
    tables = prose(page).partition("\n## Every file\n")[2]
    linked = [(page.parent / link).resolve() for link in LINK.findall(tables)]
    suffixes = (".py", ".c", ".h", ".inc", ".css", ".js")
    paths = [path for room in ("nnbp", "cli", "data") for path in (ROOT / room).rglob("*")]
    files = {path.resolve() for path in paths if path.suffix in suffixes and path.name != "__init__.py"}
    assert len(files) > 150
    assert files <= set(linked)
    assert sorted(linked) == sorted(set(linked))


def test_the_equations_are_computed_where_the_page_says() -> None:
    text = (DOCS / "backpropagation.md").read_text("utf-8")
    row = r"^\| (BP\d|the update rule|the epoch) \|[^|]*\|([^|]*)\|([^|]*)\|([^|]*)\|$"
    rows = re.findall(row, text, re.MULTILINE)
    assert [name for name, *_ in rows] == ["BP1", "BP2", "BP3", "BP4", "the update rule", "the epoch"]
    for name, blackboard, *engines in rows:
        formula = blackboard.strip(" `")
        assert not formula or f"\ndef {formula}(" in (ROOT / "nnbp" / "textbook.py").read_text("utf-8")
        for engine in engines:
            places = re.findall(r"`(\w+)`[^`]*?\]\(([^)]+)\)", engine)
            sources = [(DOCS / file).read_text("utf-8") for _, file in places]
            assert places
            assert any(name in source for source in sources) or not name.startswith("BP")
            for (function, _), source in zip(places, sources, strict=True):
                assert re.search(rf"^ *(def|(static )?\w+) {function}\(", source, re.MULTILINE), function


def test_the_files_to_read_are_about_as_long_as_the_page_says() -> None:
    text = (DOCS / "backpropagation.md").read_text("utf-8")
    rows = re.findall(r"^\| \[[\w.]+\]\(([^)]+)\) \| (\d+) \|", text, re.MULTILINE)
    assert len(rows) >= 6
    for file, lines in rows:
        found = len((DOCS / file).read_text("utf-8").splitlines())
        assert found == pytest.approx(int(lines), rel=0.25), f"{file} has {found} lines"
