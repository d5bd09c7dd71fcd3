"""Copies of the package in which mutants of the compiled engine are compiled and tested."""

import os
import resource
import shlex
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass, field, replace
from pathlib import Path

from mutation.c_mutants import Mutant

ROOT = Path(__file__).parents[2]
NATIVE = Path("nnbp", "native")
COPIED = ("nnbp", "tests", "docs", "cli", "data", "setup.py", "setup.cfg", "pyproject.toml", "README.md")
# Those that catch most, then all: collecting them takes longer than running the first.
QUICK = [f"tests/native/test_native_{name}.py" for name in ("and_numpy", "costs", "refusals")]
ALL = ["tests/native", "tests/project/test_reproducible.py"]
SURVIVED = "survived"
# Without a mistake the tests take 4 and 20 s.
MOST_CPU_SECONDS = {"quick": 15, "all": 60}
MOST_SECONDS = 300
MOST_BYTES = 8 << 30


@dataclass(frozen=True)
class Copy:
    """A copy of the package and its tests.

    commands     of the compiler, for each file and for the library
    prefix       of the command that runs the tests
    environment  of the tests
    """

    folder: Path
    commands: list[list[str]]
    prefix: list[str] = field(default_factory=list)
    environment: dict[str, str] = field(default_factory=dict)

    @classmethod
    def made(cls, folder: Path, flags: str) -> "Copy":
        """A new copy, compiled with these flags."""
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        left_out = shutil.ignore_patterns("*.so", "__pycache__")
        for name in COPIED:
            source = ROOT / name
            if source.is_dir():
                shutil.copytree(source, folder / name, ignore=left_out)
            else:
                shutil.copy(source, folder / name)
        commands = _build(folder, flags)
        shutil.copytree(folder / "objects", folder / "sound")
        return cls(folder, commands)

    def twin(self, number: int) -> "Copy":
        """Another copy like this one."""
        folder = self.folder.with_name(f"{self.folder.name}-{number}")
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.folder, folder, symlinks=True)
        return replace(self, folder=folder)

    def compile(self, mutant: Mutant) -> bool:
        """Compile the files that contain the mutant; False if it is not C."""
        place = self.folder / mutant.file
        place.write_text(mutant.mutated, encoding="utf-8")
        return all(
            subprocess.run(command, cwd=self.folder, capture_output=True, check=False).returncode == 0
            for command in self.commands
            if self._contains(command, place.name)
        )

    def restore(self, mutant: Mutant) -> None:
        """Put the file back, and the objects; the next mutant is linked with them."""
        (self.folder / mutant.file).write_text(mutant.source, encoding="utf-8")
        shutil.copytree(self.folder / "sound", self.folder / "objects", dirs_exist_ok=True)

    def test(self) -> str:
        """survived, or how the tests noticed."""
        how = self._test(QUICK, MOST_CPU_SECONDS["quick"])
        return self._test(ALL, MOST_CPU_SECONDS["all"]) if how == SURVIVED else how

    def _test(self, tests: list[str], cpu_seconds: int) -> str:
        def limit() -> None:
            resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds))
            # A sanitizer reserves terabytes of addresses.
            if not self.prefix:
                resource.setrlimit(resource.RLIMIT_AS, (MOST_BYTES, MOST_BYTES))

        command = [*self.prefix, sys.executable, "-m", "pytest", "-x", "-q", "--capture=sys"]
        with subprocess.Popen(
            [*command, "-p", "no:cacheprovider", "-o", "pythonpath=. tests", *tests],
            cwd=self.folder,
            env=os.environ | {"NNBP_REQUIRE_ENGINE": "1", "PYTHONPATH": str(self.folder)} | self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
            preexec_fn=limit,
        ) as process:
            try:
                output, _ = process.communicate(timeout=MOST_SECONDS)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                return "no end"
        if process.returncode == 0:
            return SURVIVED
        failed = [
            line.split(" - ")[0] for line in output.splitlines() if line.startswith(("FAILED", "ERROR"))
        ]
        return failed[0] if failed else f"exit status {process.returncode}"

    def _contains(self, command: list[str], name: str) -> bool:
        """Whether a command compiles this file, or one that includes it, or links everything."""
        compiled = next((Path(word).name for word in command if word.endswith(".c")), name)
        return compiled == name or name in self._included(compiled)

    def _included(self, file: str) -> set[str]:
        """The names of all files that a file includes."""
        found: set[str] = set()
        waiting = [file]
        while waiting:
            for line in (self.folder / NATIVE / waiting.pop()).read_text(encoding="utf-8").splitlines():
                if line.startswith('#include "') and (name := line.split('"')[1]) not in found:
                    found.add(name)
                    waiting.append(name)
        return found


def sanitized(folder: Path) -> list[Copy]:
    """Two copies with GCC's sanitizers, tested as in the Makefile."""
    copies = []
    for name, flags in (("asan", "address,undefined -fno-sanitize-recover=all"), ("tsan", "thread")):
        copy = Copy.made(folder / name, f"-O1 -g -fno-omit-frame-pointer -fsanitize={flags}")
        command = ["gcc", f"-print-file-name=lib{name}.so"]
        library = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
        options = {"ASAN_OPTIONS": "detect_leaks=0", "TSAN_OPTIONS": "halt_on_error=1"}
        environment = {"LD_PRELOAD": library, **options}
        copies.append(replace(copy, prefix=["setarch", "-R"], environment=environment))
    return copies


def _build(folder: Path, flags: str) -> list[list[str]]:
    """Compile everything once; the compiler's commands, which setup.py prints."""
    environment = {"NNBP_ENGINE_FLAGS": flags, "NNBP_REQUIRE_ENGINE": "1", "CC": "gcc"}
    done = subprocess.run(
        [sys.executable, "setup.py", "-v", "build_ext", "--build-temp", "objects", "--build-lib", "."],
        cwd=folder,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=True,
    )
    lines = [
        shlex.split(line) for line in (done.stdout + done.stderr).splitlines() if line.startswith("gcc ")
    ]
    if not lines:
        sys.exit("setup.py printed no commands")
    return lines
