"""`nnbp evaluate`: the accuracy of models on the test set, printed or compared with a minimum."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from nnbp.cli import blas, evaluate_report, loading
from nnbp.cli.exit_status import FAILED
from nnbp.cli.options import (
    Number,
    complete_files,
    dataset_option,
    engine_option,
    json_option,
    threads_option,
)
from nnbp.cli.output import Events, say
from nnbp.cli.text import one_line

if TYPE_CHECKING:
    from nnbp.data import Dataset
    from nnbp.evaluation import Evaluation
    from nnbp.modelfile import Model


@click.command
@click.argument(
    "models",
    metavar="MODEL...",
    nargs=-1,
    required=True,
    shell_complete=complete_files,
)
@dataset_option("the one it was trained on")
@click.option(
    "--min-accuracy",
    type=Number(0, 1),
    metavar="P",
    help="Exit with status 1 if the accuracy of a model is below P.",
)
@click.option("--per-class", is_flag=True, help="Add the accuracy of each class; JSON always has it.")
@click.option("--confusion", is_flag=True, help="Add the confusion matrix; JSON always has it.")
@click.option(
    "--errors",
    is_flag=True,
    help="Add each misclassified image: index in the file, label, prediction and its probability.",
)
@engine_option
@threads_option()
@json_option
@click.pass_context
def evaluate(
    context: click.Context,
    /,
    models: tuple[str, ...],
    dataset: str | None,
    min_accuracy: float | None,
    per_class: bool,
    confusion: bool,
    errors: bool,
    engine: str,
    threads: int | None,
    as_json: bool,
) -> None:
    """Print the accuracy of each MODEL (- for stdin) on the test set.

    Each accuracy has a 95 % confidence interval (Wilson's). Tables are separated by tabs, or aligned on a
    terminal.

    \b
      nnbp evaluate model.npz
      nnbp evaluate model.npz --min-accuracy 0.95 && ./deploy model.npz
      nnbp evaluate seed-*.npz | sort -r | head -n 1
      nnbp evaluate model.npz --errors | sort -k4 -gr
      nnbp evaluate model.npz --json | jq .confusion
    """
    blas.use_threads(threads)
    loading.check_names(models)
    report = Report(as_json, len(models) > 1, per_class, confusion, errors, engine, threads)
    loaded: dict[str, Dataset] = {}
    failed = False
    for where in models:
        model, name = loading.read_for(where, dataset)
        if name not in loaded:
            loaded[name] = loading.load_dataset(name)
        result = model.training.evaluate(loaded[name].test, engine, threads or "auto")
        report.write(where, model, loaded[name], result)
        if min_accuracy is not None and result.accuracy < min_accuracy:
            named = f"{where}: " if len(models) > 1 else ""
            say(f"nnbp: {named}accuracy {result.accuracy:.4f} is below {min_accuracy:g}")
            failed = True
    if failed:
        context.exit(FAILED)


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
        values = evaluate_report.evaluation_values(result, loaded.name, where)
        wrong = list(evaluate_report.errors(model, loaded, self.engine, self.threads)) if self.errors else []
        loaded.check_unchanged()
        named = one_line(where) if self.several else None
        events = Events(self.as_json)
        events.event("evaluation", values, evaluate_report.evaluation_text(values, result.cost, named))
        if self.as_json:
            for row in wrong:
                events.event("error", {**row, "dataset": loaded.name, "model": where}, "")
            return
        for text in self._tables(values, wrong, named):
            click.echo(text)

    def _tables(self, values: dict[str, Any], wrong: list[dict[str, Any]], named: str | None) -> list[str]:
        tables = []
        if self.per_class:
            tables.append(evaluate_report.classes_table(values, named))
        if self.confusion:
            tables.append(evaluate_report.confusion_table(values, named))
        if self.errors:
            tables.append(evaluate_report.errors_table(wrong, named))
        return tables
