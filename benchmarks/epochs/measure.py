"""Part `epochs`: seconds per epoch of the same training in each library, at each number of threads.

All workers of a row exist at once and take turns, an epoch each, so that other work of the machine slows all
of them. They begin with the same network and use the same mini-batches: they must agree after the first epoch
and must have learned after the last one, or the row is void.
"""

import statistics
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from benchmarks.client import Client, Work, started
from benchmarks.learners import FLOOR, OURS

LEARNED = 0.9  # accuracy on the test set
AGREEMENT = 0.002  # of the mean output for the right label, after the first epoch

Figures = dict[str, Any]


def measure(
    libraries: Sequence[str], counts: Sequence[int], work: Work, progress: Callable[[str], None]
) -> Figures:
    """One row: for each library and number of threads all seconds, their median, the accuracy."""
    with started(libraries, counts, work) as clients:
        results = [_blank(client) for client in clients]
        for done in range(work.rounds):
            for client, result in zip(clients, results, strict=True):
                result["seconds"].append(client.epoch()["seconds"])
                if not done:
                    result["after_first"] = client.evaluate()
            progress(f"{work.row.name}: round {done + 1} of {work.rounds}")
        for client, result in zip(clients, results, strict=True):
            result |= {"median": statistics.median(result["seconds"]), **client.evaluate()}
    return {
        **work.row.as_json(),
        "name": work.row.name,
        "examples": clients[0].examples,
        "results": results,
        "void": list(void(work, results)),
    }


def _blank(client: Client) -> Figures:
    return {"library": client.library, "threads": client.threads, "seconds": []}


def void(work: Work, results: Sequence[Figures]) -> Iterator[str]:
    """Reasons why a row does not count: libraries that have not learned, or that disagree with nnbp."""
    ours = next((result["after_first"]["certainty"] for result in results if result["library"] == OURS), None)
    for result in results:
        who = f"{result['library']} with {result['threads']} thread{'s' * (result['threads'] > 1)}"
        if result["library"] == FLOOR:
            continue
        if not result["accuracy"] >= LEARNED:
            yield f"{who} has only reached an accuracy of {result['accuracy']:.4f}"
        if ours is None or has_its_own_cost(result["library"], work.row.cost):
            continue
        if not abs(result["after_first"]["certainty"] - ours) <= AGREEMENT:
            yield f"{who} does not agree with {OURS} after the first epoch"


def has_its_own_cost(library: str, cost: str) -> bool:
    """Whether a library does not have this cost, and so trains with another."""
    return library == "scikit-learn" and cost == "quadratic"


def best(row: Figures, library: str) -> Figures | None:
    """The result of a library with its better number of threads; None if it was not measured."""
    results = [result for result in row["results"] if result["library"] == library]
    return min(results, key=lambda result: float(result["median"]), default=None)


def ratio(row: Figures, library: str) -> float | None:
    """A library's time over nnbp's, or nnbp's over the floor's, each with its better number of threads."""
    ours, its = best(row, OURS), best(row, library)
    if ours is None or its is None:
        return None
    over = ours["median"] / its["median"]
    return float(over if library == FLOOR else 1 / over)
