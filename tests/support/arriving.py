"""Streams that deliver a few bytes at a time."""

import io
from collections.abc import Sequence
from itertools import cycle
from typing import Any


class Arriving(io.RawIOBase):
    """The content in pieces of these sizes, again and again."""

    def __init__(self, content: bytes, sizes: Sequence[int]) -> None:
        self._content, self._sizes = io.BytesIO(content), cycle(sizes)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        view = memoryview(buffer).cast("B")
        return self._content.readinto(view[: next(self._sizes)])
