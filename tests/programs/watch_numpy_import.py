"""nnbp, which writes OPENBLAS_NUM_THREADS to standard error whenever NumPy is about to be imported."""

import builtins
import os
import sys
from typing import Any

original = builtins.__import__


def watched(name: str, *rest: Any, **more: Any) -> Any:
    if name == "numpy" and "numpy" not in sys.modules:
        print(os.environ.get("OPENBLAS_NUM_THREADS"), file=sys.stderr)
    return original(name, *rest, **more)


builtins.__import__ = watched

from nnbp.cli.main import main  # noqa: E402 - its imports are also watched

main(sys.argv[1:])
