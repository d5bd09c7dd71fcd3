"""The scripts of the report page compute what nnbp computes."""

import base64

import numpy as np
import pytest
from support import node
from support.pictures import Greys, photograph

import nnbp
import nnbp.data
from nnbp.data.images.preparation import prepare
from nnbp.network import Network

PREPARE = ["squares.js", "paper.js", "specks.js", "prepare.js"]
PREPARED = "given.map(([g, w, h]) => Array.from(nnbp.prepare(Uint8Array.from(g), w, h, 28)))"
NETWORK = "nnbp.network(given.sizes, given.weights, given.biases, given.cost)"
DESKEWED = "given.images.map((image) => Array.from(nnbp.deskew(Uint8Array.from(image), ...given.shape)))"
ACTIVATED = f"given.images.map((i) => nnbp.activations({NETWORK}, i).map((layer) => Array.from(layer)))"


def in_javascript(pictures: list[Greys]) -> Greys:
    given = [(picture.ravel().tolist(), picture.shape[1], picture.shape[0]) for picture in pictures]
    return np.array(node.run(PREPARE, PREPARED, given), np.uint8).reshape(-1, 28, 28)


def test_a_browser_prepares_photographs_to_the_same_bytes() -> None:
    rng = np.random.default_rng(3)
    digits = np.asarray(nnbp.data.load("sample").test.images[:24]).reshape(-1, 28, 28)
    pictures = [
        photograph(
            digit, rng, (130, 90 + i), noise=i % 7, dark_ink=i % 2 == 0, light=("even", "shadow")[i % 2]
        )
        for i, digit in enumerate(digits)
    ] + [photograph(digits[0], rng, (500, 450))]

    assert np.array_equal(in_javascript(pictures), np.stack([prepare(picture) for picture in pictures]))


def test_a_browser_prepares_tiny_and_blank_pictures_to_the_same_bytes() -> None:
    rng = np.random.default_rng(4)
    shapes = [(1, 1), (1, 7), (7, 1), (2, 2), (5, 3), (28, 28), (1, 900)]
    pictures = [rng.integers(0, 256, shape, dtype=np.uint8) for shape in shapes]
    pictures += [np.full(shape, 90, np.uint8) for shape in shapes]

    assert np.array_equal(in_javascript(pictures), np.stack([prepare(picture) for picture in pictures]))


def test_a_browser_leaves_out_the_same_specks() -> None:
    pictures = []
    # 2 % and 7.5 % of the ink of the bar.
    for height, width in ((6, 8), (12, 15)):
        picture = np.zeros((100, 120), np.uint8)
        picture[20:80, 20:60] = 255
        picture[30 : 30 + height, 90 : 90 + width] = 255
        pictures.append(picture)
    prepared = in_javascript(pictures)
    assert np.array_equal(prepared, np.stack([prepare(picture) for picture in pictures]))
    # The bar alone fills the height of the box; the two fill its width, 85 to a height of 60.
    assert [int((image > 0).any(axis=1).sum()) for image in prepared] == [20, 14]


def test_a_browser_deskews_images_to_the_same_bytes() -> None:
    rng = np.random.default_rng(5)
    digits = np.asarray(nnbp.data.load("sample").test.images[:300])
    spots = rng.integers(0, 256, (200, 12), dtype=np.uint8) * (rng.random((200, 12)) < 0.4).astype(np.uint8)
    for images, shape in ((digits, (28, 28)), (spots, (4, 3)), (spots, (2, 6)), (spots, (12, 1))):
        given = {"images": images.tolist(), "shape": shape}
        found = np.array(node.run(["deskew.js"], DESKEWED, given), np.uint8)
        np.testing.assert_array_equal(found, nnbp.data.deskew(images, shape))


@pytest.mark.parametrize("cost", ["cross-entropy", "log-likelihood"])
def test_a_browser_computes_the_outputs_of_a_network(cost: str) -> None:
    rng = np.random.default_rng(6)
    network = Network.random((784, 12, 9, 10), rng)
    images = rng.integers(0, 256, (5, 784), dtype=np.uint8)
    given = {
        "sizes": network.sizes,
        "weights": [base64.b64encode(w.astype("<f4").tobytes()).decode() for w in network.weights],
        "biases": [base64.b64encode(b.astype("<f4").tobytes()).decode() for b in network.biases],
        "cost": cost,
        "images": images.tolist(),
    }

    layers = node.run(["network.js"], ACTIVATED, given)

    assert [len(layer) for layer in layers[0]] == [784, 12, 9, 10]
    assert np.allclose([layer[-1] for layer in layers], network.outputs(images, cost), rtol=0, atol=1e-5)
