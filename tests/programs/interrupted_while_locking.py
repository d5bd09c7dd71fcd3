"""nnbp, which gets SIGTERM as soon as it has created the lock of its model file: the arguments of nnbp."""

import os
import signal
import sys
from pathlib import Path

from nnbp import locks
from nnbp.cli.main import main

open_locked = locks.open_locked


def interrupted(path: Path) -> int | None:
    descriptor = open_locked(path)
    if path.suffix == ".lock":
        os.kill(os.getpid(), signal.SIGTERM)
    return descriptor


locks.open_locked = interrupted
main(sys.argv[1:])
