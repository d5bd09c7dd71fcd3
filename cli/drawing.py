"""Grey images as characters, several side by side, for terminals without pictures."""

import locale
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from nnbp.cli.text import DEFAULT_WIDTH, width

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Image = NDArray[np.uint8]

# What fraction of its upper and of its lower half each character fills.
BLOCKS = {
    " ": (0, 0),
    "░": (0.25, 0.25),
    "▒": (0.5, 0.5),
    "▓": (0.75, 0.75),
    "█": (1, 1),
    "▀": (1, 0),
    "▄": (0, 1),
}
# From no ink to most ink.
ASCII = " .:-=+*#%@"
GAP = 2


def drawing(images: "Sequence[Image]", captions: Sequence[str], err: bool = False) -> str:
    """Images (rows, columns) of bytes, each below its caption, as many side by side as the stream is wide.

    A character shows two rows of a column. It is a block, or, where standard output (or error) lacks those,
    an ASCII character. Images wider than the terminal, or than 80 columns without one, are reduced.
    """
    columns = width(err) or DEFAULT_WIDTH
    plain = not has_blocks(err)
    cells = [
        [caption, *characters(reduced(image, columns), plain)]
        for image, caption in zip(images, captions, strict=True)
    ]
    wide = max((len(line) for cell in cells for line in cell), default=1)
    beside = max(1, (columns + GAP) // (wide + GAP))
    groups = (cells[start : start + beside] for start in range(0, len(cells), beside))
    return "\n".join(_side_by_side(group, wide) for group in groups)


def per_line(wide: int) -> int:
    """How many images fit side by side on standard output, if they and their captions are this wide."""
    columns = width() or DEFAULT_WIDTH
    return max(1, (columns + GAP) // (min(wide, columns) + GAP))


def characters(image: "Image", plain: bool) -> list[str]:
    """The lines of one image (rows, columns): the characters nearest to each two rows, all equally long."""
    import numpy as np

    halves = np.pad(image, ((0, len(image) % 2), (0, 0))).reshape(-1, 2, image.shape[1]) / 255
    if plain:
        chosen = np.rint(halves.mean(axis=1) * (len(ASCII) - 1)).astype(int)
        return ["".join(ASCII[n] for n in line) for line in chosen]
    filled = np.array(list(BLOCKS.values()))[:, None, :, None]
    nearest = np.square(halves - filled).sum(axis=2).argmin(axis=0)
    glyphs = "".join(BLOCKS)
    return ["".join(glyphs[n] for n in line) for line in nearest]


def reduced(image: "Image", columns: int) -> "Image":
    """The image, or means of squares of its pixels if it is wider than this many columns."""
    import numpy as np

    factor = -(-image.shape[1] // columns)
    if factor == 1:
        return image
    missing = [(0, -size % factor) for size in image.shape]
    rows, across = (-(-size // factor) for size in image.shape)
    squares = np.pad(image, missing).reshape(rows, factor, across, factor)
    means: Image = np.rint(squares.mean(axis=(1, 3))).astype(np.uint8)
    return means


def has_blocks(err: bool = False) -> bool:
    """Whether standard output (or error) and the locale have characters for blocks."""
    stream = sys.stderr if err else sys.stdout
    # In the locale C Python writes UTF-8 all the same, which the terminal then does not show.
    encodings = {getattr(stream, "encoding", None) or "ascii", locale.nl_langinfo(locale.CODESET)}
    try:
        return all("".join(BLOCKS).encode(encoding) for encoding in encodings)
    except (UnicodeEncodeError, LookupError):
        return False


def _side_by_side(cells: list[list[str]], wide: int) -> str:
    from itertools import zip_longest

    between = " " * GAP
    lines = zip_longest(*cells, fillvalue="")
    return "\n".join(between.join(part.ljust(wide) for part in line).rstrip() for line in lines) + "\n"
