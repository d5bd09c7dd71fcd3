"""The parts of an epoch: the same ones whether they are made when they are wanted or ahead."""

from collections.abc import Sequence

import numpy as np
import pytest
from support.compiled import AVAILABLE
from support.problems import byte_examples

from nnbp.distorter import for_epoch
from nnbp.distortions import PRESETS
from nnbp.native.pace import Pace, Way
from nnbp.native.parts import AsTheyAre, Coming, Distorted, Part, Ready
from nnbp.warping import distort

pytestmark = pytest.mark.skipif(not AVAILABLE, reason="the compiled engine is missing")

SHAPE = (6, 8)
EXAMPLES = byte_examples(23, 48, 4)
ORDER = np.random.default_rng(7).permutation(23)


def distorted() -> Sequence[Coming]:
    return Distorted(EXAMPLES, PRESETS["full"], SHAPE).parts(ORDER, 10, np.random.default_rng(5))


def labels_and_order(parts: list[Part]) -> list[tuple[list[int], list[int]]]:
    return [(part.labels.tolist(), part.order.tolist()) for part in parts]


def test_parts_have_all_examples_in_the_order() -> None:
    parts = AsTheyAre(EXAMPLES).parts(ORDER, 10, np.random.default_rng(5))
    assert [part.count for part in parts] == [10, 10, 3]
    met = [index for part in parts for index in part.get(1).order]
    assert met == ORDER.tolist()
    assert all(part.begun for part in parts)


def test_distorted_parts_have_the_labels_of_their_images() -> None:
    parts = distorted()
    assert [part.count for part in parts] == [10, 10, 3]
    found = [part.get(1) for part in parts]
    assert np.concatenate([part.labels for part in found]).tolist() == EXAMPLES.labels[ORDER].tolist()
    assert [part.order.tolist() for part in found] == [list(range(10)), list(range(10)), [0, 1, 2]]


@pytest.mark.parametrize("ahead", [True, False])
@pytest.mark.parametrize("threads", [1, 3])
def test_distorted_images_are_those_of_one_distorter_in_order(
    ahead: bool, threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[np.ndarray[tuple[int, ...], np.dtype[np.uint8]]] = []
    original = Part.of

    def remember(examples: object, most_list_bytes: int = 0) -> Part:
        made.append(examples.images)  # type: ignore[attr-defined]
        return original(examples, most_list_bytes)  # type: ignore[arg-type]

    parts = distorted()
    monkeypatch.setattr(Part, "of", remember)
    for part, following in zip(parts, [*parts[1:], None], strict=True):
        part.get(threads)
        if ahead and following is not None:
            following.begin()
            following.begin()
    distorter = for_epoch(PRESETS["full"], SHAPE, np.random.default_rng(5))
    expected = distort(EXAMPLES.images[ORDER], distorter.draw(23), distorter.field, SHAPE)
    np.testing.assert_array_equal(np.concatenate(made), expected)


def test_a_part_is_made_once() -> None:
    calls: list[int] = []

    def make(threads: int) -> Part:
        calls.append(threads)
        return Part.of(EXAMPLES)

    coming = Coming(make, 23)
    assert not coming.begun
    coming.begin()
    coming.begin()
    assert coming.begun
    assert coming.get(2) is coming.get(2)
    assert calls == [1]
    alone = Coming(make, 23)
    alone.get(2)
    assert calls == [1, 2]
    assert Ready(Part.of(EXAMPLES)).count == 23


def test_an_error_of_the_background_is_raised_where_the_part_is_wanted() -> None:
    def make(threads: int) -> Part:
        raise MemoryError

    coming = Coming(make, 1)
    coming.begin()
    with pytest.raises(MemoryError):
        coming.get(1)


def test_what_a_call_prepares_does_not_count() -> None:
    clock = [0.0]
    used: list[int] = []

    def call(way: Way) -> None:
        used.append(way.threads)
        clock[0] += 2.0 if way.threads == 1 else 3.0

    def prepare(way: Way) -> None:
        clock[0] += 100.0 if way.threads == 1 else 0.0

    pace = Pace([Way(1, False), Way(2, False)], lambda: clock[0])
    for _ in range(4):
        pace.run(call, 1, prepare)
    assert used == [1, 2, 1, 1]
