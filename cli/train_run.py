"""One training, from the data set to the model file, with options that have already been checked."""

import time
from functools import partial
from typing import TYPE_CHECKING

from nnbp import modelfile
from nnbp.cli import signals, train_report
from nnbp.cli.output import Events, say
from nnbp.cli.train_bar import TrainingBar
from nnbp.cli.train_store import Destination, Storing
from nnbp.data import Dataset
from nnbp.engines import Threads
from nnbp.minibatches import Examples
from nnbp.reports import EpochReport
from nnbp.updates import regularization

if TYPE_CHECKING:
    from nnbp.diagnosis import Checkup, Health


class TrainingRun:
    """Trains, stores the model after every epoch, and writes the events: start, epoch, epoch, …, end."""

    def __init__(
        self,
        model: modelfile.Model,
        dataset: Dataset,
        destination: Destination,
        events: Events,
        quiet: bool,
        diagnose: bool,
        threads: int | None,
    ) -> None:
        self.model = model
        self.training = model.training
        self.dataset = dataset
        self.destination = destination
        self.events = events
        self.quiet = quiet
        self.threads: Threads = "auto" if threads is None else threads
        self.shown, _ = Examples(*dataset.training).hold_out(self.training.held_out)
        self.checkup = self._checkup() if diagnose else None
        self.storing = Storing(destination)
        self.started = time.perf_counter()

    def run(self) -> None:
        """Train to the end. If a signal interrupts it, the last complete epoch is stored and reported."""
        try:
            self._start()
            self._train()
        except signals.Interrupted:
            self.storing.finish()
            if self.destination.content:
                self._end("interrupted")
            else:
                say("nnbp: interrupted before the first epoch was complete; no model was written")
            raise
        # A training that was already complete when it was resumed has stored nothing yet.
        if not self.destination.content:
            self.destination.store(modelfile.dumps(self.model))
        early = len(self.training.reports) < self.training.settings.epochs
        self._end("early" if early else "completed")

    def _train(self) -> None:
        with self._bar() as bar, self.storing:
            began = time.perf_counter()
            for report in self.training.run(self.dataset.training, threads=self.threads, progress=bar):
                self.dataset.check_unchanged()
                # A signal waits until the epoch is being stored, so that file and report agree.
                with signals.held_back():
                    health = None if self.checkup is None else self.checkup.after(report)
                    penalty = self._penalty()
                    content, seconds = modelfile.dumps(self.model), time.perf_counter() - began
                    self.storing.begin(content, partial(self._epoch, report, penalty, health, seconds))
                began = time.perf_counter()

    def _bar(self) -> TrainingBar:
        epochs, done = self.training.settings.epochs, len(self.training.reports)
        return TrainingBar(not self.quiet, len(self.shown.labels), epochs, done)

    def _checkup(self) -> "Checkup":
        from nnbp.diagnosis import Checkup

        training = self.training
        return Checkup(training.network, self.shown, training.settings, training.reports)

    def _penalty(self) -> float:
        return regularization(self.training.network, self.training.settings, len(self.shown.labels))

    def _start(self) -> None:
        if self.quiet:
            return
        total, tests = len(self.dataset.train_labels), len(self.dataset.test_labels)
        values = train_report.start_values(self.model, total, tests, self.destination.name)
        self.events.event("start", values, train_report.start_text(values))

    def _epoch(self, report: EpochReport, penalty: float, health: "Health | None", seconds: float) -> None:
        if self.quiet:
            return
        values = train_report.epoch_values(self.model, report, penalty, health, seconds)
        self.events.event("epoch", values, train_report.epoch_text(values))

    def _end(self, stopped: str) -> None:
        """Evaluate the stored model: after an interruption, the one in memory is halfway through an epoch."""
        stored = modelfile.loads(self.destination.content, self.destination.name)
        test = stored.training.evaluate(self.dataset.test, threads=self.threads)
        self.dataset.check_unchanged()
        seconds = time.perf_counter() - self.started
        values = train_report.end_values(stored, test, stopped, self.destination.name, seconds)
        text = train_report.end_text(values, best_kept=stored.training.best is not None)
        self.events.event("end", values, text)
        self.destination.end()
