"""Images of any kind as the input of a network: read, told apart, prepared as MNIST was made.

    read(source, where, pixels) -> Iterator[Block]    rows for a network, in constant memory

The names are looked up on first use (PEP 562).
"""

from typing import TYPE_CHECKING

from nnbp import lazy

if TYPE_CHECKING:
    from nnbp.data.images.fitting import Block as Block
    from nnbp.data.images.reading import read as read

__getattr__, __dir__, __all__ = lazy.names(__name__, {"fitting": ["Block"], "reading": ["read"]})
