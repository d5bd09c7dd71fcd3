"""`nnbp compare`, through the installed program, for networks whose answers are known by hand."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support.program import events, run
from support.white_pixels import answering, write_folder

from nnbp import Model, Settings, Training, engines
from nnbp.cli.compare_report import comparison_text, comparison_values
from nnbp.cli.main import Boundary
from nnbp.comparison import Comparison

# The first image of each class is white in another pixel than its label; B answers as if it knew.
LABELS = [0, 1, 2] * 6
WHITE = [1, 2, 0, *LABELS[3:]]
TOTAL = len(LABELS)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_folder(tmp_path / "known", WHITE, LABELS)
    answering(tmp_path / "good.npz")
    # Right only where the white pixel is the one before the label: for the first three it is the one after.
    answering(tmp_path / "bad.npz", shift=2)
    return tmp_path


def compare(folder: Path, a: str, b: str, stdin: bytes = b"") -> dict[str, Any]:
    done = run("compare", a, b, "--dataset", "known", "--json", cwd=folder, stdin=stdin)
    assert (done.returncode, done.stderr) == (0, b"")
    (found,) = events(done.stdout)
    return found


def test_every_figure_is_that_of_counting_by_hand(folder: Path) -> None:
    found = compare(folder, "bad.npz", "good.npz")
    assert [found[name]["correct"] for name in "ab"] == [3, 15]
    assert [found[name]["accuracy"] for name in "ab"] == pytest.approx([3 / 18, 15 / 18])
    assert [found[name]["model"] for name in "ab"] == ["bad.npz", "good.npz"]
    counts = ("both_right", "only_a_right", "only_b_right", "both_wrong", "different_answers", "total")
    assert [found[name] for name in counts] == [0, 3, 15, 0, TOTAL, TOTAL]
    assert found["difference"] == pytest.approx(12 / 18)
    # 2 (1 + 18 + 153 + 816) / 2^18
    assert found["p"] == 2 * 988 / 2**18
    assert (found["better"], found["verdict"]) == (
        "b",
        "B is better: right on 12 more of 18 images (p = 0.0075)",
    )
    assert found["classes"] == [
        {"class": n, "total": 6, "only_a_right": 1, "only_b_right": 5, "net": 4} for n in range(3)
    ]
    low, high = found["difference_interval"]
    assert 0 < low < 12 / 18 < high < 1


def test_exchanging_the_models_exchanges_everything(folder: Path) -> None:
    one, other = compare(folder, "bad.npz", "good.npz"), compare(folder, "good.npz", "bad.npz")
    assert (one["a"], one["b"]) == (other["b"], other["a"])
    assert (one["p"], one["difference"]) == (other["p"], -other["difference"])
    low, high = other["difference_interval"]
    assert one["difference_interval"] == pytest.approx([-high, -low])
    assert (other["better"], other["verdict"][:11]) == ("a", "A is better")


def test_a_model_answers_like_itself_also_from_standard_input(folder: Path) -> None:
    found = compare(folder, "good.npz", "-", stdin=(folder / "good.npz").read_bytes())
    assert (found["p"], found["better"], found["different_answers"]) == (1.0, None, 0)
    assert found["verdict"] == "they answer alike (p = 1)"


def test_the_engine_and_the_threads_are_those_asked_for(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    asked: list[set[Any]] = []

    def watching(original: Callable[..., Any]) -> Callable[..., Any]:
        def watch(*arguments: Any) -> Any:
            asked.append({each for each in arguments if isinstance(each, str | int)} & {"numpy", 3})
            return original(*arguments)

        return watch

    for name in ("predictor", "evaluate"):
        monkeypatch.setattr(engines, name, watching(getattr(engines, name)))
    for line in ("compare good.npz bad.npz", "evaluate good.npz --errors", "report good.npz"):
        asked.clear()
        options = ["--dataset", "known", "--engine", "numpy", "--threads", "3"]
        assert Boundary().run([*line.split(), *options]) == 0
        assert asked == [{"numpy", 3}] * 2, line


def test_few_images_are_no_evidence(folder: Path) -> None:
    write_folder(folder / "few", [0, 1, 2, 1], [0, 1, 2, 0])
    done = run("compare", "bad.npz", "good.npz", "--dataset", "few", cwd=folder)
    assert done.stdout.decode().splitlines()[-1] == "no evidence that they differ (p = 0.62)"


def test_for_people_the_last_line_is_the_verdict_below_tsv(folder: Path) -> None:
    done = run("compare", "bad.npz", "good.npz", "--dataset", "known", cwd=folder)
    a, b, difference, counts, header, *rows, verdict = done.stdout.decode().splitlines()
    assert a.startswith("A: accuracy 0.1667 (3 of 18; 95 % interval ")
    assert b.endswith("; good.npz")
    assert difference.startswith("B - A: +0.6667 (95 % interval ")
    assert difference.endswith(") on folder")
    assert counts == "both right 0, only A 3, only B 15, both wrong 0"
    assert header.split("\t") == ["class", "total", "only A right", "only B right", "net"]
    assert [row.split("\t") for row in rows] == [[str(n), "6", "1", "5", "+4"] for n in range(3)]
    assert verdict.startswith("B is better")


def test_a_small_p_value_is_only_bounded_and_nothing_won_or_lost_is_0() -> None:
    answers = np.array([[2, 0, 15, 0], [7, 3, 3, 0]])
    values = comparison_values(Comparison(answers, 15), "sample", "a.npz", "b.npz")
    *_, first, second, verdict = comparison_text(values).splitlines()
    assert [first.split("\t"), second.split("\t")] == [
        ["0", "17", "0", "15", "+15"],
        ["1", "13", "3", "3", "0"],
    ]
    # 2 (1 + 21 + 210 + 1330) / 2^21 = 0.00149
    assert verdict == "B is better: right on 15 more of 30 images (p = 0.0015)"
    surer = comparison_values(Comparison(np.array([[0, 20, 0, 0]]), 20), "sample", "a.npz", "b.npz")
    assert surer["verdict"] == "A is better: right on 20 more of 20 images (p < 0.0001)"


def test_both_from_standard_input_is_a_usage_error(folder: Path) -> None:
    assert run("compare", "-", "-", cwd=folder).returncode == 2


def test_models_of_different_data_sets_need_one_named(folder: Path) -> None:
    for name in ("sample", "mnist"):
        training = Training.begin((784, 10), Settings(), seed=1)
        Model(training, name).save(folder / f"{name}.npz")
    done = run("compare", "sample.npz", "mnist.npz", cwd=folder)
    assert done.returncode == 2
    assert b"A was trained on sample and B on mnist" in done.stderr
    assert b"--dataset" in done.stderr
    assert run("compare", "sample.npz", "mnist.npz", "--dataset", "sample", cwd=folder).returncode == 0


def test_a_model_that_does_not_fit_the_data_set_is_refused(folder: Path) -> None:
    Training.begin((4, 3), Settings(), seed=1).save(folder / "large.npz")
    done = run("compare", "good.npz", "large.npz", "--dataset", "known", cwd=folder)
    assert done.returncode == 3
    assert done.stderr.startswith(b"nnbp: error: large.npz: the model takes 4 pixels")
