"""Part `accuracy`: a training command repeated with several seeds, and with each engine on request.

Seconds are the wall-clock time of the whole process; the test accuracy is from its `end` event.
"""

import json
import statistics
from collections.abc import Callable, Sequence
from typing import Any

from benchmarks.program import nnbp
from benchmarks.run_process import run_apart
from benchmarks.threads import clean_environment
from nnbp import data

Figures = dict[str, Any]


def measure(
    options: Sequence[str],
    dataset: str,
    seeds: Sequence[int],
    engines: Sequence[str],
    progress: Callable[[str], None],
) -> Figures:
    """The test accuracy and the seconds for every seed and engine; without engines, for the default one."""
    wanted: Sequence[str | None] = engines or [None]
    results = [_blank(engine) for engine in wanted]
    for seed in seeds:
        for result in results:
            accuracy, seconds = one(options, dataset, seed, result["engine"])
            result["accuracy"].append(accuracy)
            result["seconds"].append(seconds)
            progress(f"seed {seed}: {result['engine'] or 'nnbp'}, {accuracy:.4f}, {seconds:.2f} s")
    named = dataset if dataset in data.names() else None
    return {"options": list(options), "dataset": named, "seeds": list(seeds), "results": results}


def _blank(engine: str | None) -> Figures:
    return {"engine": engine, "accuracy": [], "seconds": []}


def one(options: Sequence[str], dataset: str, seed: int, engine: str | None) -> tuple[float, float]:
    """The test accuracy and the seconds of one process. The last one of repeated options counts."""
    chosen = [] if engine is None else ["--engine", engine]
    command = [*nnbp(), "train", "--dataset", dataset, *options, *chosen, "--seed", str(seed), "--json"]
    measured = run_apart(command, clean_environment())
    end = json.loads(measured.output.splitlines()[-1])
    return float(end["test_accuracy"]), measured.seconds


def difference(figures: Figures) -> tuple[float, float | None] | None:
    """The first engine's mean accuracy minus the second's, with its standard error; None for one engine."""
    if len(figures["results"]) != 2:
        return None
    first, second = (result["accuracy"] for result in figures["results"])
    each = [a - b for a, b in zip(first, second, strict=True)]
    error = statistics.stdev(each) / len(each) ** 0.5 if len(each) > 1 else None
    return statistics.mean(each), error
