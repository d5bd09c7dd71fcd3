"""The door: the group of commands, and the boundary where errors become one line and an exit status."""

import errno
import gc
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NoReturn

import click

from nnbp import __version__
from nnbp.cli import signals, streams
from nnbp.cli.lazy import LazyGroup
from nnbp.cli.output import beside_the_bars, one_line
from nnbp.errors import DivergenceError, DownloadError, EngineError, NnbpError, RejectedFileError

OPERATING_SYSTEM = 1
USAGE = 2
STATUS: dict[type[NnbpError], int] = {
    RejectedFileError: 3,
    DownloadError: 4,
    DivergenceError: 5,
    EngineError: USAGE,
}

# Remedies for the errors of the operating system that people meet.
REMEDIES = {
    errno.ENOSPC: "free some space, or write elsewhere",
    errno.EDQUOT: "free some space, or write elsewhere",
    errno.EACCES: "change its permissions, or name another file",
    errno.EPERM: "change its permissions, or name another file",
    errno.EROFS: "name a file that can be written",
    errno.ENOENT: "check the name",
    errno.EISDIR: "name a file",
    errno.EBADF: "open it, or send it to /dev/null",
}


VERBS = {
    "train": "Train a network and write it to a model file.",
    "evaluate": "Print the accuracy of a model on the test set.",
    "gradients": "Print the cost and the gradient norm of each example.",
    "info": "Show the contents of a model file, and how it was trained.",
    "check": "Compare backpropagation with numerical differentiation.",
    "data": "List, fetch, verify and find the data sets.",
}


@click.group(
    cls=LazyGroup,
    package="nnbp.cli",
    verbs=VERBS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, message="%(prog)s %(version)s")
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
@click.pass_obj
def cli(boundary: "Boundary", debug: bool) -> None:
    """Train sigmoid networks on MNIST by backpropagation.

    \b
      nnbp train --sizes 784,30,10
      nnbp evaluate model.npz

    Results go to standard output; progress, warnings and errors to standard error.

    \b
    Exit status: 0 done; 1 the answer is no, or the operating system failed; 2 usage;
    3 a file was rejected; 4 network or integrity; 5 training diverged.
    """
    boundary.debug = debug


@dataclass
class Boundary:
    """Where every error ends: as one line, and as an exit status."""

    debug: bool = False

    def run(self, arguments: Sequence[str]) -> int:
        """Run the command line on these arguments; the exit status."""
        try:
            streams.secure()
            status = cli.main(arguments, prog_name="nnbp", standalone_mode=False, obj=self)
            sys.stdout.flush()
            signals.check()
        except Exception as error:
            if self.debug:
                import traceback

                traceback.print_exc()
            return self._report(error)
        return status if isinstance(status, int) else 0

    def _report(self, error: Exception) -> int:
        match error:
            case click.ClickException():
                error.show()
                return error.exit_code
            case BrokenPipeError():
                streams.abandon()
                return OPERATING_SYSTEM
            case NnbpError():
                self._complain(str(error))
                return next((status for kind, status in STATUS.items() if isinstance(error, kind)), USAGE)
            case OSError():
                streams.abandon()
                where, reason = error.filename or "standard output", error.strerror or str(error)
                self._complain(f"{where}: {reason}; {REMEDIES.get(error.errno or 0, 'try another file')}")
                return OPERATING_SYSTEM
            case MemoryError():
                self._complain("memory: not enough of it; try a smaller network or smaller mini-batches")
                return OPERATING_SYSTEM
        self._complain(
            f"{type(error).__name__}: {error}; this is a defect of nnbp: please report what --debug shows"
        )
        return OPERATING_SYSTEM

    def _complain(self, text: str) -> None:
        with beside_the_bars():
            click.echo(one_line(f"nnbp: error: {text}"), err=True)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line on these arguments, or on those of the process, and exit."""
    try:
        status = Boundary().run(sys.argv[1:] if arguments is None else arguments)
    except signals.Interrupted as interruption:
        streams.abandon()
        signals.die_of(interruption.signal)
    # Python looks for garbage once more at its end, 15 ms after an import of NumPy. The system takes it all.
    gc.freeze()
    sys.exit(status)
