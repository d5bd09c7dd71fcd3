"""The compiled engine, nnbp/native: built if there is a compiler, and otherwise left out; and archives that
are the same bytes whenever and wherever they are built.

Everything else is in setup.cfg. A failure leaves its reason in nnbp/native/not-built.txt, which
`nnbp info --system` shows; the installation still succeeds.
"""

import gzip
import os
import platform
import re
import shlex
import tarfile
from pathlib import Path

from setuptools import Extension, setup
from setuptools.command.bdist_wheel import bdist_wheel
from setuptools.command.build_ext import build_ext
from setuptools.command.sdist import sdist

# The time of every file in an archive, in seconds: 1980 is the first year that a wheel, a zip file, can hold.
os.environ.setdefault("SOURCE_DATE_EPOCH", "315532800")

NATIVE = Path("nnbp", "native")
WHY_NOT = NATIVE / "not-built.txt"
# -ffp-contract=off: the compiler must not fuse multiplications with additions on its own, in one file but not
# in another; the source fuses them explicitly. -g0: debugging information holds the path of the build.
FLAGS = ["-std=gnu11", "-O3", "-fno-fast-math", "-ffp-contract=off", "-g0", "-pthread", "-Wall", "-Wextra"]
# These files compile the same source for the instruction sets of x86-64.
LEVELS = {"kernels_v3.c": ["-march=x86-64-v3"], "kernels_v4.c": ["-march=x86-64-v4"]}


class BuildEngine(build_ext):
    """Compiles each file with the flags for its instruction set; a failure does not stop the installation."""

    def run(self):
        # setuptools forgets `inplace` if it fails.
        folder = Path() if self.inplace else Path(self.build_lib)
        for place in (Path(), folder):
            (place / WHY_NOT).unlink(missing_ok=True)
        try:
            super().run()
        # A compiler can be missing or broken in many ways, and none of them should prevent the installation.
        except Exception as error:
            if os.environ.get("NNBP_REQUIRE_ENGINE"):
                raise
            self._leave_out(error, folder)

    def build_extension(self, extension):
        original = self.compiler._compile

        def compile_one(obj, src, ext, cc_args, extra_postargs, pp_opts):
            levels = LEVELS.get(Path(src).name, []) if platform.machine() in ("x86_64", "AMD64") else []
            return original(obj, src, ext, cc_args, [*extra_postargs, *levels], pp_opts)

        self.compiler._compile = compile_one
        try:
            super().build_extension(extension)
        finally:
            self.compiler._compile = original

    def _leave_out(self, error, folder):
        # The program's name is enough: the installation's output has the whole command.
        reason = re.sub(r"\['([^']*)'[^]]*\]", r"\1", str(error)).splitlines()[0][:200]
        self.warn(f"the compiled engine is left out, so nnbp trains with NumPy: {reason}")
        (folder / NATIVE).mkdir(parents=True, exist_ok=True)
        # A library compiled earlier does not match these sources.
        for left in (folder / NATIVE).glob("_engine*.so"):
            left.unlink()
        (folder / WHY_NOT).write_text(reason + "\n", encoding="utf-8")
        self.extensions = []


def mode_of(mode):
    """A file's mode, whatever the umask."""
    return 0o755 if mode & 0o100 else 0o644


class Wheel(bdist_wheel):
    """Packs files with modes that do not depend on the umask."""

    def write_wheelfile(self, *arguments, **options):
        super().write_wheelfile(*arguments, **options)
        for path in Path(self.bdist_dir).rglob("*"):
            path.chmod(mode_of(path.stat().st_mode))


class Sdist(sdist):
    """Packs files with a fixed time and owner, and with modes that do not depend on the umask."""

    def make_archive(self, base_name, kind, **options):
        if kind != "gztar":
            return super().make_archive(base_name, kind, **options)
        path = Path(f"{base_name}.tar.gz")
        path.parent.mkdir(parents=True, exist_ok=True)
        with (
            path.open("wb") as file,
            gzip.GzipFile("", "wb", fileobj=file, mtime=int(os.environ["SOURCE_DATE_EPOCH"])) as packed,
            tarfile.open(fileobj=packed, mode="w") as archive,
        ):
            archive.add(options["base_dir"], filter=self._without_circumstances)
        return str(path)

    @staticmethod
    def _without_circumstances(member):
        member.mtime = int(os.environ["SOURCE_DATE_EPOCH"])
        member.uid = member.gid = 0
        member.uname = member.gname = ""
        member.mode = mode_of(member.mode)
        return member


extra = shlex.split(os.environ.get("NNBP_ENGINE_FLAGS", ""))
setup(
    cmdclass={"build_ext": BuildEngine, "bdist_wheel": Wheel, "sdist": Sdist},
    ext_modules=[
        Extension(
            "nnbp.native._engine",
            sources=sorted(str(path) for path in NATIVE.glob("*.c")),
            depends=sorted(str(path) for path in (*NATIVE.glob("*.h"), *NATIVE.glob("*.inc"))),
            extra_compile_args=[*FLAGS, *extra],
            extra_link_args=["-pthread", "-lm", *extra],
            py_limited_api=True,
        )
    ],
)
