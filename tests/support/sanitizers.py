"""Copies of the package whose engine is compiled with one of GCC's sanitizers, and programs that use them.

`python -m support.sanitizers NAME` runs tests/native on such a copy.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]
FLAGS = {"asan": "-fsanitize=address,undefined -fno-sanitize-recover=all", "tsan": "-fsanitize=thread"}


def missing() -> str | None:
    """The reason why there can be no such copies here, or None."""
    absent = [program for program in ("gcc", "setarch") if not shutil.which(program)]
    return f"{' and '.join(absent)} not found" if absent else None


def build(name: str, folder: Path) -> Path:
    """Compile the package into this folder; returns the folder to import it from."""
    program = [sys.executable, "setup.py", "-q", "build"]
    compiled = f"-O1 -g -fno-omit-frame-pointer {FLAGS[name]}"
    subprocess.run(
        [*program, f"--build-temp={folder}/temp", f"--build-lib={folder}/lib"],
        cwd=ROOT,
        # With PYTHONDONTWRITEBYTECODE, setuptools would warn.
        env={
            **os.environ,
            "CC": "gcc",
            "NNBP_REQUIRE_ENGINE": "1",
            "NNBP_ENGINE_FLAGS": compiled,
            "PYTHONDONTWRITEBYTECODE": "",
        },
        check=True,
    )
    return folder / "lib"


def command(name: str, library: Path, arguments: Sequence[str]) -> list[str]:
    """The command line of Python with these arguments, the copy and the helpers of the tests.

    The sanitizer's library has to be loaded before Python, and leaks are ignored because Python never frees
    some of its own memory; address randomization is off, which ThreadSanitizer needs. Memory that cannot be
    allocated is an error of the call, as without a sanitizer, and not the end of the process. With -P Python
    does not import the package from the folder in which it starts.
    """
    found = subprocess.run(
        ["gcc", f"-print-file-name=lib{name}.so"], stdout=subprocess.PIPE, text=True, check=True
    )
    variables = {
        "LD_PRELOAD": found.stdout.strip(),
        "ASAN_OPTIONS": "detect_leaks=0:allocator_may_return_null=1",
        "TSAN_OPTIONS": "halt_on_error=1:allocator_may_return_null=1",
        "PYTHONPATH": os.pathsep.join([str(library), str(ROOT / "tests")]),
    }
    settings = [f"{name}={value}" for name, value in variables.items()]
    return ["setarch", "-R", "env", *settings, sys.executable, "-P", *arguments]


def main(name: str) -> int:
    """Run the tests of the engine on a new copy; pytest must not capture the sanitizer's output."""
    folder = ROOT / "build" / "sanitize" / name
    shutil.rmtree(folder, ignore_errors=True)
    library = build(name, folder)
    options = ["-q", "--capture=sys", "-o", f"pythonpath={library} tests", "tests/native"]
    return subprocess.run(
        command(name, library, ["-m", "pytest", *options]), cwd=ROOT, check=False
    ).returncode


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1]))
