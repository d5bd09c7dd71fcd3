"""The bar of a training moves within its epochs."""

import pytest

from nnbp.cli import train_bar
from nnbp.cli.train_bar import TrainingBar


class Moves:
    """A bar that remembers how far it has come."""

    def __init__(self) -> None:
        self.at = 0.0
        self.closed = False

    def update(self, n: float = 1) -> None:
        self.at += n

    def close(self) -> None:
        self.closed = True


def test_the_bar_moves_by_fractions_of_epochs(monkeypatch: pytest.MonkeyPatch) -> None:
    moves, options = Moves(), []

    def bar(wanted: bool, **given: object) -> Moves:
        options.append((wanted, given["total"], given["initial"]))
        return moves

    monkeypatch.setattr(train_bar, "bar", bar)
    with TrainingBar(True, examples=200, epochs=30, done=7) as progress:
        places = []
        for seen in (50, 200, 100, 150, 200, 200):
            progress(seen)
            places.append(moves.at)
    assert options == [(True, 30, 7)]
    assert places == pytest.approx([0.25, 1.0, 1.5, 1.75, 2.0, 3.0])
    assert moves.closed
