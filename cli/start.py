"""Where the program starts: until there is something to clean up, Ctrl-C ends it silently."""

import signal

# Before any other import, each of which it would otherwise end with a traceback.
if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
    signal.signal(signal.SIGINT, signal.SIG_DFL)

import gc
from typing import NoReturn


def main() -> NoReturn:
    """Run the command line on the arguments of the process, and exit."""
    # Importing creates about 50,000 objects, none of them garbage. Scanning them repeatedly would take 5 ms.
    gc.set_threshold(100_000)
    from nnbp.cli.main import main as run

    run()
