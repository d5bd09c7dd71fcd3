"""Pictures that follow one another without gaps, read into fresh arrays."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from nnbp.data.images.fitting import Fitting
from nnbp.data.images.stream import Stream

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def blocks(
    stream: Stream, fitting: Fitting, count: int, rows: int, columns: int, width: int = 1, header: int = 0
) -> Iterator["NDArray[np.uint8]"]:
    """`count` pictures in blocks (n, rows, columns · width): at most 8 MB, or what has arrived; each is new.

    A pixel has `width` bytes. Raises RejectedFileError after the last whole picture if the stream does not
    end where it should; `header` is the number of bytes before the first picture.
    """
    import numpy as np

    size, done, over = rows * columns * width, 0, b""
    whole = header + count * size
    while done < count:
        block = np.empty((min(fitting.at_once(rows, columns * width), count - done), size), np.uint8)
        view = block.data.cast("B")
        view[: len(over)] = over
        length = len(over) + stream.fill(view[len(over) :], size - len(over))
        complete = length // size
        over = bytes(view[complete * size : length])
        done += complete
        if complete:
            yield block[:complete].reshape(complete, rows, columns * width)
        else:
            stream.peek(1)  # raises the error that ended the bytes, if there is one
            found = whole - (count - done) * size + len(over)
            reason = f"expected {whole} bytes, as its header says, found {found}: image {done} is cut off"
            raise fitting.rejected(reason, "get the file again")
    if stream.peek(1):
        reason = f"expected {whole} bytes, as its header says ({count} images), found more"
        raise fitting.rejected(reason, "get the file again")
