"""How Sphinx builds these pages as a site: `make docs`."""

import re
from pathlib import Path

_CODE = Path(__file__).parents[1] / "nnbp" / "__init__.py"

project = "nnbp"
release = re.findall(r'^__version__ = "(.*)"$', _CODE.read_text("utf-8"), re.MULTILINE)[0]
extensions = ["myst_parser"]
html_theme = "furo"
html_title = f"nnbp {release}"
html_copy_source = False
html_show_sphinx = False
# As GitHub makes them, so that a link to a heading works there and here.
myst_heading_anchors = 4
# Recorded runs and formulas are plain text.
highlight_language = "text"

html_show_copyright = False
