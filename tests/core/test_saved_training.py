"""A saved training: it can be continued and evaluated, and is never saved in part."""

from pathlib import Path

import numpy as np
import pytest
from support.problems import byte_examples
from support.program import events, run

from nnbp import Settings, Training, data, load


def test_a_saved_training_continues_as_if_it_had_not_stopped(tmp_path: Path, engine: str) -> None:
    whole, broken = (Training.begin((4, 3), Settings(epochs=4, momentum=0.5), seed=1) for _ in range(2))
    examples = byte_examples(24, 4, 3)
    expected = list(whole.run(examples, validation=6, engine=engine))
    for report in broken.run(examples, validation=6, engine=engine):
        if report.epoch == 2:
            broken.save(str(tmp_path / "model.npz"))
            break
    model = load(str(tmp_path / "model.npz"))
    assert (model.dataset, model.dataset_sha256, model.training.engine) == ("unnamed", "", engine)
    list(model.training.run(examples))
    assert model.training.reports == expected
    np.testing.assert_equal(model.network.layers, whole.network.layers)


def test_a_training_saved_with_its_data_set_can_be_evaluated_from_the_shell(tmp_path: Path) -> None:
    digits = data.load("sample")
    training = Training.begin((784, 10), Settings(epochs=1), seed=1)
    list(training.run(digits.training))
    training.save(tmp_path / "model.npz", digits)
    (found,) = events(run("evaluate", "model.npz", "--json", cwd=tmp_path).stdout)
    assert found["accuracy"] == training.evaluate(digits.test).accuracy > 0.8


def test_a_training_in_float64_is_not_saved_in_float32(tmp_path: Path) -> None:
    training = Training.begin((4, 3), seed=1, dtype=np.float64)
    with pytest.raises(ValueError, match="float64; a model file holds float32"):
        training.save(tmp_path / "model.npz")
    assert not (tmp_path / "model.npz").exists()


def test_the_engine_of_a_saved_training_is_kept_by_auto() -> None:
    training = Training.begin((4, 3), Settings(epochs=2), seed=1)
    next(training.run(byte_examples(24, 4, 3), engine="numpy"))
    training.run(byte_examples(24, 4, 3))
    assert training.engine == "numpy"
