"""The program nnbp, except that it maps images of any size."""

from nnbp.cli.start import main
from nnbp.data import mapped

mapped.LARGEST_READ = 0
main()
