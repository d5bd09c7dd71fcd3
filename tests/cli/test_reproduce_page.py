"""The page of `nnbp reproduce`, and the file beside it, which keeps every training."""

import json
import subprocess
import threading
from pathlib import Path
from typing import Any

import pytest
from support.reproducing import Reproduce

from nnbp import atomic, recipes
from nnbp.cli import reproduce_all, reproduce_run
from nnbp.cli.reproduce_store import Store
from nnbp.recipes import Results, known


def test_trainings_in_the_file_are_not_trained_again(
    reproduce: Reproduce, working: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trained, run = [], reproduce_run.Trainer.run

    def counted(self: reproduce_run.Trainer, recipe: Any, seed: int) -> Any:
        trained.append((recipe.name, seed))
        return run(self, recipe, seed)

    monkeypatch.setattr(reproduce_run.Trainer, "run", counted)
    first = reproduce("ours.toml paper.toml -o page.md")
    assert trained == [("ours", 1)]
    before = [json.loads((working / "page.json").read_text())[kind] for kind in ("runs", "estimates")]
    second = reproduce("ours.toml paper.toml --seeds 2 -o page.md")
    assert trained == [("ours", 1), ("ours", 2)]
    assert [event["stored"] for event in second if event["event"] == "run"] == [True, False]
    assert {**second[0], "stored": False} == first[0]
    after = json.loads((working / "page.json").read_text())
    assert [after["runs"][:1], after["estimates"]] == before
    reproduce("ours.toml -o page.md --again")
    text = (working / "ours.toml").read_text()
    (working / "ours.toml").write_text(text.replace("epochs = 4", "epochs = 5"))
    reproduce("ours.toml -o page.md")
    assert trained[2:] == [("ours", 1)] * 2


def test_what_another_process_stores_during_a_training_is_kept(
    reproduce: Reproduce, working: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reproduce("theirs.toml -o page.md")
    others = (working / "page.json").read_bytes()
    (working / "page.json").unlink()
    run = reproduce_run.Trainer.run

    def slow(self: reproduce_run.Trainer, recipe: Any, seed: int) -> Any:
        (working / "page.json").write_bytes(others)
        return run(self, recipe, seed)

    monkeypatch.setattr(reproduce_run.Trainer, "run", slow)
    reproduce("ours.toml -o page.md")
    kept = json.loads((working / "page.json").read_text())["runs"]
    assert [each["recipe"] for each in kept] == ["ours", "theirs"]


def test_a_training_stored_between_reading_and_writing_is_kept(
    reproduce: Reproduce, working: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("ours", "theirs"):
        reproduce(f"{name}.toml -o {name}.md")
    ours, theirs = (
        Results.loads((working / f"{name}.json").read_bytes(), name).runs[0] for name in ("ours", "theirs")
    )
    write = atomic.write
    others: list[threading.Thread] = []

    def slow(path: Path, content: bytes) -> None:
        if not others:
            others.append(threading.Thread(target=Store("both.md").add, args=(theirs,)))
            others[0].start()
            others[0].join(0.2)
        write(path, content)

    monkeypatch.setattr(atomic, "write", slow)
    Store("both.md").add(ours)
    others[0].join()
    assert [run["recipe"] for run in json.loads((working / "both.json").read_text())["runs"]] == [
        "ours",
        "theirs",
    ]
    assert not list(working.glob(".both*"))


def test_trainings_on_changed_data_are_trained_again(reproduce: Reproduce, working: Path) -> None:
    reproduce("ours.toml -o page.md")
    images = working / "digits" / "train-images-idx3-ubyte"
    images.write_bytes(images.read_bytes()[:-1] + b"\1")
    run, *_ = reproduce("ours.toml -o page.md")
    assert not run["stored"]
    assert len(json.loads((working / "page.json").read_text())["runs"]) == 1


def test_the_page_is_rebuilt_from_the_file(reproduce: Reproduce, working: Path) -> None:
    reproduce("ours.toml -o page.md")
    page = (working / "page.md").read_bytes()
    *_, event = reproduce("ours.toml -o page.md")
    assert (working / "page.md").read_bytes() == page
    assert (event["event"], event["path"], event["results"]) == ("page", "page.md", "page.json")
    assert event["bytes"] == len(page)
    assert event["recipes"] == len(known()) + 1


def test_all_recipes_are_trained_for_the_page_accuracy_md(
    reproduce: Reproduce, working: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = [recipes.read(f"{name}.toml") for name in ("ours", "paper", "theirs")]
    monkeypatch.setattr(recipes, "known", lambda: few)
    monkeypatch.setattr(reproduce_all, "known", lambda: few)
    found = reproduce("--all --seeds 2")
    kinds = [event["event"] for event in found]
    assert kinds == ["run", "run", "reproduction", "estimate", "run", "run", "reproduction", "page"]
    assert found[-1]["recipes"] == 3
    text = (working / "accuracy.md").read_text()
    assert text.count("\n## ") == 3
    assert f"| {100 * found[2]['mean']:.2f} ± {100 * found[2]['deviation']:.2f} |" in text
    assert (working / "accuracy.json").is_file()


def test_a_signal_leaves_the_trainings_that_are_done(working: Path) -> None:
    from support.program import NNBP

    text = (working / "ours.toml").read_text()
    (working / "long.toml").write_text(text.replace("epochs = 4", "epochs = 100000"))
    line = [NNBP, "reproduce", "ours.toml", "long.toml", "-o", "page.md", "--json"]
    with subprocess.Popen(line, stdout=subprocess.PIPE, cwd=working) as process:
        assert process.stdout is not None
        assert json.loads(process.stdout.readline())["recipe"] == "ours"
        process.stdout.readline()
        process.terminate()
        assert process.wait(timeout=30) == -15
    assert [run["recipe"] for run in json.loads((working / "page.json").read_text())["runs"]] == ["ours"]
