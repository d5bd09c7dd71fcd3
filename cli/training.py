"""One training, from the data set to the model file: what `nnbp train` does once everything is checked."""

import time
from dataclasses import asdict

import numpy as np

from nnbp import __version__, sgd, storage
from nnbp.cli import signals
from nnbp.cli.modelfiles import Output
from nnbp.cli.output import Reports, bar
from nnbp.costs import COSTS
from nnbp.data import Dataset
from nnbp.evaluation import evaluate
from nnbp.minibatches import Examples
from nnbp.network import Network, count_parameters
from nnbp.settings import Settings

HEADING = "  epoch      rate    cost   train  validation  seconds"


class Training:
    """Trains, stores the model after every epoch, and tells it as events: start, epoch, epoch, …, end."""

    def __init__(
        self,
        dataset: Dataset,
        sizes: tuple[int, ...],
        settings: Settings,
        validation: int,
        seed: int,
        threads: int | None,
        output: Output,
        reports: Reports,
        quiet: bool,
    ) -> None:
        self.dataset = dataset
        self.settings = settings
        self.origin = storage.Origin(dataset.name, dataset.sha256, validation, seed)
        self.rng = np.random.Generator(np.random.PCG64(seed))
        self.network = Network.random(sizes, self.rng, settings.init)
        cut = len(dataset.train_labels) - validation
        self.training = Examples(dataset.train_images[:cut], dataset.train_labels[:cut])
        held_out = Examples(dataset.train_images[cut:], dataset.train_labels[cut:])
        self.held_out = held_out if validation else None
        self.threads = threads
        self.output = output
        self.reports = reports
        self.quiet = quiet
        self.epochs: list[sgd.EpochReport] = []
        self.started = time.perf_counter()

    def run(self) -> None:
        """All of it. When a signal ends it, the last whole epoch is stored and told."""
        self._start()
        try:
            self._train()
        except signals.Interrupted:
            if self.epochs:
                self._end("interrupted")
            raise
        self._end("completed")

    def _train(self) -> None:
        progress = bar(not self.quiet, total=self.settings.epochs, unit="epoch")
        began = time.perf_counter()
        for report in sgd.train(self.network, self.training, self.held_out, self.settings, self.rng):
            # A signal waits until the epoch is stored and counted, so that both say the same.
            with signals.held_back():
                self.epochs.append(report)
                self.output.epoch(self._model())
            self._epoch(report, time.perf_counter() - began)
            began = time.perf_counter()
            if progress is not None:
                progress.update()
        if progress is not None:
            progress.close()

    def _model(self) -> storage.Model:
        state = self.rng.bit_generator.state
        return storage.Model(self.network, self.settings, self.origin, tuple(self.epochs), state)

    def _start(self) -> None:
        if self.quiet:
            return
        sizes = ",".join(map(str, self.network.sizes))
        counts = {
            "training_examples": len(self.training.labels),
            "validation_examples": self.origin.validation,
            "test_examples": len(self.dataset.test_labels),
        }
        values = {
            "version": __version__,
            "sizes": self.network.sizes,
            "parameters": count_parameters(self.network.sizes),
            **asdict(self.settings),
            **asdict(self.origin),
            **counts,
            "threads": self.threads,
            "model": self.output.name,
        }
        shown = ", ".join(f"{count:,} {key.split('_')[0]}" for key, count in counts.items())
        text = f"{sizes} on {self.origin.dataset}: {shown} examples; seed {self.origin.seed}\n{HEADING}"
        self.reports.event("start", values, text)

    def _epoch(self, report: sgd.EpochReport, seconds: float) -> None:
        if self.quiet:
            return
        values = {
            "epoch": report.epoch,
            "epochs": self.settings.epochs,
            **asdict(report),
            "seconds": round(seconds, 6),
            "dataset": self.origin.dataset,
        }
        counted = f"{report.epoch}/{self.settings.epochs}"
        held_out = "-" if report.validation_accuracy is None else f"{report.validation_accuracy:.4f}"
        figures = f"{report.learning_rate:8.4g}  {report.cost:6.4f}  {report.train_accuracy:6.4f}"
        self.reports.event("epoch", values, f"{counted:>7}  {figures}  {held_out:>10}  {seconds:7.2f}")

    def _end(self, stopped: str) -> None:
        """Evaluate what was stored, which after an interruption is not what is in memory."""
        model = storage.loads(self.output.content, self.output.name)
        test = evaluate(
            model.network,
            Examples(self.dataset.test_images, self.dataset.test_labels),
            COSTS[self.settings.cost],
        )
        best = sgd.best_epoch(self.epochs)
        seconds = time.perf_counter() - self.started
        values = {
            "epochs": len(self.epochs),
            "stopped": stopped,
            "best_epoch": best,
            "test_accuracy": test.accuracy,
            "correct": test.correct,
            "total": test.total,
            "dataset": self.origin.dataset,
            "model": self.output.name,
            "seconds": round(seconds, 6),
        }
        accuracy = f"test accuracy {test.accuracy:.4f} ({test.correct:,} of {test.total:,})"
        course = f"{stopped} after epoch {len(self.epochs)} in {seconds:.1f} s"
        text = f"{accuracy} on {self.origin.dataset}; {course}; {self.output.name}"
        self.reports.event("end", values, text)
        self.output.end()
