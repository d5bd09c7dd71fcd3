"""Asks the compiled engine for more memory than there is, again and again.

Prints a line for each request, with the error; the process has to survive them all.
"""

import resource
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from nnbp.native.library import library

MEBIBYTE = 1 << 20


def network(*sizes: int) -> Any:
    """A network of these sizes."""
    return library().Network(
        sizes=sizes,
        batch_size=1,
        cost="quadratic",
        velocity=False,
        dropout=False,
        instructions=library().instruction_sets()[0],
    )


def attempt(what: str, work: Callable[[], object]) -> None:
    """Print how a request ends."""
    try:
        work()
    except MemoryError:
        print(what, "MemoryError")
    else:
        print(what, "granted")


def main() -> None:
    images = np.full((1000, 40_000), 7, np.uint8)
    many = np.zeros((20_000_000, 1), np.uint8)
    labels, small = np.zeros(len(many), np.int32), network(1, 2)
    shown = library().Images(many, 0, library().instruction_sets()[0])
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (used + 100 * MEBIBYTE, most))
    for _ in range(3):
        attempt("network", lambda: network(4000, 20_000))
        attempt("lists", lambda: library().Images(images, 1 << 30, library().instruction_sets()[0]))
        attempt(
            "answers",
            lambda: small.evaluate(
                images=shown, dense=False, labels=labels, threads=1, confusion=np.zeros((2, 2), np.int64)
            ),
        )
    attempt("a small network", lambda: network(4, 2))


if __name__ == "__main__":
    main()
