"""The arithmetic of an engine, on which the bytes of a model depend besides its settings and its seed.

Sums of the NumPy engine depend on the number of threads of BLAS. The compiled engine rounds less often on a
processor with fused multiply-add. A training is resumed only with the arithmetic that it began with.
"""

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


def check(model: "Model") -> None:
    """Raise a usage error or EngineError if the engine of a model would now compute differently."""
    now = present(model.training.engine)
    threads, fused = model.blas_threads, model.fused
    if threads is not None and threads != now["blas_threads"]:
        raise click.BadParameter(
            f"the number of BLAS threads would be {now['blas_threads'] or 'unknown'}, but the training to "
            f"resume has {threads}; give --threads {threads}, and unset variables such as OMP_NUM_THREADS",
            param_hint="'--threads'",
        )
    if fused is not None and fused != now["fused"]:
        raise EngineError(
            "engine native",
            f"the training to resume began {'with' if fused else 'without'} fused multiply-add, and this "
            f"processor or NNBP_INSTRUCTIONS {'does not offer' if fused else 'offers'} it",
            "resume where it began" if fused else "set NNBP_INSTRUCTIONS=baseline",
        )
