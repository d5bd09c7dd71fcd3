"""Small blocks put together while more images have already arrived."""

from collections.abc import Callable, Iterator

from nnbp.data.images.fitting import Block

ENOUGH = 256  # images; as many as need no more calls
LARGEST = 1 << 22  # bytes that wait, at most


def gathered(blocks: Iterator[Block], ready: Callable[[], bool]) -> Iterator[Block]:
    """The same images in the same order; an error is raised after the images before it."""
    waiting: list[Block] = []
    try:
        for block in blocks:
            if waiting and not _alike(waiting[0], block):
                yield _joined(waiting)
                waiting = []
            waiting.append(block)
            count, size = sum(len(b.images) for b in waiting), sum(b.images.nbytes for b in waiting)
            if count >= ENOUGH or size >= LARGEST or not ready():
                done, waiting = waiting, []
                yield _joined(done)
    except Exception:
        if waiting:
            yield _joined(waiting)
        raise
    if waiting:
        yield _joined(waiting)


def _alike(one: Block, other: Block) -> bool:
    return one.images.dtype == other.images.dtype and one[1:] == other[1:]


def _joined(blocks: list[Block]) -> Block:
    if len(blocks) == 1:
        return blocks[0]
    import numpy as np

    return blocks[0]._replace(images=np.concatenate([block.images for block in blocks]))
