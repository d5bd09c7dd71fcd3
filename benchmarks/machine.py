"""What the figures were measured on and with."""

import os
import platform
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from benchmarks.learners import DISTRIBUTIONS
from nnbp import kernels, threads


def describe() -> dict[str, Any]:
    """Date, processor, number of processors, load before the measurement, versions of what is installed."""
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "processor": processor(),
        "processors": threads.processors(),
        "load": round(os.getloadavg()[0], 2),
        "system": f"{platform.system()} {platform.machine()}",
        "versions": {"Python": platform.python_version(), "nnbp": version("nnbp"), **_versions()},
    }


def processor() -> str:
    """The processor's name, and whether it has AVX-512."""
    facts = kernels.facts(kernels.cpuinfo())
    if not facts:
        return platform.processor() or platform.machine()
    name = facts.get("model name") or platform.machine()
    numbers = "family {cpu family}, model {model}".format_map(facts) if "cpu family" in facts else ""
    wide = "with AVX-512" if "avx512f" in facts.get("flags", "").split() else "without AVX-512"
    return ", ".join(part for part in (name, numbers, wide) if part)


def _versions() -> dict[str, str]:
    found = {}
    for name in DISTRIBUTIONS:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
