"""The group of commands, and the boundary where an error becomes one line and an exit status."""

import gc
import io
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NoReturn

import click

from nnbp import __version__
from nnbp.cli import signals, streams
from nnbp.cli.exit_status import OPERATING_SYSTEM, status_of
from nnbp.cli.lazy import LazyGroup
from nnbp.cli.near import no_such_option
from nnbp.cli.output import say
from nnbp.cli.remedies import remedy_of
from nnbp.cli.text import wrapped
from nnbp.errors import NnbpError

VERBS = {
    "train": "Train a network and write it to a model file.",
    "evaluate": "Print the accuracy of models on the test set.",
    "predict": "Print the label of each image in files or on standard input.",
    "compare": "Compare two models on the same test images.",
    "reproduce": "Train a published result again, beside the published figure.",
    "report": "Write an HTML page about models, with a field to draw in.",
    "gradients": "Print the cost and the gradient norm of each example.",
    "info": "Show the contents of a model file and how it was trained.",
    "export": "Write a model as ONNX or safetensors.",
    "check": "Compare backpropagation with numerical differentiation.",
    "data": "List, download, verify, locate, show and export the data sets.",
    "completion": "Print the script that completes commands in a shell.",
}


@click.group(
    cls=LazyGroup,
    package="nnbp.cli",
    verbs=VERBS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80},
)
@click.version_option(__version__, message="%(prog)s %(version)s")
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
@click.pass_obj
def cli(boundary: "Boundary", debug: bool) -> None:
    """Train sigmoid networks on MNIST by backpropagation.

    \b
      nnbp train --sizes 784,30,10
      nnbp evaluate model.npz
      nnbp predict model.npz seven.jpg
      nnbp report model.npz

    Results go to standard output; progress, warnings and errors to standard error.

    \b
    Exit status:
      0  success
      1  a check failed (--min-accuracy, check), or an operating-system error
      2  usage error
      3  a file was rejected
      4  a download failed, or data did not match its SHA-256
      5  training diverged
    """
    boundary.debug = debug


@dataclass
class Boundary:
    """Turns every error into one line and an exit status."""

    debug: bool = False

    def run(self, arguments: Sequence[str]) -> int:
        """Run the command line on these arguments, and return the exit status."""
        try:
            streams.secure()
            status = cli.main(arguments, prog_name="nnbp", standalone_mode=False, obj=self)
            sys.stdout.flush()
            signals.check()
        except Exception as error:
            # A signal can make any exception, for instance where it interrupts a wait for a thread.
            signals.check()
            if self.debug:
                import traceback

                traceback.print_exc()
            return self._report(error)
        return status if isinstance(status, int) else 0

    def _report(self, error: Exception) -> int:
        match error:
            case click.NoSuchOption():
                return self._report(no_such_option(error))
            case click.ClickException():
                shown = io.StringIO()
                error.show(shown)
                click.echo(wrapped(shown.getvalue(), err=True), nl=False, err=True)
                return error.exit_code
            case BrokenPipeError():
                streams.abandon()
                return OPERATING_SYSTEM
            case NnbpError():
                say(f"nnbp: error: {error}")
                return status_of(error)
            case OSError():
                streams.abandon()
                where, reason = error.filename or "standard output", error.strerror or str(error)
                say(f"nnbp: error: {where}: {reason}; {remedy_of(error)}")
                return OPERATING_SYSTEM
            case MemoryError():
                say("nnbp: error: not enough memory; try a smaller network or smaller mini-batches")
                return OPERATING_SYSTEM
        say(f"nnbp: error: {type(error).__name__}: {error}; this is a bug: please report what --debug shows")
        return OPERATING_SYSTEM


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line on these arguments (default: those of the process), and exit."""
    try:
        status = Boundary().run(sys.argv[1:] if arguments is None else arguments)
    except signals.Interrupted as interruption:
        streams.abandon()
        signals.die_of(interruption.signal)
    # Python collects garbage once more as it exits, which takes 15 ms once NumPy is imported, for no gain.
    gc.freeze()
    sys.exit(status)
