"""Where the program begins: Ctrl-C ends it silently as long as there is nothing to clean up."""

import signal
from typing import NoReturn


def main() -> NoReturn:
    """Run the command line on the arguments of the process, and exit."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from nnbp.cli.main import main as run

    run()
