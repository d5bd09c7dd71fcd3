"""The progress bar of a training: one for all epochs, which also moves within an epoch."""

from functools import partial
from typing import Self

from nnbp.cli.bars import Bar, NoBar, bar

_FORMAT = "{desc}{percentage:3.0f}%|{bar}| {n:.1f}/{total} epochs [{elapsed}<{remaining}]"


class TrainingBar:
    """Called as the `progress` of a training, it follows the examples of each epoch. `with` shows it.

    A name is written before the bar.
    """

    def __init__(
        self, wanted: bool, examples: int, epochs: int, done: int = 0, name: str | None = None
    ) -> None:
        self._bar: Bar = NoBar()
        self._begin = partial(
            bar, wanted, desc=name and f"{name}: ", total=epochs, initial=done, bar_format=_FORMAT
        )
        self._examples = examples
        self._seen = 0

    def __call__(self, seen: int) -> None:
        """Move to this number of examples; a smaller number than before means that a new epoch has begun."""
        before = self._seen if seen > self._seen else 0
        self._bar.update((seen - before) / self._examples)
        self._seen = seen

    def __enter__(self) -> Self:
        self._bar = self._begin()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.close()
