"""The program nnbp, for which MNIST is tiny and comes from $NNBP_MIRROR."""

from stress.mirrors import use_tiny

from nnbp.cli.start import main

use_tiny()
main()
