"""Programs that write files: trainings over a model, and downloads into a cache."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from support.datasets import CONTENTS
from support.program import IMPORTS, NNBP, script

from stress.case import Case
from stress.courses import MODEL, OPTIONS, Course, course
from stress.mirrors import serving


@dataclass(frozen=True)
class Writing:
    """A program that writes files in a folder.

    before  the files that are there before it, by name
    after   what each file may contain afterwards
    """

    folder: Path
    command: list[str]
    before: dict[str, bytes]
    after: dict[str, list[bytes]]

    def prepare(self) -> None:
        """Make the folder as it is before the program."""
        for path in self.folder.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        for name, content in self.before.items():
            (self.folder / name).parent.mkdir(exist_ok=True)
            (self.folder / name).write_bytes(content)

    def run(
        self, *tool: str, first: Callable[[], None] | None = None
    ) -> "subprocess.CompletedProcess[bytes]":
        """Run the program, as an argument of this tool; `first` is called in its process."""
        return subprocess.run(
            [*tool, *self.command],
            cwd=self.folder,
            capture_output=True,
            timeout=120,
            preexec_fn=first,
            env={**os.environ, "PYTHONPATH": IMPORTS, "NNBP_CACHE_DIR": str(self.folder)},
        )

    def check(
        self, case: Case, what: str, done: "subprocess.CompletedProcess[bytes]", *, partial: bool = False
    ) -> None:
        """Fail unless all files are whole and errors are one line; `partial` allows a temporary file."""
        what = f"after {what}, {' '.join(self.command[1:])}"
        lines = [
            line
            for line in done.stderr.splitlines()
            if not line.startswith((b"nnbp: warning: ", b"strace: "))
        ]
        if done.returncode not in (0, 1) or len(lines) != done.returncode or b"is a bug" in done.stderr:
            case.fail(f"{what} ended with status {done.returncode}", stderr=done.stderr)
        for path in self.folder.rglob("*"):
            name = str(path.relative_to(self.folder))
            if path.is_file() and not (name.endswith(".lock") or (partial and name.endswith(".partial"))):
                self._check_file(case, what, name, path.read_bytes())
        if gone := [name for name in self.before if not (self.folder / name).exists()]:
            case.fail(f"{what} has removed {gone}")

    def _check_file(self, case: Case, what: str, name: str, content: bytes) -> None:
        if name not in self.after:
            case.fail(f"{what} leaves {name}", content=content)
        if content not in self.after[name] and content != self.before.get(name):
            case.fail(f"{what} leaves {name} with content that is neither old nor new", content=content)


def all_of(folder: Path) -> list[Writing]:
    """Trainings over a model, without one and resumed; downloads to an empty and to a damaged cache."""
    new, resumed = (course(folder, 3, OPTIONS[place]) for place in (0, -1))
    cache = folder / "cache"
    cache.mkdir()
    return [
        training(new, new.folder),
        replace(training(new, new.folder), before={}),
        training(resumed, resumed.folder),
        download(cache, damaged=False),
        download(cache, damaged=True),
    ]


def training(chosen: Course, folder: Path) -> Writing:
    """A training over another model, in this folder."""
    return Writing(folder, [NNBP, *chosen.arguments], {MODEL: chosen.old}, {MODEL: chosen.states})


def download(cache: Path, damaged: bool) -> Writing:
    """A download of the tiny MNIST into an empty cache, or one whose files are cut short."""
    files = {f"mnist/{name}": content for name, content in CONTENTS.items()}
    before = {name: content[:-1] for name, content in files.items()} if damaged else {}
    command = [*script("nnbp_tiny"), "data", "fetch", "mnist"]
    return Writing(cache, command, before, {name: [content] for name, content in files.items()})


@contextmanager
def mirror() -> Iterator[None]:
    """A mirror of the tiny MNIST, for the duration of the block."""
    with serving() as url:
        before = os.environ.get("NNBP_MIRROR")
        os.environ["NNBP_MIRROR"] = url
        try:
            yield
        finally:
            os.environ.pop("NNBP_MIRROR")
            os.environ.update({} if before is None else {"NNBP_MIRROR": before})
