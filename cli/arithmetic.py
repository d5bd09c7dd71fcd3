"""The arithmetic of an engine, on which the bytes of a model depend besides its settings and its seed.

Sums of the NumPy engine depend on the number of threads of BLAS. The compiled engine rounds less often on a
processor with fused multiply-add. A training is resumed only with the arithmetic that it began with.
"""

import re
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

import click

from nnbp import native
from nnbp.cli import blas
from nnbp.errors import EngineError

if TYPE_CHECKING:
    from nnbp.modelfile import Model


class Arithmetic(TypedDict):
    """As in `modelfile.Origin`."""

    blas_threads: int | None
    fused: bool | None


def present(engine: str | None) -> Arithmetic:
    """The arithmetic of this engine in this process."""
    if engine == "numpy":
        return {"blas_threads": blas.threads(), "fused": None}
    return {"blas_threads": None, "fused": native.fused()}


def threads_begun_with(where: str) -> int | None:
    """The threads of BLAS in the model file of a training with the NumPy engine; None if it has none.

    The number has to be set before NumPy is imported, and so before the model file can be read as it should
    be. So this only looks for it; whether it is right is checked later.
    """
    try:
        # A pipe could be read only once.
        if not Path(where).is_file():
            return None
        with zipfile.ZipFile(where) as archive, archive.open("metadata.npy") as metadata:
            found = re.search(rb'"blas_threads":([1-9][0-9]{0,3}),', metadata.read(4096))
    except Exception:  # whatever is wrong with the file is reported when it is read
        return None
    return int(found[1]) if found else None


def check(model: "Model") -> None:
    """Raise a usage error or EngineError if the engine of a model would now compute differently."""
    now = present(model.training.engine)
    threads, fused = model.blas_threads, model.fused
    if threads is not None and threads != now["blas_threads"]:
        raise click.BadParameter(
            f"the number of BLAS threads would be {now['blas_threads'] or 'unknown'}, but the training to "
            f"resume has {threads}; give --threads {threads}, unset variables like OMP_NUM_THREADS, and use "
            "as many processors",
            param_hint="'--threads'",
        )
    if fused is not None and fused != now["fused"]:
        raise EngineError(
            "engine native",
            f"the training to resume began {'with' if fused else 'without'} fused multiply-add, and this "
            f"processor or NNBP_INSTRUCTIONS {'does not offer' if fused else 'offers'} it",
            "resume where it began" if fused else "set NNBP_INSTRUCTIONS=baseline",
        )
