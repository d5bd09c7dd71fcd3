"""The file of results keeps every training, finds it again, and refuses what it did not write."""

import json
import math
from dataclasses import replace

import pytest

from nnbp.errors import RejectedFileError
from nnbp.recipes import Estimate, Machine, Recipe, Results, Run
from nnbp.settings import Settings

MACHINE = Machine("A processor", 2, None)
RECIPE = Recipe("ours", "A network", (784, 30, 10), Settings(l2=1.0, elastic=(37.0, 5.0)), goal=98.0)
RUN = Run("ours", RECIPE.training, 1, "numpy", "mnist", "00", 9_800, 10_000, 1.5, 2, "nnbp", "1", MACHINE)
ESTIMATE = Estimate("ours", RECIPE.training, "numpy", 3600.5, 2_000, "1", MACHINE)
FULL = Results().with_run(RUN).with_estimate(ESTIMATE)


def test_results_are_read_as_they_were_written() -> None:
    read = Results.loads(FULL.dumps(), "a.json")
    assert list(read.runs) == [RUN]
    assert list(read.estimates) == [ESTIMATE]
    assert read.dumps() == FULL.dumps()
    # Found again although JSON has no tuples.
    assert read.of(RECIPE, "numpy", "mnist") == [RUN]
    assert read.estimate(RECIPE, "numpy") == ESTIMATE


def test_a_training_with_another_setting_engine_or_data_set_is_not_found() -> None:
    assert not FULL.of(RECIPE, "native", "mnist")
    assert not FULL.of(RECIPE, "numpy", "sample")
    assert FULL.estimate(RECIPE, "native") is None
    for changed in (
        replace(RECIPE, settings=Settings(l2=2.0, elastic=(37.0, 5.0))),
        replace(RECIPE, sizes=(784, 31, 10)),
        replace(RECIPE, validation=10),
        replace(RECIPE, name="theirs"),
    ):
        assert not FULL.of(changed, "numpy", "mnist")
        assert FULL.estimate(changed, "numpy") is None


def test_words_of_a_recipe_may_change() -> None:
    assert FULL.of(replace(RECIPE, title="Another", note="a note", goal=99.0), "numpy", "mnist") == [RUN]


def test_a_training_replaces_the_one_of_the_same_seed_and_stands_in_order() -> None:
    later = FULL.with_run(replace(RUN, seed=3)).with_run(replace(RUN, seed=2))
    assert [run.seed for run in later.runs] == [1, 2, 3]
    again = later.with_run(replace(RUN, correct=9_900, sha256="11"))
    assert [run.correct for run in again.runs] == [9_900, 9_800, 9_800]
    assert len(again.with_run(replace(RUN, engine="native")).runs) == 4
    assert len(again.with_estimate(replace(ESTIMATE, seconds=1.0)).estimates) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"correct": 10_001},
        {"correct": -1},
        {"total": 0},
        {"seconds": "1"},
        {"seconds": math.nan},
        {"seconds": math.inf},
        {"seconds": -1.0},
        {"seed": True},
        {"threads": 1.5},
        {"training": []},
        {"machine": {"processor": "x"}},
        {"unknown": 1},
    ],
)
def test_a_file_with_another_content_is_refused(change: dict[str, object]) -> None:
    values = json.loads(FULL.dumps())
    values["runs"][0].update(change)
    with pytest.raises(RejectedFileError, match="not a file of results"):
        Results.loads(json.dumps(values).encode(), "a.json")


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"format": 2}', b"\xff", b"[" * 100_000])
def test_a_file_that_is_none_of_results_is_refused(content: bytes) -> None:
    with pytest.raises(RejectedFileError, match=r"a\.json: not a file of results"):
        Results.loads(content, "a.json")
