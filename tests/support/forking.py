"""The program in processes forked from one that has imported it: a start takes 10 ms of a processor, not 300.

This file is also that process: it forks for each connection, which brings arguments, a folder, an environment
and the three standard streams, and answers with the process number and then the exit status.
"""

import contextlib
import functools
import gc
import importlib
import json
import os
import pkgutil
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NoReturn

# What begins with these is read when Python, NumPy or the compiled engine starts, and not again.
_READ_ONCE = ("LANG", "LC_", "LD_", "MALLOC_", "MKL_", "NNBP_INSTRUCTIONS", "OMP_", "OPENBLAS_", "PYTHON")
# The program that passes the streams of a shell on.
FORKED = str(Path(__file__).with_name("forked.py"))
_LONGEST = 1 << 18  # bytes of a request


class Server:
    """The process that forks, and the requests to it."""

    def __init__(self) -> None:
        self.address = f"nnbp-tests-{os.getpid()}-{id(self)}"  # in Linux's abstract namespace
        self._read_once = _read_once(os.environ)
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listener:
            listener.bind(f"\0{self.address}")
            listener.listen(64)
            # It ends when its standard input does, that is, with this process.
            self._process = subprocess.Popen(
                [sys.executable, __file__, str(listener.fileno())],
                stdin=subprocess.PIPE,
                pass_fds=[listener.fileno()],
                start_new_session=True,
            )

    def suits(self, environment: Mapping[str, str]) -> bool:
        """Whether the program would start with what the server started with."""
        return _read_once(environment) == self._read_once

    def run(
        self,
        arguments: Sequence[str],
        cwd: Path,
        stdin: bytes,
        environment: Mapping[str, str],
        seconds: int,
    ) -> "subprocess.CompletedProcess[bytes]":
        """Run the program as `subprocess.run` would. Raises TimeoutError after `seconds`, and kills it."""
        request = json.dumps([list(arguments), str(cwd), dict(environment)]).encode()
        with (
            socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as connection,
            tempfile.TemporaryFile() as output,
            tempfile.TemporaryFile() as errors,
        ):
            connection.settimeout(seconds)
            connection.connect(f"\0{self.address}")
            reading, writing = os.pipe()
            socket.send_fds(connection, [request], [reading, output.fileno(), errors.fileno()])
            os.close(reading)
            threading.Thread(target=_write, args=(writing, stdin)).start()
            process = int(connection.recv(32))
            try:
                status = int(connection.recv(32))
            except TimeoutError:
                os.kill(process, signal.SIGKILL)
                raise
            output.seek(0)
            errors.seek(0)
            return subprocess.CompletedProcess(arguments, status, output.read(), errors.read())


@functools.cache
def server() -> Server | None:
    """The server of this process, started at the first call; None on a system without such sockets."""
    return Server() if sys.platform == "linux" else None


def _read_once(environment: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environment.items() if name.startswith(_READ_ONCE)}


def _write(descriptor: int, content: bytes) -> None:
    with contextlib.suppress(BrokenPipeError), open(descriptor, "wb") as file:
        file.write(content)


def _serve(listener: socket.socket) -> None:
    """Fork for each connection, until standard input ends."""
    _import()
    gc.freeze()  # so that a child does not copy the pages of these objects
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        ready, _, _ = select.select([listener.fileno(), 0], [], [])
        if 0 in ready:
            return
        connection, _ = listener.accept()
        with connection:
            if not os.fork():
                listener.close()
                _answer(connection)


def _import() -> None:
    """Import the program with all its commands, and what they import when they run."""
    import nnbp
    from nnbp import native

    for module in pkgutil.walk_packages(nnbp.__path__, "nnbp."):
        if not module.name.endswith("__main__"):
            with contextlib.suppress(ImportError):  # a package that is not installed
                importlib.import_module(module.name)
    for name in ("numpy.random", "requests", "tqdm", "PIL.Image"):
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    native.missing()  # loads the library, or finds that there is none


def _answer(connection: socket.socket) -> NoReturn:
    """Start a process for one request, wait for it, and answer with its exit status."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    request, streams, _, _ = socket.recv_fds(connection, _LONGEST, 3)
    arguments, folder, environment = json.loads(request)
    process = os.fork()
    if not process:
        connection.close()
        _become(arguments, folder, environment, streams)
    for stream in streams:
        os.close(stream)
    connection.send(str(process).encode())
    _, status = os.waitpid(process, 0)
    connection.send(str(os.waitstatus_to_exitcode(status)).encode())
    os._exit(0)


def _become(arguments: list[str], folder: str, environment: dict[str, str], streams: list[int]) -> NoReturn:
    """Be the program on these arguments."""
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    sys.stdin, sys.stdout, sys.stderr = os.fdopen(0), os.fdopen(1, "w"), os.fdopen(2, "w", 1)
    sys.argv = ["nnbp", *arguments]
    from nnbp.cli.start import main

    status = 1
    try:
        main()
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 1
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        with contextlib.suppress(OSError):
            sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


if __name__ == "__main__":
    _serve(socket.socket(fileno=int(sys.argv[1])))
