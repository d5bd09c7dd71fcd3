"""One training, from the data set to the model file, once all options are checked."""

import time
from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING

from nnbp import __version__, modelfile, training
from nnbp.cli import signals
from nnbp.cli.output import Bar, Reports, bar
from nnbp.cli.train_output import ModelOutput, Storing
from nnbp.costs import COSTS
from nnbp.data import Dataset
from nnbp.minibatches import Examples
from nnbp.network import count_parameters

if TYPE_CHECKING:
    from nnbp.diagnosis import Checkup, Health

HEADING = "  epoch      rate    cost   train  validation  seconds"


class TrainingRun:
    """Trains, stores the model after every epoch, and reports events: start, epoch, epoch, …, end."""

    def __init__(
        self,
        model: modelfile.Model,
        dataset: Dataset,
        output: ModelOutput,
        reports: Reports,
        quiet: bool,
        diagnose: bool,
        threads: int | None,
    ) -> None:
        self.model = model
        self.dataset = dataset
        self.output = output
        self.reports = reports
        self.quiet = quiet
        self.threads = threads
        examples = Examples(dataset.train_images, dataset.train_labels)
        self.training, self.held_out = examples.hold_out(model.origin.validation)
        self.checkup = self._checkup() if diagnose else None
        self.storing = Storing(output)
        self.started = time.perf_counter()

    def run(self) -> None:
        """All of it. When a signal ends it, the last whole epoch is stored and reported."""
        self._start()
        try:
            self._train()
        except signals.Interrupted:
            self.storing.finish()
            if self.output.content:
                self._end("interrupted")
            raise
        # A training that was over before it was resumed is written all the same.
        if not self.output.content:
            self.output.store(modelfile.dumps(self.model))
        early = len(self.model.state.reports) < self.model.settings.epochs
        self._end("early" if early else "completed")

    def _train(self) -> None:
        model = self.model
        held_out = self.held_out if model.origin.validation else None
        done, epochs = len(model.state.reports), model.settings.epochs
        with bar(not self.quiet, total=epochs, initial=done, unit="epoch") as progress, self.storing:
            began = time.perf_counter()
            engine = model.origin.engine
            for report in training.train(
                model.state, self.training, held_out, model.settings, engine, self.threads
            ):
                self.dataset.check_unchanged()
                # A signal waits until the epoch is on its way, so that file and report agree.
                with signals.held_back():
                    health = None if self.checkup is None else self.checkup.after(report)
                    content, seconds = modelfile.dumps(model), time.perf_counter() - began
                    self.storing.begin(content, partial(self._epoch, report, health, seconds, progress))
                began = time.perf_counter()

    def _checkup(self) -> "Checkup":
        from nnbp.diagnosis import Checkup

        return Checkup(self.model.state.network, self.training, self.model.settings)

    def _start(self) -> None:
        if self.quiet:
            return
        origin, sizes = self.model.origin, self.model.state.network.sizes
        counts = {
            "training_examples": len(self.training.labels),
            "validation_examples": origin.validation,
            "test_examples": len(self.dataset.test_labels),
        }
        values = {
            "version": __version__,
            "sizes": sizes,
            "parameters": count_parameters(sizes),
            **asdict(self.model.settings),
            **asdict(origin),
            **counts,
            "resumed_after": len(self.model.state.reports),
            "model": self.output.name,
        }
        shown = ", ".join(f"{count:,} {key.split('_')[0]}" for key, count in counts.items())
        network = ",".join(map(str, sizes))
        text = f"{network} on {origin.dataset}: {shown} examples; seed {origin.seed}\n{HEADING}"
        self.reports.event("start", values, text)

    def _epoch(
        self, report: training.EpochReport, health: "Health | None", seconds: float, progress: Bar
    ) -> None:
        progress.update()
        if self.quiet:
            return
        values = {
            "epoch": report.epoch,
            "epochs": self.model.settings.epochs,
            **asdict(report),
            "seconds": round(seconds, 6),
            "dataset": self.model.origin.dataset,
        }
        counted = f"{report.epoch}/{self.model.settings.epochs}"
        held_out = "-" if report.validation_accuracy is None else f"{report.validation_accuracy:.4f}"
        figures = f"{report.learning_rate:8.4g}  {report.cost:6.4f}  {report.train_accuracy:6.4f}"
        lines = [f"{counted:>7}  {figures}  {held_out:>10}  {seconds:7.2f}"]
        if health is not None:
            values |= asdict(health)
            lines += [
                f"         layer {layer.layer}: {layer.saturated:.1%} saturated, "
                f"‖δ‖ {layer.delta_norm:.2e}, update {layer.update:.2e}"
                for layer in health.layers
            ]
            if health.remark:
                lines.append(f"         remark: {health.remark}")
        self.reports.event("epoch", values, "\n".join(lines))

    def _end(self, stopped: str) -> None:
        """Evaluate the stored model; after an interruption the one in memory is in the midst of an epoch."""
        stored = modelfile.loads(self.output.content, self.output.name)
        test = training.evaluate(
            stored.network,
            Examples(self.dataset.test_images, self.dataset.test_labels),
            COSTS[stored.settings.cost],
            stored.origin.engine,
            self.threads,
        )
        self.dataset.check_unchanged()
        epochs = len(stored.state.reports)
        seconds = time.perf_counter() - self.started
        values = {
            "epochs": epochs,
            "stopped": stopped,
            "best_epoch": training.best_epoch(stored.state.reports),
            "test_accuracy": test.accuracy,
            "correct": test.correct,
            "total": test.total,
            "dataset": stored.origin.dataset,
            "model": self.output.name,
            "seconds": round(seconds, 6),
        }
        accuracy = f"test accuracy {test.accuracy:.4f} ({test.correct:,} of {test.total:,})"
        kept = f", that of epoch {values['best_epoch']} kept," if stored.state.best is not None else ""
        course = f"{stopped} after epoch {epochs}{kept} in {seconds:.1f} s"
        self.reports.event(
            "end", values, f"{accuracy} on {stored.origin.dataset}; {course}; {self.output.name}"
        )
        self.output.end()
