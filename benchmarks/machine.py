"""The machine, and the versions of the measured libraries."""

import os
import platform
import re
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

DISTRIBUTIONS = ("numpy", "torch", "scikit-learn", "jax", "jaxlib")
AVX512 = {"avx512f", "avx512dq", "avx512cd", "avx512bw", "avx512vl"}


def describe() -> dict[str, Any]:
    """Date, processor, number of processors, load before measuring, and versions of packages."""
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "processor": processor(),
        "processors": processors(),
        "load": round(os.getloadavg()[0], 2),
        "system": f"{platform.system()} {platform.machine()}",
        "versions": {"Python": platform.python_version(), "nnbp": version("nnbp"), **_versions()},
    }


def processors() -> int:
    """The number of processors that this process may run on."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def processor() -> str:
    """The processor's name, and whether it has AVX-512."""
    facts = _cpuinfo()
    if not facts:
        return platform.processor() or platform.machine()
    name = facts.get("model name") or platform.machine()
    _, family, model = cpu_model()
    numbers = f"family {family}, model {model}" if family else ""
    wide = "with AVX-512" if cpu_flags() >= AVX512 else "without AVX-512"
    return ", ".join(part for part in (name, numbers, wide) if part)


def cpu_model() -> tuple[str, str, str]:
    """Vendor, family and model, as Linux names them; empty elsewhere."""
    vendor, family, model = (_cpuinfo().get(name, "") for name in ("vendor_id", "cpu family", "model"))
    return vendor, family, model


def cpu_flags() -> set[str]:
    """The instruction sets of the processor, as Linux lists them; empty elsewhere."""
    return set(_cpuinfo().get("flags", "").split())


@cache
def _cpuinfo() -> dict[str, str]:
    """The facts about the first processor: all processors of a machine are alike."""
    try:
        text = Path("/proc/cpuinfo").read_text("utf-8", "replace")
    except OSError:
        return {}
    return dict(re.findall(r"^([^\t:]+)\t*: (.*)$", text.split("\n\n")[0], re.MULTILINE))


def _versions() -> dict[str, str]:
    found = {}
    for name in DISTRIBUTIONS:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
