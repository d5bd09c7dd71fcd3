"""One training, from the data set to the model file, with options that have already been checked."""

import time
from contextlib import nullcontext, suppress
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from nnbp import diagnoses, modelfile
from nnbp.cli import signals, train_report
from nnbp.cli.output import Events, say
from nnbp.cli.train_bar import TrainingBar
from nnbp.cli.train_plot import TrainingPlot
from nnbp.cli.train_store import Destination, Storing, is_due
from nnbp.data import Dataset
from nnbp.diagnoses import Diagnosis
from nnbp.engines import Threads
from nnbp.errors import DivergenceError
from nnbp.minibatches import Examples
from nnbp.modelfile import Score
from nnbp.reports import EpochReport, best_report, is_better
from nnbp.updates import regularization

if TYPE_CHECKING:
    from nnbp.diagnosis import Checkup


class TrainingRun:
    """Trains, stores the model after every epoch, and writes the events: start, epoch, epoch, …, end.

    dataset_name  as it was given, if it was
    fallback      whether the data set is the sample because MNIST was not available
    """

    def __init__(
        self,
        model: modelfile.Model,
        dataset: Dataset,
        destination: Destination,
        events: Events,
        *,
        quiet: bool,
        diagnose: bool,
        plot: bool = False,
        threads: int | None,
        dataset_name: str | None,
        fallback: bool,
    ) -> None:
        self.model = model
        self.training = model.training
        self.dataset = dataset
        self.dataset_name = dataset_name
        self.fallback = fallback
        self.destination = destination
        self.events = events
        self.quiet = quiet
        self.threads: Threads = "auto" if threads is None else threads
        self.shown, _ = Examples(*dataset.training).hold_out(self.training.held_out)
        self.checkup = self._checkup() if diagnose else None
        self.plot = TrainingPlot(plot, not quiet, self.training.reports)
        self.best = best_report(self.training.reports)
        self.storing = Storing(destination)
        self.stored_epochs = len(self.training.reports)
        self.ended = False
        self.started = time.perf_counter()

    def run(self) -> None:
        """Train to the end. If a signal or a divergence ends it, the last good model is kept and reported."""
        try:
            self._train()
            early = len(self.training.reports) < self.training.settings.epochs
            self._end("early" if early else "completed")
        except signals.Interrupted:
            self._interrupted()
            raise
        except DivergenceError as error:
            self._diverged(error)
            raise

    def _train(self) -> None:
        bar = self._bar()
        # Before the first line is printed, because it raises the errors of the engine.
        reports = self.training.run(
            self.dataset.training, threads=self.threads, progress=bar, shape=self.dataset.image_shape
        )
        self._start()
        if self.training.is_over:
            say(f"nnbp: {train_report.nothing_left_text(self.model)}")
        # The bar disappears before anything is said about an interruption.
        with self.plot, self.storing, bar:
            began = time.perf_counter()
            for report in reports:
                self.dataset.check_unchanged()
                # A signal waits until the epoch is being stored, so that file and report agree.
                with signals.held_back():
                    self._complete(report, began)
                began = time.perf_counter()

    def _complete(self, report: EpochReport, began: float) -> None:
        """Store and report an epoch."""
        diagnosis = None if self.checkup is None else Diagnosis.of(report.epoch, self.checkup.after(report))
        if diagnosis is not None:
            diagnoses.keep(self.training.diagnosis, diagnosis)
        penalty = regularization(self.training.network, self.training.settings, len(self.shown.labels))
        content = None
        if self.training.is_over or is_due(report.epoch, self.stored_epochs):
            # The score of a resumed model is another network's; this one gets its own at the end.
            content = modelfile.dumps(replace(self.model, score=None))
            self.stored_epochs = report.epoch
        seconds = time.perf_counter() - began
        self.storing.begin(content, partial(self._epoch, report, penalty, diagnosis, seconds))

    def _interrupted(self) -> None:
        # Storing gives up if it waits for another process.
        with suppress(signals.Interrupted):
            self.storing.finish()
        if not self.destination.content:
            say("nnbp: interrupted before the first epoch was complete; no model was written")
            return
        if not self.ended:
            self._end("interrupted")
        name = self.destination.name
        say(f"nnbp: {train_report.interrupted_text(self._last(), name, self.dataset_name)}", end=" \\")

    def _diverged(self, error: DivergenceError) -> None:
        """Raise the error again if a good model is left, with the epoch of its network."""
        if self.destination.content:
            self.destination.complete()
            self.destination.end()
            kept = train_report.kept_text(self._last(), self.destination.name)
            raise DivergenceError(error.where, error.reason, f"{error.remedy}; {kept}") from error

    def _bar(self) -> TrainingBar:
        epochs, done = self.training.settings.epochs, len(self.training.reports)
        return TrainingBar(not self.quiet, len(self.shown.labels), epochs, done)

    def _checkup(self) -> "Checkup":
        from nnbp.diagnosis import Checkup

        training = self.training
        return Checkup(training.network, self.shown, training.settings, training.reports)

    def _start(self) -> None:
        if self.quiet:
            return
        total, tests = len(self.dataset.train_labels), len(self.dataset.test_labels)
        values = train_report.start_values(self.model, total, tests, self.destination.name, self.fallback)
        heading = [] if self.training.is_over else [train_report.HEADING]
        self.events.event("start", values, "\n".join([train_report.start_text(values), *heading]))

    def _epoch(
        self, report: EpochReport, penalty: float, diagnosis: Diagnosis | None, seconds: float
    ) -> None:
        if not self.quiet:
            best = is_better(report, self.best)
            values = train_report.epoch_values(self.model, report, penalty, diagnosis, seconds, best=best)
            self.best = report if best else self.best
            self.events.event("epoch", values, train_report.epoch_text(values))
        self.plot.add(report)

    def _last(self) -> modelfile.Model:
        """The last model stored; after an interruption, the one in memory is halfway through an epoch."""
        return modelfile.loads(self.destination.content, self.destination.name)

    def _end(self, stopped: str) -> None:
        """Evaluate and report the last model stored, and write it to standard output, if it belongs there."""
        self.destination.complete()
        last = self._last()
        test = last.training.evaluate(self.dataset.test, threads=self.threads)
        self.dataset.check_unchanged()
        if last.score is None:
            # After a signal it does not wait for another process that writes the file.
            with suppress(signals.Interrupted) if stopped == "interrupted" else nullcontext():
                self.destination.store(modelfile.dumps(replace(last, score=Score(test.correct, test.total))))
        seconds = time.perf_counter() - self.started
        values = train_report.end_values(last, test, stopped, self.destination.name, self.fallback, seconds)
        self.ended = True
        self.events.event(
            "end", values, train_report.end_text(values, best_kept=last.training.best is not None)
        )
        self.destination.end()
