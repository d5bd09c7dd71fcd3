"""The report of `nnbp compare`: accuracies, their difference, the classes won and lost, the verdict."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from nnbp.cli.columns import accuracy_text, interval_text, table
from nnbp.cli.text import one_line
from nnbp.intervals import wilson

if TYPE_CHECKING:
    from nnbp.comparison import Comparison

SIGNIFICANCE = 0.05

# A smaller p-value is only said to be smaller.
SMALLEST_P = 1e-4


def comparison_values(found: "Comparison", dataset: str, a: str, b: str) -> dict[str, Any]:
    """Everything about a comparison of the models in files a and b."""
    both, only_a, only_b, neither = found.counts
    better = None if found.p_value >= SIGNIFICANCE else "a" if only_a > only_b else "b"
    return {
        "a": _model(a, found.correct[0], found.total),
        "b": _model(b, found.correct[1], found.total),
        "dataset": dataset,
        "total": found.total,
        "difference": found.difference,
        "difference_interval": found.difference_interval,
        "both_right": both,
        "only_a_right": only_a,
        "only_b_right": only_b,
        "both_wrong": neither,
        "different_answers": found.different,
        "classes": [_class(number, row) for number, row in enumerate(found.by_class.tolist())],
        "p": found.p_value,
        "better": better,
        "verdict": _verdict(found, better),
    }


def _model(where: str, correct: int, total: int) -> dict[str, Any]:
    return {
        "model": where,
        "accuracy": correct / total,
        "interval": wilson(correct, total),
        "correct": correct,
    }


def _class(number: int, counts: list[int]) -> dict[str, int]:
    _, only_a, only_b, _ = counts
    won = {"only_a_right": only_a, "only_b_right": only_b, "net": only_b - only_a}
    return {"class": number, "total": sum(counts), **won}


def _verdict(found: "Comparison", better: str | None) -> str:
    p = f"p < {SMALLEST_P:g}" if found.p_value < SMALLEST_P else f"p = {found.p_value:.2g}"
    if not found.different:
        return f"they answer alike ({p})"
    if better is None:
        return f"no evidence that they differ ({p})"
    _, only_a, only_b, _ = found.counts
    more = abs(only_b - only_a)
    return f"{better.upper()} is better: right on {more:,} more of {found.total:,} images ({p})"


def comparison_text(values: Mapping[str, Any]) -> str:
    """The lines of a comparison; the last one is the verdict."""
    accuracies = [f"{name.upper()}: {_accuracy(values[name], values['total'])}" for name in ("a", "b")]
    interval = interval_text(values["difference_interval"])
    difference = f"{values['difference']:+.4f} ({interval}) on {values['dataset']}"
    counts = (
        f"both right {values['both_right']:,}, only A {values['only_a_right']:,}, "
        f"only B {values['only_b_right']:,}, both wrong {values['both_wrong']:,}"
    )
    verdict = values["verdict"]
    return "\n".join([*accuracies, f"B - A: {difference}", counts, _classes(values), verdict])


def _accuracy(model: Mapping[str, Any], total: int) -> str:
    return f"{accuracy_text(model['correct'], total, model['interval'])}; {one_line(model['model'])}"


def _classes(values: Mapping[str, Any]) -> str:
    """How many images of each class only one model gets right, and what B wins or loses."""
    rows = []
    for row in values["classes"]:
        only_a, only_b = row["only_a_right"], row["only_b_right"]
        net = f"{row['net']:+d}" if row["net"] else "0"
        rows.append([str(row["class"]), str(row["total"]), str(only_a), str(only_b), net])
    return table(["class", "total", "only A right", "only B right", "net"], rows)
