"""The program nnbp, which gets Ctrl-C as it imports the first module that is not its own.

That module's name is written to standard output.
"""

import importlib
import os
import signal
import sys
from collections.abc import Sequence
from types import ModuleType

BEFORE = {"nnbp", "nnbp.lazy", "nnbp.cli", "nnbp.cli.start"}


class Interrupting:
    @staticmethod
    def find_spec(name: str, path: Sequence[str] | None = None, target: ModuleType | None = None) -> None:
        if name not in BEFORE:
            print(name, flush=True)
            os.kill(os.getpid(), signal.SIGINT)


sys.meta_path.insert(0, Interrupting())
importlib.import_module("nnbp.cli.start").main()
