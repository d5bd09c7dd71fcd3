"""`nnbp info --system`: versions, the processor, and the engine that would train on it."""

import os
import platform
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nnbp import __version__, native
from nnbp.native import pace
from nnbp.settings import Settings

if TYPE_CHECKING:
    from nnbp.modelfile import Model

DEFAULT_SIZES = (784, 30, 10)


def describe(model: "Model | None") -> dict[str, Any]:
    """The versions, the processor, and the engine for a model's network (default: 784,30,10)."""
    import numpy as np

    from nnbp.engines import choose_engine
    from nnbp.network import Network

    network = Network.random(DEFAULT_SIZES, np.random.default_rng(0)) if model is None else model.network
    began_with = None if model is None else model.origin.engine
    engine = choose_engine(began_with or "auto", network)
    return {
        "nnbp": __version__,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "processor": processor(),
        "processors": pace.processors(),
        "sizes": list(network.sizes),
        "batch_size": Settings.batch_size if model is None else model.settings.batch_size,
        "engine": engine,
        "engine_reason": _reason(engine) if began_with is None else "the training began with it",
        **(native.describe() if engine == "native" else {}),
    }


def lines(values: dict[str, Any]) -> list[tuple[str, str]]:
    """The same facts for people: rows of a name and a text."""
    network = ",".join(map(str, values["sizes"]))
    facts = list(values.items())[list(values).index("engine_reason") + 1 :]
    return [
        ("nnbp", f"{values['nnbp']}, Python {values['python']}, NumPy {values['numpy']}"),
        ("processor", f"{values['processor']}; {values['processors']} available"),
        ("training of", f"{network} in mini-batches of {values['batch_size']:,}"),
        ("engine", f"{values['engine']}: {values['engine_reason']}"),
        *((name.replace("_", " "), str(value)) for name, value in facts),
    ]


def _reason(engine: str) -> str:
    from nnbp.engines import ENGINE_VARIABLE

    named = os.environ.get(ENGINE_VARIABLE)
    if named == engine:
        return f"{ENGINE_VARIABLE} is {named}"
    return "the compiled engine is built" if engine == "native" else str(native.missing())


def processor() -> str:
    """The processor's name, or its architecture if the system does not report a name."""
    try:
        cpuinfo = Path("/proc/cpuinfo").read_text("utf-8", "replace")
    except OSError:
        cpuinfo = ""
    names = (line.partition(":")[2].strip() for line in cpuinfo.splitlines() if line.startswith("model name"))
    return next(names, "") or platform.processor() or platform.machine()
