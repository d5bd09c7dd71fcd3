"""Load the tiny MNIST as often as the argument says, each time deleting one of its files from the cache.

Run several at once: each takes files away from the others.
"""

import sys

from support.datasets import NAMES, assert_tiny, tiny_entry

import nnbp.data

nnbp.data.REGISTRY["mnist"] = tiny_entry("mnist", ("https://127.0.0.1:1",))
for number in range(int(sys.argv[1])):
    assert_tiny(nnbp.data.load("mnist"))
    nnbp.data.folder("mnist").joinpath(NAMES[number % 4]).unlink(missing_ok=True)
