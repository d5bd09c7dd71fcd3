"""`nnbp reproduce`: the list, the trainings, and what they are compared with."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from support.program import events
from support.reproducing import Reproduce

from nnbp.cli import columns, reproduce_run, signals
from nnbp.cli.distort_options import strengths
from nnbp.cli.main import Boundary
from nnbp.cli.reproduce_report import recipes_text
from nnbp.cli.train import train
from nnbp.recipes import known
from nnbp.settings import Settings
from nnbp.training import Training


def test_without_a_recipe_all_are_listed_with_their_commands(reproduce: Reproduce) -> None:
    found = reproduce("")
    assert [event["recipe"] for event in found] == [recipe.name for recipe in known()]
    assert {event["event"] for event in found} == {"recipe"}
    by_name = {event["recipe"]: event for event in found}
    assert by_name["nielsen-ch1"]["published"]["accuracy"] == 0.9542
    assert by_name["fast"]["published"] is None
    assert by_name["fast"]["goal"] == 0.981


def test_the_list_for_people_has_a_row_for_each(working: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert Boundary().run(["reproduce"]) == 0
    header, *rows = capfd.readouterr().out.splitlines()
    assert header.split("\t") == ["recipe", "hidden layers", "figure", "source"]
    assert "nielsen-ch3\t100\t98.04\tNielsen 2015, validation" in rows
    assert "ciresan-9x1000\t9×1000\t99.56\tCireşan 2010, on paper" in rows
    assert "fast\t100\t98.10\tnnbp's goal" in rows
    assert {row.split("\t")[1] for row in rows if row.startswith("lecun-500")} == {"500,150"}
    assert len(rows) == len(known())
    assert sum(row.endswith(", on paper") for row in rows) == 4


def test_a_recipe_is_trained_as_the_command_shown_would(
    reproduce: Reproduce, working: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    *runs, reproduction = reproduce("./ours.toml --seeds 2 --seed 7")
    assert [run["seed"] for run in runs] == [7, 8] == reproduction["seeds"]
    for run in runs:
        assert Boundary().run([*run["command"].split()[1:], "--json"]) == 0
        *_, end = events(capfd.readouterr().out.encode())
        assert (end["correct"], end["total"], end["seed"]) == (run["correct"], run["total"], run["seed"])
        assert end["engine"] == run["engine"]
        assert run["accuracy"] == run["correct"] / 30
    first, second = (run["accuracy"] for run in runs)
    assert reproduction["mean"] == pytest.approx((first + second) / 2)
    assert reproduction["deviation"] == pytest.approx(abs(first - second) / 2**0.5)
    assert (reproduction["goal"], reproduction["published"]) == (0.5, None)
    assert reproduction["verdict"] == ("reached" if reproduction["mean"] >= 0.5 else "missed")


def test_a_figure_on_validation_images_does_not_use_the_test_images(
    reproduce: Reproduce, working: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def forbidden(*_: object, **__: object) -> None:
        raise AssertionError("the test images were used")

    with monkeypatch.context() as patch:
        patch.setattr(Training, "evaluate", forbidden)
        run, reproduction = reproduce("theirs.toml")
    assert (run["on"], run["total"], reproduction["verdict"]) == ("validation", 10, "below")
    assert reproduction["reason"] == "it is small."
    assert Boundary().run([*run["command"].split()[1:], "--json"]) == 0
    *_, epoch, _ = events(capfd.readouterr().out.encode())
    assert run["accuracy"] == epoch["validation_accuracy"]


def test_the_test_images_are_used_once_for_each_seed(
    reproduce: Reproduce, working: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    used, evaluate = [], Training.evaluate

    def counted(self: Training, examples: Any, *rest: Any, **options: Any) -> Any:
        used.append(len(self.reports))
        return evaluate(self, examples, *rest, **options)

    monkeypatch.setattr(Training, "evaluate", counted)
    reproduce("./ours.toml --seeds 3")
    assert used == [4, 4, 4]


def test_for_people_a_table_ends_with_the_reason(working: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert Boundary().run(["reproduce", "theirs.toml", "ours.toml", "paper.toml"]) == 0
    first, second, paper, header, *rows, reason = capfd.readouterr().out.splitlines()
    assert first.startswith("theirs seed 1: ")
    assert " of 10 validation images) in " in first
    assert second.startswith("ours seed 1: ")
    assert paper.startswith("paper: not trained; about ")
    assert header.split("\t") == ["recipe", "published", "here", "seconds", "verdict"]
    assert [row.split("\t")[0] for row in rows] == ["theirs", "ours"]
    assert rows[0].endswith("\tbelow")
    assert reason == "theirs: it is small."
    assert Boundary().run(["reproduce", "theirs.toml", "-q"]) == 0
    assert capfd.readouterr().out.splitlines()[0] == header


def test_another_data_set_gives_no_verdict_and_a_smaller_one_holds_out_the_same_fraction(
    reproduce: Reproduce, working: Path
) -> None:
    run, reproduction = reproduce("nielsen-ch3-30 --dataset sample")
    assert run["total"] == 2_000
    assert " --validation 1666 " in run["command"]
    assert run["command"].endswith(f"--dataset sample --engine {run['engine']}")
    assert reproduction["verdict"] is reproduction["reason"] is None
    (dry,) = reproduce("nielsen-ch3-30 --dataset sample --dry-run")
    assert run["command"].startswith(dry["command"])


def test_a_dry_run_trains_nothing(reproduce: Reproduce, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reproduce_run.Trainer, "run", None)
    found = reproduce("nielsen-ch1 fast --dry-run --seeds 2")
    assert [event["recipe"] for event in found] == ["nielsen-ch1", "nielsen-ch1", "fast", "fast"]
    assert [event["command"].split("--seed ")[1][0] for event in found] == ["1", "2", "1", "2"]


def test_the_command_of_each_recipe_has_its_settings(reproduce: Reproduce) -> None:
    for event in reproduce(f"{' '.join(recipe.name for recipe in known())} --dry-run"):
        (recipe,) = (recipe for recipe in known() if recipe.name == event["recipe"])
        given = train.make_context(
            "train", event["command"].split()[2:], help_option_names=["-h", "--help"]
        ).params
        assert (given["sizes"], given["validation"]) == (recipe.sizes, recipe.validation)
        given |= strengths(given["distort"], given)
        assert Settings(**{name: given[name] for name in vars(recipe.settings)}) == recipe.settings


def test_an_estimate_is_the_time_of_the_last_epoch_for_all_images_and_epochs(
    reproduce: Reproduce, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = SimpleNamespace(now=0.0)
    clock.perf_counter = lambda: clock.now

    def run(self: Training, examples: tuple[Any, Any], *_: object) -> Iterator[SimpleNamespace]:
        assert len(examples[1]) == 20
        self.engine = "numpy"
        for epoch, seconds in ((1, 5.0), (2, 2.0), (3, 3.0)):
            clock.now += seconds
            yield SimpleNamespace(epoch=epoch)

    monkeypatch.setattr(Training, "run", run)
    monkeypatch.setattr(reproduce_run, "time", clock)
    monkeypatch.setattr(reproduce_run, "_TIMED_IMAGES", 20)
    (estimate,) = reproduce("paper.toml")
    # 3 s for 20 of 60 images, 4 epochs.
    assert (estimate["seconds"], estimate["images"], estimate["epochs"]) == (36.0, 20, 4)


def test_the_validation_accuracy_is_that_of_the_last_epoch(
    reproduce: Reproduce, working: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    text = (working / "theirs.toml").read_text()
    text = text.replace("1e-9", "0.1").replace("epochs = 4", "epochs = 12").replace("= 10", "= 30")
    (working / "learning.toml").write_text(text)
    run, _ = reproduce("learning.toml")
    assert Boundary().run([*run["command"].split()[1:], "--json"]) == 0
    _, *epochs, _ = events(capfd.readouterr().out.encode())
    assert run["accuracy"] == epochs[-1]["validation_accuracy"] != epochs[0]["validation_accuracy"]


def test_a_signal_that_was_lost_is_noticed_after_the_epoch(
    reproduce: Reproduce, monkeypatch: pytest.MonkeyPatch
) -> None:
    checks: list[None] = []
    run = Training.run

    def watched(self: Training, *arguments: Any) -> Iterator[Any]:
        for report in run(self, *arguments):
            before = len(checks)
            yield report
            assert len(checks) > before

    monkeypatch.setattr(signals, "check", lambda: checks.append(None))
    monkeypatch.setattr(Training, "run", watched)
    reproduce("ours.toml paper.toml")


def test_a_training_that_diverges_leaves_the_others_and_ends_with_status_5(
    working: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    text = (working / "ours.toml").read_text()
    (working / "wild.toml").write_text(
        text.replace("l2 = 0", 'l2 = 0\nlearning_rate = 1e38\ninit = "standard"\ncost = "log-likelihood"')
    )
    assert Boundary().run(["reproduce", "wild.toml", "ours.toml", "-o", "page.md"]) == 5
    written = capfd.readouterr()
    assert "nnbp: wild seed 1 diverged: " in written.err
    assert "nnbp: error: wild seed 1: diverged; " in written.err
    assert written.err.count("mini-batch") == 1
    assert "\nours\t" in written.out
    assert [run["recipe"] for run in json.loads((working / "page.json").read_text())["runs"]] == ["ours"]


@pytest.mark.parametrize(
    ("line", "status", "message"),
    [
        ("fats", 2, "Did you mean 'fast'?"),
        ("nothing.toml", 1, "nothing.toml: No such file"),
        ("fast --all", 2, "leave out the names"),
        ("ours.toml ./ours.toml", 2, "two recipes have the name ours"),
        ("fast -o -", 2, "cannot be the page"),
        ("fast -o .", 2, "'.' cannot be the page"),
        ("fast -o /dev/null", 2, "'/dev/null' cannot be the page"),
        ("fast -o piped.md", 2, "'piped.md' cannot be the page"),
        ("fast -o accuracy.json", 2, "cannot be the page"),
        ("fast -o nowhere/accuracy.md", 1, "no such folder"),
        ("fast --dataset digits", 3, "recipe fast: its network takes 784 pixels"),
        ("ours.toml --dataset sample", 3, "recipe ours: its network takes 12 pixels"),
        ("bad.toml", 3, "unknown key 'tilte'"),
        ("lost.toml", 3, "recipe lost: dataset is 'nowhere'"),
        ("greedy.toml", 3, "recipe greedy: it holds out 60 of 60"),
        ("fast.toml", 3, "a recipe of this name comes with nnbp"),
        ("ours.toml -o spoiled.md", 3, "spoiled.json: not a file of results"),
    ],
)
def test_a_mistake_has_its_status(
    line: str, status: int, message: str, working: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    text = (working / "ours.toml").read_text()
    (working / "bad.toml").write_text(text.replace("title", "tilte"))
    (working / "lost.toml").write_text(text.replace("digits", "nowhere"))
    (working / "greedy.toml").write_text(text.replace("epochs", "validation = 60\nepochs"))
    (working / "fast.toml").write_text(text)
    (working / "spoiled.json").write_text("[]")
    os.mkfifo(working / "piped.json")
    assert Boundary().run(["reproduce", *line.split()]) == status
    assert message in capfd.readouterr().err


def test_the_list_fits_into_80_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(columns, "width", lambda: 80)
    lines = recipes_text(known()).splitlines()
    assert len(lines) == 1 + len(known())
    assert max(map(len, lines)) <= 80


@pytest.mark.parametrize(
    ("line", "warnings"),
    [
        ("--seeds 2 --seed 3", ["--seeds has no effect without a recipe or --all", "--seed has no effect"]),
        ("-o page.md --again", ["--output has no effect without a recipe or --all", "--again has no effect"]),
        ("ours.toml --dry-run --seeds 2", []),
        ("ours.toml --dry-run -o page.md", ["--output has no effect with --dry-run"]),
        ("ours.toml --again", ["--again has no effect without -o"]),
        ("ours.toml --again -o page.md", []),
    ],
)
def test_options_without_effect_are_warnings(
    line: str, warnings: list[str], working: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert Boundary().run(["reproduce", *line.split()]) == 0
    lines = [each for each in capfd.readouterr().err.splitlines() if "warning" in each]
    assert len(lines) == len(warnings)
    assert all(f"nnbp: warning: {expected}" in found for expected, found in zip(warnings, lines, strict=True))
