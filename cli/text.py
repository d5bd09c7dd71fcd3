"""Text for a terminal: without control characters, of moderate length, and wrapped between words."""

import os
import re
import sys

MAX_LINE_BYTES = 300
DEFAULT_WIDTH = 80
NARROWEST = 20

# A URL, or a word of moderate length.
_WHOLE = re.compile(rb"(?<!\S)(?:\S*://\S*|\S{1,60})(?!\S)")
_CUT = " … ".encode()

# A number and its unit, or a word and its number, which stay on one line.
_PAIR = re.compile(r"(?<=\d) (?=s\b)|(?<=seed|cost) (?=\d)")
_NO_BREAK = "\N{NO-BREAK SPACE}"


def one_line(text: str) -> str:
    """The text with control characters escaped, and shortened in the middle to at most 300 bytes of UTF-8.

    Both ends are kept, because the end of an error says what to do. URLs and words are kept or dropped whole.
    """
    line = "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)
    encoded = line.encode("utf-8", "backslashreplace")
    if len(encoded) > MAX_LINE_BYTES:
        begin, end = _kept(encoded)
        encoded = encoded[:begin].rstrip() + _CUT + encoded[end:].lstrip()
    return encoded.decode(errors="ignore")


def _kept(line: bytes) -> tuple[int, int]:
    """Where the kept beginning stops, and where the kept end starts."""
    room = MAX_LINE_BYTES - len(_CUT)
    words = [word.span() for word in _WHOLE.finditer(line)]
    begin = room // 2
    for start, stop in words:
        if start < begin < stop:
            # All of it, unless little room were left for the end.
            begin = stop if stop <= room * 2 // 3 else start
    end = len(line) - (room - begin)
    for start, stop in words:
        if start < end < stop:
            end = stop
    return begin, end


def width(err: bool = False) -> int | None:
    """The columns of the terminal on standard output (or error); None if it is not a terminal."""
    stream = sys.stderr if err else sys.stdout
    try:
        return os.get_terminal_size(stream.fileno()).columns or DEFAULT_WIDTH
    # Closed, or replaced by something without a descriptor; or not a terminal.
    except (AttributeError, OSError, ValueError):
        return None


def wrapped(text: str, err: bool = False, indent: int = 2, end: str = "") -> str:
    """The text with lines too long for the terminal wrapped between words; unchanged if there is no terminal.

    Continuation lines are indented by `indent` columns, less before a long word, and `end` precedes each
    break: a backslash in a shell command. A word longer than a line stays whole, so that it can be copied.
    """
    columns = width(err)
    if columns is None:
        return text
    return "\n".join(_wrap(line, columns, indent, end) for line in text.split("\n"))


def _wrap(line: str, columns: int, indent: int, end: str) -> str:
    if len(line) <= columns:
        return line
    import textwrap

    longest = max(map(len, line.split()), default=0)
    lines = textwrap.wrap(
        _PAIR.sub(_NO_BREAK, line),
        max(columns, NARROWEST) - len(end),
        subsequent_indent=" " * min(indent, columns - longest),
        replace_whitespace=False,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return f"{end}\n".join(lines).replace(_NO_BREAK, " ")
