"""How a network looks: its sizes, and the weights of its first neurons as pictures of the input's shape."""

import base64
import math

import numpy as np
import numpy.typing as npt

from nnbp import png
from nnbp.arrays import Array
from nnbp.network import Network
from nnbp.notebook import markup
from nnbp.sizes import count_parameters

NEURONS = 30
COLUMNS = 10
# Pixels in all pictures together: at 6 bits each, and in base64, 32 kB.
MAX_PIXELS = 32_000

# Shades on either side of white.
SHADES = 31
# Minimum width of a neuron's picture on the screen: 28 × 28 is shown at twice its size.
SIDE_ON_SCREEN = 56


def html(network: Network) -> str:
    """The sizes and, for square inputs, the weights of up to 30 neurons of the first layer."""
    sizes = ",".join(map(str, network.sizes))
    parameters = f"{count_parameters(network.sizes):,} parameters"
    return markup.write(markup.heading(sizes, parameters, str(network.dtype)), *_weights(network))


def _weights(network: Network) -> list[markup.Element]:
    n_in, n_out = network.sizes[:2]
    side = math.isqrt(n_in)
    count = min(n_out, NEURONS, MAX_PIXELS // n_in)
    if side**2 != n_in or not count:
        return []
    weights = network.weights[0][:, :count]
    if not np.isfinite(weights).all():
        return [markup.note("no picture: a weight is not a finite number")]
    limit = float(abs(weights).max())
    caption = (
        f"first-layer weights of {count} of {n_out} neurons: "
        f"blue −{limit:.3g}, white 0, orange {limit:.3g}; each {side} × {side}, like the input"
    )
    return [_image(tiles(levels(weights, limit), side), side, caption), markup.note(caption)]


def levels(weights: Array, limit: float) -> npt.NDArray[np.uint8]:
    """The palette's colour of each weight: 1 at −limit, 32 at 0, 63 at limit."""
    return np.asarray(np.rint(weights / (limit or 1.0) * SHADES) + SHADES + 1, np.uint8)


def tiles(columns: npt.NDArray[np.uint8], side: int) -> npt.NDArray[np.uint8]:
    """Each of the columns (side², n) as a square, ten in a row, with a line of 0 between them."""
    count = columns.shape[1]
    height, width = -(-count // COLUMNS), min(count, COLUMNS)
    grid = np.zeros((height * width, side + 1, side + 1), np.uint8)
    grid[:count, :side, :side] = columns.T.reshape(count, side, side)
    rows = grid.reshape(height, width, side + 1, side + 1).swapaxes(1, 2)
    return rows.reshape(height * (side + 1), width * (side + 1))[:-1, :-1]


def palette() -> npt.NDArray[np.uint8]:
    """Grey between the pictures, then from blue through white to orange: (64, 3)."""
    grey, white = np.full(3, 128), np.full(3, 255)
    fraction = np.linspace(0, 1, SHADES + 1)[:, None]
    to_blue, to_orange = (white + fraction * (np.array(end) - white) for end in (markup.BLUE, markup.ORANGE))
    return np.asarray(np.rint(np.vstack([grey, to_blue[:0:-1], to_orange])), np.uint8)


def _image(pixels: npt.NDArray[np.uint8], side: int, text: str) -> markup.Element:
    data = base64.b64encode(png.encode(pixels, palette())).decode("ascii")
    return markup.element(
        "img",
        src=f"data:image/png;base64,{data}",
        alt=text,
        width=pixels.shape[1] * max(1, SIDE_ON_SCREEN // side),
        style="display:block;margin:.5em 0;image-rendering:pixelated",
    )
