"""Colour on a terminal that shows it, unless the user refuses it by NO_COLOR (https://no-color.org)."""

import os
import re
import sys

# The parameters of "Select Graphic Rendition", ECMA-48, section 8.3.117.
_CODES = {"training": "36", "validation": "33", "cost": "35"}
_ESCAPES = re.compile(r"\x1b\[[0-9;]*m")


def wanted(err: bool = False) -> bool:
    """Whether standard output (or error) is a terminal that shows colours, and the user allows them."""
    stream = sys.stderr if err else sys.stdout
    try:
        terminal = stream.isatty()
    # Closed, or replaced by something else.
    except (AttributeError, ValueError):
        return False
    return terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") not in ("dumb", None)


def paint(text: str, colour: str, err: bool = False) -> str:
    """The text in a colour, named for what it shows; unchanged where colours are not wanted."""
    return f"\x1b[{_CODES[colour]}m{text}\x1b[0m" if text and wanted(err) else text


def plain(text: str) -> str:
    """The text without colours."""
    return _ESCAPES.sub("", text)
