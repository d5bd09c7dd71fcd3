"""The answers of `nnbp predict`: a line for each image, as the images arrive."""

import io
import math
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, cast

import click
import numpy as np

from nnbp.cli import cells, drawing
from nnbp.cli.loading import STANDARD
from nnbp.cli.output import Table, say
from nnbp.cli.predict_doubts import Doubts
from nnbp.cli.remedies import remedy_of
from nnbp.cli.text import one_line
from nnbp.data import deskew, images
from nnbp.errors import EngineError, NnbpError, RejectedFileError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from nnbp.cli.cells import Column
    from nnbp.data.images import Block
    from nnbp.outputs import Predictor

# The digits that float32 has.
PROBABILITY = "%.6g"


class Answers:
    """Answers for one file after another, written to standard output as TSV or JSON."""

    def __init__(
        self,
        predictor: "Predictor",
        sizes: tuple[int, ...],
        names: tuple[str, ...],
        as_json: bool,
        probabilities: bool,
        threshold: float | None,
        show: bool,
        deskew: bool,
    ) -> None:
        self.predictor = predictor
        self.pixels, self.classes = sizes[0], sizes[-1]
        self.probabilities, self.show, self.deskew = probabilities, show, deskew
        self.threshold = threshold
        self.as_json = as_json
        unknown = b"null" if as_json else b"?"
        self.labels = cells.texts([*(b"%d" % label for label in range(self.classes)), unknown])
        self.table = Table(as_json, "prediction", self._formats(as_json), text="file", longest=names)

    def of_file(self, name: str, prepare: str) -> bool:
        """Answer the images in a file. Returns False, after a message, if some of it was rejected."""
        index = 0
        doubts = Doubts(_where(name))
        for block in self._blocks(name, prepare):
            if block is None:
                return False
            doubts.look(block, index)
            size = 1 if self.show else len(block.images)
            for first in range(0, len(block.images), size):
                part = block._replace(images=block.images[first : first + size])
                try:
                    self._answer(name, index, part)
                except RejectedFileError as error:
                    say(f"nnbp: error: {error}")
                    return False
                except EngineError as error:
                    # The compiled engine answers no images of numbers; those of the next file may be bytes.
                    say(f"nnbp: error: {_where(name)}: {error}")
                    return False
                index += size
        return True

    def _blocks(self, name: str, prepare: str) -> "Iterator[Block | None]":
        """The blocks of a file; None after the message about an error. Other errors are not caught here."""
        source: Path | BinaryIO
        if name == STANDARD:
            # Not through Python's buffer, which may wait for more although some has arrived.
            source = cast("BinaryIO", io.FileIO(sys.stdin.fileno(), closefd=False))
        else:
            source = Path(name)
        where = _where(name)
        blocks = images.read(source, where, self.pixels, prepare)
        while True:
            try:
                block = next(blocks, None)
            except NnbpError as error:
                say(f"nnbp: error: {error}")
                yield None
                return
            except OSError as error:
                say(f"nnbp: error: {where}: {error.strerror or error}; {remedy_of(error)}")
                yield None
                return
            if block is None:
                return
            yield block

    def _answer(self, name: str, index: int, block: "Block") -> None:
        if self.deskew:
            block = _deskewed(block, name)
        labels, outputs = self.predictor.answers(block.images)
        likely = outputs[np.arange(len(labels)), labels]
        if self.show:
            caption = one_line(f"{name} {index}")
            click.echo(drawing.drawing([_picture(block)], [caption], err=True), err=True, nl=False)
        if self.threshold is not None:
            # A probability that is not a number is below every threshold.
            labels = np.where(likely >= self.threshold, labels, self.classes)
        if block.prepared:
            labels = np.where(block.images.any(axis=1), labels, self.classes)
        columns = [cells.counting(index, len(labels)), self.labels[labels], self._numbers(likely)]
        if self.probabilities:
            columns += [self._numbers(of_class) for of_class in outputs.T]
        self.table.columns(name, columns)

    def _numbers(self, numbers: "NDArray[Any]") -> "Column":
        # JSON has no numbers that are not finite.
        return cells.six_digits(numbers, b"null" if self.as_json else None)

    def _formats(self, as_json: bool) -> dict[str, str]:
        formats = {"index": "%d", "label": "%s", "probability": PROBABILITY}
        if not self.probabilities:
            return formats
        if as_json:
            return formats | {"probabilities": f"[{', '.join([PROBABILITY] * self.classes)}]"}
        return formats | {f"probability_{n}": PROBABILITY for n in range(self.classes)}


def _where(name: str) -> str:
    return "standard input" if name == STANDARD else name


def _deskewed(block: "Block", name: str) -> "Block":
    """The block as bytes, deskewed. Raises RejectedFileError for rows of numbers, whose shape is unknown."""
    if block.shape[0] == 1:
        reason = f"the model deskews images, but these have one row of {block.shape[1]} pixels"
        raise RejectedFileError(_where(name), reason, "write their rows and columns, as in IDX or PGM")
    return block._replace(images=deskew(block.images, block.shape))


def _picture(block: "Block") -> "NDArray[np.uint8]":
    """The first image as bytes (rows, columns); a row of numbers as the rectangle nearest to a square."""
    rows, columns = block.shape
    if rows == 1:
        rows = next(n for n in range(math.isqrt(columns), 0, -1) if columns % n == 0)
    scale = 1 if block.images.dtype == np.uint8 else 255
    picture: NDArray[np.uint8] = np.rint(block.images[0] * scale).astype(np.uint8)
    return picture.reshape(rows, -1)
