"""Builds from the tree in the current folder: `python build_distribution.py sdist|wheel FOLDER`.

The last line that it prints is the name of the file in FOLDER.
"""

import sys

from setuptools import build_meta

BUILDERS = {"sdist": build_meta.build_sdist, "wheel": build_meta.build_wheel}

if __name__ == "__main__":
    print(BUILDERS[sys.argv[1]](sys.argv[2]))
