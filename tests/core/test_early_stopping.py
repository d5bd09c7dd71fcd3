"""Patience, the best epoch, and the network that a training keeps."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from support.problems import training_problem

from nnbp import EpochReport, Examples, Network, Settings, Training, evaluate
from nnbp.reports import best_epoch


def accuracies_of(settings: Settings) -> tuple[Training, list[float], list[Network]]:
    """A training, and the validation accuracy and the network after each of its epochs."""
    rng = np.random.default_rng(0)
    shown = Examples(rng.random((60, 5)), rng.integers(0, 3, 60))
    unseen = Examples(rng.random((50, 5)), rng.integers(0, 3, 50))
    training, networks = Training.begin((5, 8, 3), settings, seed=2), []
    for _ in training.run(shown, unseen):
        networks.append(training.network.copy())
    return training, [report.validation_accuracy or 0.0 for report in training.reports], networks


def test_training_stops_after_patience_epochs_without_a_better_one() -> None:
    settings = Settings(epochs=60, learning_rate=3.0, l2=0.0)
    _, all_of_them, _ = accuracies_of(settings)
    for patience in (1, 2, 5):
        _, found, _ = accuracies_of(replace(settings, patience=patience))
        best, since, expected = -1.0, 0, 0
        for accuracy in all_of_them:
            expected += 1
            best, since = (accuracy, 0) if accuracy > best else (best, since + 1)
            if since == patience:
                break
        assert len(found) == expected
        assert found == all_of_them[:expected]


def test_the_network_of_the_best_epoch_is_kept_on_request() -> None:
    settings = Settings(epochs=12, learning_rate=3.0, l2=0.0)
    last, accuracies, networks = accuracies_of(settings)
    best, _, _ = accuracies_of(replace(settings, keep="best"))
    first_of_the_best = accuracies.index(max(accuracies))
    assert first_of_the_best < 11
    np.testing.assert_equal(last.result.layers, networks[-1].layers)
    np.testing.assert_equal(best.result.layers, networks[first_of_the_best].layers)
    np.testing.assert_equal(best.network.layers, networks[-1].layers)
    unseen = training_problem((5, 3), 50, seed=1)[1]
    for training, network in ((last, networks[-1]), (best, networks[first_of_the_best])):
        expected = evaluate(network, unseen, "cross-entropy")
        assert training.evaluate(unseen).cost == expected.cost


@pytest.mark.parametrize("choices", [{"patience": 1}, {"keep": "best"}])
def test_settings_that_need_validation_examples_are_refused_without_them(choices: dict[str, Any]) -> None:
    network, examples = training_problem()
    settings = Settings(**choices)
    with pytest.raises(ValueError, match="need validation examples"):
        Training(network.copy(), settings, np.random.default_rng(3)).run(examples)


@pytest.mark.parametrize(
    ("accuracies", "expected"),
    [
        ([], None),
        ([None, None], None),
        ([0.5], 1),
        ([0.1, 0.9, 0.9, 0.2], 2),
        ([0.0, 0.0], 1),
        ([None, 0.5, 0.9], 3),
    ],
)
def test_the_best_epoch_is_the_first_of_the_highest_validation_accuracy(
    accuracies: list[float | None], expected: int | None
) -> None:
    reports = [EpochReport(i, 0.5, 1.0, 0.5, accuracy) for i, accuracy in enumerate(accuracies, 1)]
    assert best_epoch(reports) == expected


@pytest.mark.parametrize("accuracies", [(-0.1, None), (1.1, None), (0.5, -0.1), (0.5, 1.1)])
def test_an_accuracy_out_of_range_is_refused(accuracies: tuple[float, float | None]) -> None:
    with pytest.raises(ValueError, match=r"^accuracies are 0-1: {}, {}$".format(*accuracies)):
        EpochReport(1, 0.5, 1.0, *accuracies)


@pytest.mark.parametrize("accuracies", [(0.0, None), (1.0, 0.0), (0.0, 1.0)])
def test_an_accuracy_may_be_anything_from_0_to_1(accuracies: tuple[float, float | None]) -> None:
    report = EpochReport(1, 0.5, 1.0, *accuracies)
    assert (report.train_accuracy, report.validation_accuracy) == accuracies
