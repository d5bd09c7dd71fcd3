"""The program nnbp, mapping images of any size, while another program changes a file as soon as it is in use.

The file is named by the environment variable DISTURBED.
"""

import os

from nnbp import minibatches
from nnbp.cli.start import main
from nnbp.data import mapped

blocks = minibatches.MiniBatches.blocks


def disturbed(self, *arguments):  # type: ignore[no-untyped-def]
    os.utime(os.environ["DISTURBED"], ns=(1, 1))
    return blocks(self, *arguments)


mapped.LARGEST_READ = 0
minibatches.MiniBatches.blocks = disturbed  # type: ignore[method-assign]
main()
