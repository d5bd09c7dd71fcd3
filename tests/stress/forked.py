"""The program in a process forked from this one, which starts in 5 ms instead of 150.

Everything that the program imports is imported here once. Only a process without threads should fork.
"""

import importlib
import os
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from nnbp import native
from nnbp.cli.main import main
from nnbp.cli.signals import ENDING

_IMPORTED = (
    "nnbp.cli.data",
    "nnbp.cli.evaluate",
    "nnbp.cli.train",
    "nnbp.cli.train_resume",
    "nnbp.cli.train_run",
    "nnbp.data.loading",
    "nnbp.data.mirrors",
    "nnbp.modelfile",
    "nnbp.training",
)


def _nothing() -> None:
    pass


class Forked:
    """The program on these arguments, in a folder; with what its users need of `subprocess.Popen`.

    Standard output and standard error go to `stdout` and `stderr`, files that the child creates. `first` is
    called in the child, before the program.
    """

    def __init__(
        self,
        arguments: Sequence[str | Path],
        cwd: Path,
        first: Callable[[], object] = _nothing,
        stdout: Path = Path(os.devnull),
        stderr: Path = Path(os.devnull),
    ) -> None:
        _import()
        self.returncode: int | None = None
        self.pid = os.fork()
        if not self.pid:
            try:
                _become(cwd, stdout, stderr)
                first()
                main([str(argument) for argument in arguments])
            except SystemExit as end:
                os._exit(end.code if isinstance(end.code, int) else 1)
            except BaseException:
                sys.excepthook(*sys.exc_info())
            finally:
                sys.stderr.flush()
                os._exit(1)

    def send_signal(self, number: int) -> None:
        """Send a signal, unless the process has been waited for."""
        if self.returncode is None:
            os.kill(self.pid, number)

    def wait(self) -> int:
        """The exit status, or minus the signal that ended it."""
        if self.returncode is None:
            _, status = os.waitpid(self.pid, 0)
            self.returncode = os.waitstatus_to_exitcode(status)
        return self.returncode


def _import() -> None:
    for name in _IMPORTED:
        importlib.import_module(name)
    native.missing()  # loads the library, or finds that there is none


def _become(cwd: Path, stdout: Path, stderr: Path) -> None:
    """Make this process as one that was just started: its folder, its streams, its signals."""
    os.chdir(cwd)
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    for descriptor, opened in (
        (0, os.open(os.devnull, os.O_RDONLY)),
        (1, os.open(stdout, flags)),
        (2, os.open(stderr, flags)),
    ):
        os.dup2(opened, descriptor)
        os.close(opened)
    sys.stdin, sys.stdout, sys.stderr = map(os.fdopen, (0, 1, 2), "rww")
    for number in ENDING:
        signal.signal(number, signal.SIG_DFL)
