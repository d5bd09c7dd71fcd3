"""Prints why the compiled engine is missing, whether it can be described, and whether that imported NumPy."""

import sys

from nnbp import native

if __name__ == "__main__":
    print(native.missing(), bool(native.describe()), "numpy" in sys.modules)
