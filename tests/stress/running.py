"""A part that runs: its progress, the memory of its processes, its result."""

import contextlib
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from stress import processes


@dataclass(frozen=True)
class Result:
    """The result of a part.

    peak     bytes; 0 where unknown
    failure  the last lines it wrote; empty if it reached its count
    """

    name: str
    passed: int
    cases: int
    seconds: float
    peak: int
    failure: str


class Running:
    """The process of a part, in its own session and folder, away from the user's cache and the internet."""

    def __init__(self, name: str, cases: int, bound: float, command: Sequence[str]) -> None:
        """Start the command, with its empty folder as the last argument; `bound` is in seconds."""
        self.name, self.cases, self._bound, self._peak = name, cases, bound, 0
        self._home = tempfile.TemporaryDirectory(prefix=f"nnbp-stress-{name}-", ignore_cleanup_errors=True)
        home = Path(self._home.name)
        self._output, self._errors, folder = home / "output", home / "errors", home / "folder"
        folder.mkdir()
        self._began = time.monotonic()
        with self._output.open("wb") as output, self._errors.open("wb") as errors:
            self._process = subprocess.Popen(
                [*command, str(folder)],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=errors,
                start_new_session=True,
                env=_apart(home),
            )

    @property
    def passed(self) -> int:
        """Cases passed so far."""
        # The last line may be half written.
        lines = self._output.read_text().rpartition("\n")[0].splitlines()
        return int(lines[-1]) if lines else 0

    def poll(self) -> Result | None:
        """The result, once it has ended or has taken too long."""
        self._peak = max(self._peak, processes.memory(self._process.pid))
        late = time.monotonic() > self._began + self._bound
        running = self._process.poll() is None
        if running and not late:
            return None
        self.stop()
        seconds = time.monotonic() - self._began
        result = Result(
            self.name,
            self.passed,
            self.cases,
            seconds,
            self._peak,
            self._failure(self._process.returncode, late=running),
        )
        self._home.cleanup()
        return result

    def stop(self) -> None:
        """End all its processes."""
        processes.kill_descendants(self._process.pid)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def _failure(self, status: int, late: bool) -> str:
        if late:
            return f"not done after {self._bound:.0f} s"
        if status:
            return (
                self._errors.read_text(errors="replace").strip() or f"its process ended with status {status}"
            )
        return "" if self.passed >= self.cases else f"ended after {self.passed:,} of {self.cases:,} cases"


def _apart(home: Path) -> dict[str, str]:
    proxies = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), "http://127.0.0.1:9")
    environment = {
        **os.environ,
        **proxies,
        "no_proxy": "127.0.0.1,localhost",
        "NO_PROXY": "127.0.0.1,localhost",
        "NNBP_CACHE_DIR": str(home / "cache"),
        "OPENBLAS_NUM_THREADS": "1",
        "TMPDIR": str(home),
    }
    environment.pop("NNBP_MIRROR", None)
    return environment
