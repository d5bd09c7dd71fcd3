"""`python -m nnbp`: the command line, from a checkout that is not installed."""

from nnbp.cli.start import main

main()
