"""Which of its kernels OpenBLAS runs, where it is known to misjudge the processor.

OpenBLAS has the inner loops of its products once for each kind of processor, and picks one when it is
loaded. Up to 0.3.34 it does not know AMD's Zen 5 (family 26): where its fallback fails, too, it runs loops
for AVX2, at half the speed of those for AVX-512 (OpenBLAS issue 6029, mended by pull request 6033).
"""

import re
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

VARIABLE = "OPENBLAS_CORETYPE"
AVX512_KERNELS = "SkylakeX"
# What those kernels are compiled for. Linux lists a flag only where processor and system have it.
AVX512 = {"avx512f", "avx512dq", "avx512cd", "avx512bw", "avx512vl"}
ZEN_5 = ("AuthenticAMD", "26")
LAST_TO_MISJUDGE = (0, 3, 34)

_CPUINFO = Path("/proc/cpuinfo")


class Choice(NamedTuple):
    """The kernels that were chosen, and why; None where OpenBLAS chooses."""

    value: str | None
    reason: str


def choose(environment: Mapping[str, str], cpuinfo: str, blas: str) -> Choice:
    """Kernels for the processor that /proc/cpuinfo describes and the BLAS that NumPy's build describes."""
    if VARIABLE in environment:
        return Choice(None, f"{VARIABLE} is {environment[VARIABLE]!a:.40} in the environment")
    fields = facts(cpuinfo)
    if not set(fields.get("flags", "").split()) >= AVX512:
        return Choice(None, "the processor has no AVX-512, or the system does not tell")
    if (fields.get("vendor_id"), fields.get("cpu family")) != ZEN_5:
        return Choice(None, "OpenBLAS knows this processor")
    version = re.search(r"OpenBLAS (\d+)\.(\d+)\.(\d+)\S* .*DYNAMIC_ARCH", blas)
    if version is None:
        return Choice(None, "NumPy is not built on an OpenBLAS that chooses its kernels")
    if tuple(map(int, version.groups())) > LAST_TO_MISJUDGE:
        return Choice(None, "this OpenBLAS knows the processor")
    return Choice(AVX512_KERNELS, "a Zen 5 with AVX-512, which this OpenBLAS takes for an older one")


def processor_name(cpuinfo: str) -> str:
    """What the processor calls itself; nothing where that is not told."""
    return facts(cpuinfo).get("model name", "")


def cpuinfo() -> str:
    """What Linux tells about the processors; nothing elsewhere."""
    try:
        return _CPUINFO.read_text("utf-8", "replace")
    except OSError:
        return ""


def blas() -> str:
    """How NumPy's build describes itself, read without importing it; nothing where it does not."""
    numpy = find_spec("numpy")
    for folder in (numpy and numpy.submodule_search_locations) or ():
        try:
            return Path(folder, "__config__.py").read_text("utf-8", "replace")
        except OSError:
            continue
    return ""


def facts(cpuinfo: str) -> dict[str, str]:
    """What /proc/cpuinfo tells of the first processor: all of a machine are alike."""
    return dict(re.findall(r"^([^\t:]+)\t*: (.*)$", cpuinfo.split("\n\n")[0], re.MULTILINE))
