"""The page: its sections in order, and the policy by which a browser fetches nothing for it."""

import base64
import hashlib
from collections.abc import Iterable, Sequence
from importlib import resources
from xml.etree import ElementTree

from nnbp.notebook.markup import Element, element
from nnbp.report import confusion, curves, diagnosis, field, mistakes, results, weights
from nnbp.report.choice import choice
from nnbp.report.series import STYLES
from nnbp.report.subject import Images, Shown

# More models have no colour and no marker of their own left.
MAX_MODELS = STYLES

SHEETS = ("colours.css", "page.css", "choice.css", "charts.css", "pictures.css", "paper.css")
# What the navigation calls the sections.
SHORT = {
    "results": "Results",
    "draw": "Draw",
    "curves": "Learning",
    "confusion": "Confusion",
    "mistakes": "Mistakes",
    "weights": "Weights",
    "diagnosis": "Layers",
}


def html(models: Sequence[Shown], test: Images) -> str:
    """The page of one to eight models, as HTML without external parts; raises ValueError for more.

    The same models give the same bytes.
    """
    if not 1 <= len(models) <= MAX_MODELS:
        raise ValueError(f"a page shows 1 to {MAX_MODELS} models, not {len(models)}")
    sections = list(_sections(models, test))
    title = _title(models, test)
    style, scripts = _files(sections)
    head = element("head", *_meta(style, scripts), element("title", title))
    head.append(element("style", style))
    body = element(
        "body", *_top(title, models, test, sections), element("main", *sections, id="content", tabindex=-1)
    )
    body.append(element("footer", element("p", "Made by nnbp. This page needs no network connection.")))
    body.extend(element("script", text) for text in scripts)
    root = element("html", head, body, lang="en")
    return "<!DOCTYPE html>\n" + ElementTree.tostring(root, encoding="unicode", method="html") + "\n"


def _sections(models: Sequence[Shown], test: Images) -> Iterable[Element]:
    """Every section for which there is something to show."""
    made = (
        results.section(models, test),
        field.section(models, test),
        curves.section(models),
        confusion.section(models),
        mistakes.section(models, test),
        weights.section(models, test),
        diagnosis.section(models),
    )
    return (section for section in made if section is not None)


def _title(models: Sequence[Shown], test: Images) -> str:
    if len(models) == 1:
        return f"{models[0].name} on {test.name}"
    return f"{len(models)} networks on {test.name}"


def _top(title: str, models: Sequence[Shown], test: Images, sections: Sequence[Element]) -> list[Element]:
    """The link past the navigation, the title, and the navigation."""
    links = [element("a", SHORT[str(part.get("id"))], href=f"#{part.get('id')}") for part in sections]
    count = f"{len(test.labels):,} test images of {test.image_shape[0]} × {test.image_shape[1]} pixels"
    lead = element("p", count, **{"class": "lead"})
    return [
        element("a", "Skip to the content", href="#content", **{"class": "skip"}),
        element("header", element("h1", title), lead),
        element("nav", element("div", *links), *choice(models), aria_label="Sections and models"),
    ]


def _meta(style: str, scripts: Sequence[str]) -> list[Element]:
    return [
        element("meta", charset="utf-8"),
        element("meta", content=_policy(style, scripts), **{"http-equiv": "Content-Security-Policy"}),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
    ]


def _policy(style: str, scripts: Sequence[str]) -> str:
    """Only this style, these scripts and the page's own images (W3C, "Content Security Policy Level 3")."""
    rules = {"default-src": ["'none'"], "img-src": ["data:"], "style-src": [_hash(style)]}
    rules["script-src"] = list(map(_hash, scripts)) or ["'none'"]
    rules["base-uri"] = rules["form-action"] = ["'none'"]
    return "; ".join(f"{name} {' '.join(sources)}" for name, sources in rules.items())


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode('ascii')}'"


def _files(sections: Sequence[Element]) -> tuple[str, list[str]]:
    """The style sheet and the scripts that the sections need, in the order in which they apply."""
    drawing = any(part.get("id") == "draw" for part in sections)
    sheets, scripts = ([*SHEETS, field.SHEET], field.SCRIPTS) if drawing else (SHEETS, ())
    return "".join(map(_file, sheets)), [_file(name) for name in scripts]


def _file(name: str) -> str:
    return resources.files("nnbp.report").joinpath(name).read_text("utf-8")
