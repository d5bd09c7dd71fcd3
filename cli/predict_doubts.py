"""Warnings of `nnbp predict` about pictures that are probably not what the network takes."""

from typing import TYPE_CHECKING

from nnbp.cli.output import say

if TYPE_CHECKING:
    from nnbp.data.images import Block

_BLANK = "no ink was found, so its label is unknown"
_BITS = "no pixel is above 1 of 255; write 0 and 255, or fractions as 0.0 and 1.0"
_INVERTED = "taken as it is, but it looks like dark ink on bright paper; --prepare always prepares it"


class Doubts:
    """The warnings about one file, each at most once: a stream may have no end."""

    def __init__(self, where: str) -> None:
        self._where = where
        self._said: set[str] = set()

    def look(self, block: "Block", index: int) -> None:
        """Warn about a block, whose first image has this index in the file."""
        if block.prepared and _BLANK not in self._said:
            is_blank = ~block.images.any(axis=1)
            self._warn(_BLANK, index, int(is_blank.argmax()) if is_blank.any() else None)
        # In the first images only: looking at each pixel of a stream takes time.
        if not (index or block.prepared) and block.images.dtype == "u1" and block.images.max(initial=0) == 1:
            self._warn(_BITS, index, 0)
        if block.raw and _INVERTED not in self._said:
            from nnbp.data.images import borders

            self._warn(_INVERTED, index, borders.first_bright(block.images.reshape(-1, *block.shape)))

    def _warn(self, doubt: str, index: int, found: int | None) -> None:
        if found is not None:
            self._said.add(doubt)
            say(f"nnbp: warning: {self._where}: image {index + found}: {doubt}")
