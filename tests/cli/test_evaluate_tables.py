"""`nnbp evaluate`: intervals, tables and several models, for networks whose answers are known by hand."""

from pathlib import Path

import numpy as np
import pytest
from support.program import events, run
from support.white_pixels import answering, write_folder

# Each image has one white pixel, which is the answer of the model `echo`.
WHITE = [0, 0, 1, 2, 2, 1, 0, 2]
LABELS = [0, 0, 1, 1, 2, 2, 0, 0]
CONFUSION = [[3, 0, 1], [0, 1, 1], [0, 1, 1]]
WRONG = [(3, 1, 2), (5, 2, 1), (7, 0, 2)]


@pytest.fixture
def known(tmp_path: Path) -> Path:
    write_folder(tmp_path / "known", WHITE, LABELS)
    answering(tmp_path / "echo.npz")
    answering(tmp_path / "shifted.npz", shift=1)
    return tmp_path


def evaluate(folder: Path, *arguments: str, stdin: bytes = b"", status: int = 0) -> str:
    done = run("evaluate", "--dataset", "known", *arguments, cwd=folder, stdin=stdin)
    assert done.returncode == status, done.stderr
    return done.stdout.decode()


def test_one_model_has_one_line_with_its_interval(known: Path) -> None:
    line = evaluate(known, "echo.npz")
    # Wilson's interval of 5 of 8.
    assert line.startswith("accuracy 0.6250 (5 of 8; 95 % interval 0.3057 to 0.8632) on folder; cost ")
    assert line.count("\n") == 1


def test_json_has_the_classes_and_the_confusion(known: Path) -> None:
    (found,) = events(evaluate(known, "echo.npz", "--json").encode())
    assert found["confusion"] == CONFUSION
    assert found["interval"] == pytest.approx([0.3057, 0.8632], abs=5e-5)
    rows = [(row["class"], row["correct"], row["total"], row["accuracy"]) for row in found["classes"]]
    assert rows == [(0, 3, 4, 0.75), (1, 1, 2, 0.5), (2, 1, 2, 0.5)]
    assert found["classes"][1]["interval"] == pytest.approx([0.0945, 0.9055], abs=5e-5)


def test_tables_follow_the_line_as_tsv(known: Path) -> None:
    lines = evaluate(known, "echo.npz", "--errors", "--confusion", "--per-class").splitlines()
    cells = [line.split("\t") for line in lines[1:]]
    assert cells[0] == ["class", "correct", "total", "accuracy", "low", "high"]
    assert [row[:4] for row in cells[1:4]] == [["0", "3", "4", "0.75"], *([n, "1", "2", "0.5"] for n in "12")]
    # Wilson's interval of 1 of 2.
    assert [float(cell) for cell in cells[2][4:]] == pytest.approx([0.0945, 0.9055], abs=5e-5)
    assert cells[4] == ["label", "0", "1", "2"]
    assert cells[5:8] == [[str(n), *map(str, row)] for n, row in enumerate(CONFUSION)]
    assert cells[8] == ["index", "label", "prediction", "probability"]
    assert [tuple(map(int, row[:3])) for row in cells[9:]] == WRONG
    # The weighted input of the answer is 8 − 1.
    assert [float(row[3]) for row in cells[9:]] == pytest.approx([1 / (1 + np.exp(-7))] * 3)


def test_a_class_without_images_has_no_accuracy(known: Path) -> None:
    write_folder(known / "no-twos", [0, 1], [0, 1])
    line = ("echo.npz", "--dataset", "no-twos", "--per-class")
    assert evaluate(known, *line).splitlines()[-1].split("\t") == ["2", "0", "0", "-", "-", "-"]
    (found,) = events(evaluate(known, *line, "--json").encode())
    expected = {"class": 2, "correct": 0, "total": 0, "accuracy": None, "interval": None}
    assert found["classes"][2] == expected


def test_an_event_for_each_error_names_its_model(known: Path) -> None:
    _, *found = events(evaluate(known, "echo.npz", "--errors", "--json").encode())
    assert [(row["index"], row["label"], row["prediction"]) for row in found] == WRONG
    assert {(row["event"], row["model"], row["dataset"]) for row in found} == {
        ("error", "echo.npz", "folder")
    }


def test_several_models_are_named_in_every_line_in_order(known: Path) -> None:
    content = (known / "echo.npz").read_bytes()
    lines = evaluate(known, "shifted.npz", "-", "--errors", "--per-class", stdin=content).splitlines()
    cut = next(n for n, line in enumerate(lines) if n and line.startswith("accuracy"))
    for part, model in ((lines[:cut], "shifted.npz"), (lines[cut:], "-")):
        assert part[0].endswith(f"; {model}")
        assert all(line.endswith((f"\t{model}", "\tmodel")) for line in part[1:])
    # Right where the label is the white pixel's number plus 1.
    assert lines[0].startswith("accuracy 0.2500 (2 of 8; ")
    assert lines[cut].startswith("accuracy 0.6250 ")


def test_the_status_is_1_if_any_model_is_below_the_minimum(known: Path) -> None:
    models = ("shifted.npz", "echo.npz", "--dataset", "known", "--min-accuracy")
    done = run("evaluate", *models, "0.5", cwd=known)
    assert (done.returncode, done.stdout.count(b"\n")) == (1, 2)
    assert done.stderr == b"nnbp: shifted.npz: accuracy 0.2500 is below 0.5\n"
    assert run("evaluate", *models, "0.25", cwd=known).returncode == 0


def test_standard_input_is_read_once(known: Path) -> None:
    done = run("evaluate", "-", "-", cwd=known, stdin=(known / "echo.npz").read_bytes())
    assert done.returncode == 2
    assert b"only one MODEL can be -" in done.stderr


def test_errors_without_a_number_for_a_probability_have_null(known: Path) -> None:
    answering(known / "huge.npz", gain=3e38)
    _, *found = events(evaluate(known, "huge.npz", "--errors", "--json").encode())
    assert all(row["probability"] in (1.0, None) for row in found)


def test_control_characters_in_a_name_do_not_reach_the_table(known: Path) -> None:
    (known / "a\tb\x1b.npz").write_bytes((known / "echo.npz").read_bytes())
    shown = evaluate(known, "a\tb\x1b.npz", "echo.npz", "--errors")
    assert "\x1b" not in shown
    assert "a\\tb\\x1b.npz" in shown
