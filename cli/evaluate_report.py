"""The report of `nnbp evaluate`: the accuracy, and tables of the classes, the confusions and the errors."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from nnbp.cli.columns import accuracy_text, figure, table
from nnbp.cli.output import Events
from nnbp.cli.text import one_line
from nnbp.intervals import wilson

if TYPE_CHECKING:
    from nnbp.data import Dataset
    from nnbp.evaluation import Evaluation
    from nnbp.modelfile import Model

ERROR_COLUMNS = ("index", "label", "prediction", "probability")


@dataclass
class Report:
    """Writes evaluations, with the tables asked for; `several` models are named in every line."""

    as_json: bool
    several: bool
    per_class: bool
    confusion: bool
    errors: bool
    engine: str
    threads: int | None

    def write(self, where: str, model: "Model", loaded: "Dataset", result: "Evaluation") -> None:
        """Write the evaluation of the model in this file."""
        values = evaluation_values(result, loaded.name, where)
        wrong = list(errors(model, loaded, self.engine, self.threads)) if self.errors else []
        loaded.check_unchanged()
        named = one_line(where) if self.several else None
        events = Events(self.as_json)
        events.event("evaluation", values, evaluation_text(values, result.cost, named))
        if self.as_json:
            for row in wrong:
                events.event("error", {**row, "dataset": loaded.name, "model": where}, "")
            return
        for text in self._tables(values, wrong, named):
            click.echo(text)

    def _tables(self, values: dict[str, Any], wrong: list[dict[str, Any]], named: str | None) -> list[str]:
        tables = []
        if self.per_class:
            tables.append(classes_table(values, named))
        if self.confusion:
            tables.append(confusion_table(values, named))
        if self.errors:
            tables.append(errors_table(wrong, named))
        return tables


def evaluation_values(result: "Evaluation", dataset: str, model: str) -> dict[str, Any]:
    """Everything about an evaluation but its single answers."""
    return {
        "accuracy": result.accuracy,
        "interval": wilson(result.correct, result.total),
        "correct": result.correct,
        "total": result.total,
        "cost": result.cost if math.isfinite(result.cost) else None,
        "classes": list(_classes(result)),
        "confusion": result.confusion.tolist(),
        "dataset": dataset,
        "model": model,
    }


def _classes(result: "Evaluation") -> Iterator[dict[str, Any]]:
    totals, rights = result.confusion.sum(axis=1).tolist(), result.confusion.diagonal().tolist()
    for number, (total, right) in enumerate(zip(totals, rights, strict=True)):
        yield {
            "class": number,
            "correct": right,
            "total": total,
            "accuracy": right / total if total else None,
            "interval": wilson(right, total) if total else None,
        }


def evaluation_text(values: Mapping[str, Any], cost: float, model: str | None) -> str:
    """The line about an evaluation, with the name of its model if there are several."""
    accuracy = accuracy_text(values["correct"], values["total"], values["interval"])
    named = "" if model is None else f"; {model}"
    return f"{accuracy} on {values['dataset']}; cost {cost:.4f}{named}"


def classes_table(values: Mapping[str, Any], model: str | None) -> str:
    """The accuracy of each class; its model is the last column, if there are several."""
    rows = []
    for row in values["classes"]:
        low, high = row["interval"] or (None, None)
        counts = (str(row[name]) for name in ("class", "correct", "total"))
        rows.append([*counts, figure(row["accuracy"]), figure(low), figure(high)])
    return _named(["class", "correct", "total", "accuracy", "low", "high"], rows, model)


def confusion_table(values: Mapping[str, Any], model: str | None) -> str:
    """A row for each label: how often each class was predicted."""
    confusion = values["confusion"]
    classes = [str(number) for number in range(len(confusion))]
    rows = [[label, *map(str, row)] for label, row in zip(classes, confusion, strict=True)]
    return _named(["label", *classes], rows, model)


def errors(model: "Model", loaded: "Dataset", engine: str, threads: int | None) -> Iterator[dict[str, Any]]:
    """The wrong answers to the test images, in the order of their file."""
    import numpy as np

    from nnbp.outputs import Predictor

    images, labels = loaded.test
    predictor = Predictor(model.network, model.settings.cost, engine, threads or "auto")
    predictions, outputs = predictor.answers(images)
    wrong = np.flatnonzero(predictions != labels)
    probabilities = outputs[wrong, predictions[wrong]]
    columns = (wrong, labels[wrong], predictions[wrong], probabilities)
    for row in zip(*(column.tolist() for column in columns), strict=True):
        *known, probability = row
        values = (*known, probability if math.isfinite(probability) else None)
        yield dict(zip(ERROR_COLUMNS, values, strict=True))


def errors_table(rows: list[dict[str, Any]], model: str | None) -> str:
    """A row for each wrong answer."""
    cells = [
        [*(str(row[name]) for name in ERROR_COLUMNS[:-1]), figure(row[ERROR_COLUMNS[-1]])] for row in rows
    ]
    return _named([*ERROR_COLUMNS], cells, model)


def _named(header: list[str], rows: list[list[str]], model: str | None) -> str:
    if model is None:
        return table(header, rows)
    return table([*header, "model"], [[*row, model] for row in rows])
