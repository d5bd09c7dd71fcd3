"""The table of the part `predict`."""

from typing import Any

from benchmarks.tables import MEGABYTE, Table, counted, number


def table(figures: dict[str, Any]) -> Table:
    """A line for each job."""
    output = Table(["job", "images/s", "seconds", "ratio", "peak memory, MB"])
    ours = figures["results"][0]["median"]
    for result in figures["results"]:
        output.rows.append(
            [
                result["library"],
                f"{result['median_rate']:,.0f}",
                number(result["median"]),
                number(result["median"] / ours),
                number(result["median_rss"] / MEGABYTE),
            ]
        )
    output.notes.append(
        f"`nnbp predict MODEL < IMAGES > /dev/null` with a network 784,30,10 and {figures['images']:,} "
        "images as IDX, nnbp-numpy with `--engine numpy`, and scripts that do the same. Medians of "
        f"{counted(figures['repeats'], 'run')} of whole processes. "
        f"Ratio: seconds over those of {figures['results'][0]['library']}."
    )
    if figures["missing"]:
        output.notes.append(f"Not installed, and left out: {', '.join(figures['missing'])}.")
    return output
