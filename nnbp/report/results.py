"""The first section: how good each model is, and how it was trained."""

from collections.abc import Sequence

from nnbp.intervals import wilson
from nnbp.notebook.markup import Element, element
from nnbp.report import intervals, parts, series, settings
from nnbp.report.subject import Images, Shown


def section(models: Sequence[Shown], test: Images) -> Element:
    """The accuracy of one model and its settings, or those of several, one below the other."""
    made = _one(models[0], test) if len(models) == 1 else _several(models, test)
    return parts.section("results", "Results and settings", *made)


def _one(shown: Shown, test: Images) -> list[Element]:
    result = shown.evaluation
    low, high = wilson(result.correct, result.total)
    card = parts.block(
        "card",
        element("p", f"accuracy on the test images of {test.name}"),
        parts.block("accuracy", parts.percent(result.accuracy), tag="p"),
        element("p", f"95\u00a0% interval: {parts.percent(low)} to {parts.percent(high)}"),
        element("p", f"{result.correct:,} of {result.total:,} correct"),
        element("p", f"cost {result.cost:.4g}"),
    )
    return [parts.block("one", card, parts.facts(settings.rows([shown])))]


def _several(models: Sequence[Shown], test: Images) -> list[Element]:
    rows = [
        intervals.Row(
            element("th", series.key(place), shown.name, scope="row"),
            place,
            shown.evaluation.correct,
            shown.evaluation.total,
            cells=[f"{shown.evaluation.correct:,}", f"{shown.evaluation.cost:.4g}"],
        )
        for place, shown in enumerate(models)
    ]
    images = f"{len(test.labels):,} test images of {test.name}"
    caption = f"Accuracy on the {images}, with 95\u00a0% confidence intervals"
    results = intervals.table(caption, ["model", "correct", "cost"], rows, intervals.levels(rows), "results")
    all_rows = settings.rows(models)
    different = [row for row in all_rows if len(set(row[1:])) > 1]
    same = [row for row in all_rows if len(set(row[1:])) == 1]
    header = ["setting", *(parts.short(shown.name) for shown in models)]
    tables = [parts.table("What differs", header, different, "figures settings")] if different else []
    common = [element("h3", "The same for all"), parts.facts(same, "facts same")] if same else []
    return [results, *tables, *common]
