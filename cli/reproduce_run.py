"""A recipe trained as `nnbp train` would, and the time that one on paper would take."""

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from nnbp import __version__, native
from nnbp.cli import signals
from nnbp.cli.command_line import train_command
from nnbp.cli.info_system import processor
from nnbp.cli.reproduce_data import Datasets
from nnbp.cli.train_bar import TrainingBar
from nnbp.errors import RejectedFileError
from nnbp.native import pace
from nnbp.recipes import Estimate, Machine, Recipe, Run

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nnbp.engines import Threads
    from nnbp.minibatches import ImagesAndLabels
    from nnbp.reports import EpochReport
    from nnbp.training import Training

# An estimate is the time of the last of so many epochs over so many images; the first find the fastest way.
_TIMED_IMAGES, _TIMED_EPOCHS = 2_000, 3


def command(recipe: Recipe) -> str:
    """The command that trains a recipe on its own data set, with any seed."""
    dataset = None if recipe.dataset == "mnist" else recipe.dataset
    return train_command(recipe.sizes, recipe.settings, validation=recipe.validation, dataset=dataset)


class Trainer:
    """Trains recipes on their data sets; engine and threads are as for `nnbp train`."""

    def __init__(self, datasets: Datasets, engine: str, threads: int | None, bars: bool) -> None:
        self.datasets, self._wanted, self._threads, self._bars = datasets, engine, threads, bars

    def engine(self) -> str:
        """The engine that will train. Raises EngineError."""
        import numpy as np

        from nnbp.engines import choose_engine
        from nnbp.network import Network

        return choose_engine(self._wanted, Network.random((1, 1), np.random.default_rng(0)))

    def command(self, recipe: Recipe, seed: int | None, engine: str | None = None) -> str:
        """The command that trains the same network."""
        return train_command(
            recipe.sizes,
            recipe.settings,
            validation=self.datasets.held_out(recipe),
            seed=seed,
            dataset=self.datasets.name(recipe),
            engine=engine,
            threads=self._threads,
        )

    def run(self, recipe: Recipe, seed: int) -> Run:
        """Train a recipe. Raises DivergenceError, EngineError and RejectedFileError."""
        loaded, held_out = self.datasets.of(recipe), self.datasets.check_held_out(recipe)
        bar = self._bar(
            f"{recipe.name} seed {seed}", recipe.settings.epochs, len(loaded.train_labels) - held_out
        )
        began = time.perf_counter()
        training, reports = self._begin(recipe, seed, loaded.training, held_out, bar, loaded.image_shape)
        with bar:
            for _ in reports:
                signals.check()
        if recipe.on == "validation":
            total, correct = held_out, round((training.reports[-1].validation_accuracy or 0) * held_out)
        else:
            test = training.evaluate(loaded.test, threads=self._threads or "auto")
            correct, total = test.correct, test.total
        seconds = time.perf_counter() - began
        loaded.check_unchanged()
        engine = str(training.engine)
        return Run(
            recipe=recipe.name,
            training=recipe.training,
            seed=seed,
            engine=engine,
            dataset=self.datasets.name(recipe),
            sha256=loaded.sha256,
            correct=correct,
            total=total,
            seconds=round(seconds, 3),
            threads=self._threads,
            command=self.command(recipe, seed, engine),
            version=__version__,
            machine=_machine(engine),
        )

    def estimate(self, recipe: Recipe) -> Estimate:
        """The time that a recipe would take, from that of an epoch over a few images."""
        loaded = self.datasets.of(recipe)
        total = len(loaded.train_labels) - self.datasets.check_held_out(recipe)
        count = min(_TIMED_IMAGES, total)
        few = (loaded.train_images[:count], loaded.train_labels[:count])
        short = replace(recipe, settings=replace(recipe.settings, epochs=_TIMED_EPOCHS, warmup=0))
        bar = self._bar(recipe.name, _TIMED_EPOCHS, count)
        training, reports = self._begin(short, 1, few, 0, bar, loaded.image_shape)
        with bar:
            for report in reports:
                signals.check()
                if report.epoch == _TIMED_EPOCHS - 1:
                    began = time.perf_counter()
            seconds = time.perf_counter() - began
        engine = str(training.engine)
        whole = round(seconds / count * total * recipe.settings.epochs, 1)
        return Estimate(recipe.name, recipe.training, engine, whole, count, __version__, _machine(engine))

    def _begin(
        self,
        recipe: Recipe,
        seed: int,
        examples: "ImagesAndLabels",
        held_out: int,
        bar: TrainingBar,
        shape: tuple[int, int],
    ) -> "tuple[Training, Iterator[EpochReport]]":
        """A training and its epochs. Raises RejectedFileError for settings that do not fit the sizes."""
        # A signal waits, because Python may lose its exception during an import.
        with signals.held_back():
            from nnbp.training import Training

        try:
            training = Training.begin(recipe.sizes, recipe.settings, seed)
            threads: Threads = self._threads or "auto"
            return training, training.run(examples, held_out, self._wanted, threads, bar, shape)
        except ValueError as error:
            raise RejectedFileError(f"recipe {recipe.name}", str(error), "correct it") from error

    def _bar(self, name: str, epochs: int, examples: int) -> TrainingBar:
        return TrainingBar(self._bars, examples, epochs, name=name)


def _machine(engine: str) -> Machine:
    instructions = native.describe().get("instructions") if engine == "native" else None
    return Machine(processor(), pace.processors(), instructions)
