"""`nnbp info --system`: what was chosen for the processor and why, and what is in use."""

import platform
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from nnbp import __version__, kernels, processor, threads
from nnbp.settings import Settings

if TYPE_CHECKING:
    from nnbp.storage import Model

DEFAULT_SIZES = (784, 30, 10)


def describe(model: "Model | None") -> dict[str, Any]:
    """The choices for the training of a model, or of a network by default."""
    sizes = DEFAULT_SIZES if model is None else model.network.sizes
    batch_size = Settings.batch_size if model is None else model.settings.batch_size
    chosen = processor.set_up(sizes, batch_size)
    # From here on NumPy is there, and has read which kernels it may use.
    import threadpoolctl

    from nnbp import products

    update = products.way("f")
    return {
        "nnbp": __version__,
        "python": platform.python_version(),
        **{name: version(name) for name in ("numpy", "threadpoolctl")},
        "processor": kernels.processor_name(kernels.cpuinfo()) or platform.machine(),
        "processors": threads.processors(),
        "sizes": list(sizes),
        "batch_size": batch_size,
        "threads": chosen.threads.value,
        "threads_reason": chosen.threads.reason,
        "processes": chosen.processes,
        "kernels": chosen.kernels.value,
        "kernels_reason": chosen.kernels.reason,
        "fused_update": update.in_one_pass,
        "fused_update_reason": update.reason,
        "blas": [
            {
                "library": library["internal_api"],
                "version": library["version"],
                "kernels": library.get("architecture"),
                "threads": library["num_threads"],
                "file": library["filepath"],
            }
            for library in threadpoolctl.threadpool_info()
            if library["user_api"] == "blas"
        ],
    }


def lines(values: dict[str, Any]) -> list[tuple[str, str]]:
    """The same for people: names and texts."""
    network = ",".join(map(str, values["sizes"]))
    kernels_chosen = values["kernels"] or "left to BLAS"
    threads_chosen = str(values["threads"] or "left to the environment")
    if values["processes"] > 1:
        threads_chosen += f", one in each of {values['processes']} processes"
    in_use = [
        (
            "in use",
            f"{library['library']} {library['version']}, kernels {library['kernels'] or 'unknown'}, "
            f"threads {library['threads']}, {library['file']}",
        )
        for library in values["blas"]
    ]
    return [
        ("nnbp", f"{values['nnbp']}, Python {values['python']}, NumPy {values['numpy']}"),
        ("processor", f"{values['processor']}; {values['processors']} to be used"),
        ("kernels", f"{kernels_chosen}: {values['kernels_reason']}"),
        ("training of", f"{network} in mini-batches of {values['batch_size']:,}"),
        ("threads", f"{threads_chosen}: {values['threads_reason']}"),
        (
            "update",
            f"in {'one pass' if values['fused_update'] else 'passes'}: {values['fused_update_reason']}",
        ),
        *in_use,
    ]
