"""Replaces a file repeatedly until it is killed: `python rewrite_forever.py FILE`."""

import itertools
import sys
from pathlib import Path

from nnbp import atomic


def main() -> None:
    print("ready", flush=True)
    for number in itertools.count(1):
        atomic.write(Path(sys.argv[1]), bytes([number % 256]) * 300_000)


if __name__ == "__main__":
    main()
