"""A recipe trained as `nnbp train` would, and the time that one on paper would take."""

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from nnbp import __version__, data, native
from nnbp.cli import loading, signals
from nnbp.cli.command_line import train_command
from nnbp.cli.info_system import processor
from nnbp.cli.reproduce_choice import check_dataset
from nnbp.cli.train_bar import TrainingBar
from nnbp.errors import RejectedFileError
from nnbp.native import pace
from nnbp.recipes import Estimate, Machine, Recipe, Run

if TYPE_CHECKING:
    from nnbp.data import Dataset
    from nnbp.engines import Threads

# Validation examples are counted in those of MNIST.
_MNIST = 60_000

# An estimate is the time of the last of so many epochs over so many images; the first find the fastest way.
_TIMED_IMAGES, _TIMED_EPOCHS = 2_000, 3


def command(recipe: Recipe) -> str:
    """The command that trains a recipe on its own data set, with any seed."""
    dataset = None if recipe.dataset == "mnist" else recipe.dataset
    return train_command(recipe.sizes, recipe.settings, validation=recipe.validation, dataset=dataset)


class Trainer:
    """Trains recipes; each data set is loaded once."""

    def __init__(self, dataset: str | None, engine: str, threads: int | None, bars: bool) -> None:
        """`dataset` replaces those of the recipes; `engine` and `threads` are as for `nnbp train`."""
        self.override, self._wanted, self._threads, self._bars = dataset, engine, threads, bars
        self._coming: dict[str, data.Loading] = {}
        self._loaded: dict[str, Dataset] = {}

    def expect(self, recipe: Recipe) -> None:
        """Check the data set of a recipe, and begin to load it. Raises RejectedFileError."""
        name = check_dataset(recipe, self.override)
        if name not in self._coming:
            self._coming[name] = data.Loading(name)

    def engine(self) -> str:
        """The engine that will train. Raises EngineError."""
        import numpy as np

        from nnbp.engines import choose_engine
        from nnbp.network import Network

        return choose_engine(self._wanted, Network.random((1, 1), np.random.default_rng(0)))

    def dataset(self, recipe: Recipe) -> "Dataset":
        """The data set of a recipe. Raises the errors of `nnbp.data.load`."""
        name = self.name_of_dataset(recipe)
        if name not in self._loaded:
            self._loaded[name] = loading.finish(self._coming[name], self._bars)
        return self._loaded[name]

    def _seen(self, recipe: Recipe) -> "Dataset":
        return loading.seen_with(recipe.settings, self.dataset(recipe))

    def name_of_dataset(self, recipe: Recipe) -> str:
        """The data set that a recipe is trained on."""
        return self.override or recipe.dataset

    def differs(self, recipe: Recipe) -> bool:
        """Whether it is trained on another data set than its own."""
        return self.override not in (None, recipe.dataset)

    def held_out(self, recipe: Recipe) -> int:
        """How many examples it holds out; of a data set with too few, the same fraction as of MNIST's."""
        if not self.differs(recipe):
            return recipe.validation
        total = len(self.dataset(recipe).train_labels)
        return recipe.validation if recipe.validation < total else recipe.validation * total // _MNIST

    def command(self, recipe: Recipe, seed: int | None, engine: str | None = None) -> str:
        """The command that trains the same network."""
        name = self.name_of_dataset(recipe)
        return train_command(
            recipe.sizes,
            recipe.settings,
            validation=self.held_out(recipe),
            seed=seed,
            dataset=name,
            engine=engine,
            threads=self._threads,
        )

    def run(self, recipe: Recipe, seed: int) -> Run:
        """Train a recipe. Raises DivergenceError, EngineError and RejectedFileError."""
        loaded, held_out = self._seen(recipe), self._checked_held_out(recipe)
        # A signal waits, because Python may lose its exception during an import.
        with signals.held_back():
            from nnbp.training import Training

        threads: Threads = self._threads or "auto"
        bar = self._bar(recipe, seed, len(loaded.train_labels) - held_out)
        began = time.perf_counter()
        training = Training.begin(recipe.sizes, recipe.settings, seed)
        with bar:
            for report in training.run(
                loaded.training, held_out, self._wanted, threads, bar, shape=loaded.image_shape
            ):
                last = report
        if recipe.on == "validation":
            total = held_out
            correct = round((last.validation_accuracy or 0) * total)
        else:
            test = training.evaluate(loaded.test, threads=threads)
            correct, total = test.correct, test.total
        seconds = time.perf_counter() - began
        loaded.check_unchanged()
        engine = str(training.engine)
        return Run(
            recipe=recipe.name,
            training=recipe.training,
            seed=seed,
            engine=engine,
            dataset=self.name_of_dataset(recipe),
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
        loaded, held_out = self._seen(recipe), self._checked_held_out(recipe)
        with signals.held_back():
            from nnbp.training import Training

        total = len(loaded.train_labels) - held_out
        count = min(_TIMED_IMAGES, total)
        few = (loaded.train_images[:count], loaded.train_labels[:count])
        settings = replace(recipe.settings, epochs=_TIMED_EPOCHS, warmup=0)
        training = Training.begin(recipe.sizes, settings, seed=1)
        bar = self._bar(recipe, None, count, _TIMED_EPOCHS)
        with bar:
            began = time.perf_counter()
            for report in training.run(
                few, None, self._wanted, self._threads or "auto", bar, shape=loaded.image_shape
            ):
                if report.epoch == _TIMED_EPOCHS - 1:
                    began = time.perf_counter()
            seconds = time.perf_counter() - began
        engine = str(training.engine)
        whole = seconds / count * total * recipe.settings.epochs
        return Estimate(
            recipe.name, recipe.training, engine, round(whole, 1), count, __version__, _machine(engine)
        )

    def _checked_held_out(self, recipe: Recipe) -> int:
        """How many examples to hold out. Raises RejectedFileError if no others, or none at all, are left."""
        held_out, total = self.held_out(recipe), len(self.dataset(recipe).train_labels)
        if held_out >= total or (recipe.on == "validation" and not held_out):
            raise RejectedFileError(
                f"recipe {recipe.name}",
                f"it holds out {held_out:,} of {total:,} training examples",
                "correct its validation, or name another data set with --dataset",
            )
        return held_out

    def _bar(self, recipe: Recipe, seed: int | None, examples: int, epochs: int | None = None) -> TrainingBar:
        name = recipe.name if seed is None else f"{recipe.name} seed {seed}"
        return TrainingBar(self._bars, examples, epochs or recipe.settings.epochs, name=name)


def _machine(engine: str) -> Machine:
    instructions = native.describe().get("instructions") if engine == "native" else None
    return Machine(processor(), pace.processors(), instructions)
