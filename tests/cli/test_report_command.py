"""`nnbp report`, through the installed program."""

import re
from pathlib import Path

import pytest
from support.program import events, run

from nnbp.report.page import MAX_MODELS

TRAIN = ("train", "--dataset", "sample", "--sizes", "784,8,10", "--epochs", "1", "--seed", "1")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("report")
    run(*TRAIN, cwd=made)
    return made


def test_the_page_has_the_figures_of_evaluate(folder: Path) -> None:
    (written,) = events(run("report", "model.npz", "--json", cwd=folder).stdout)
    page = (folder / "report.html").read_text("utf-8")
    assert written == {
        "event": "report",
        "path": "report.html",
        "models": ["model.npz"],
        "bytes": (folder / "report.html").stat().st_size,
    }
    assert written["bytes"] < 400_000
    (result,) = events(run("evaluate", "model.npz", "--json", cwd=folder).stdout)
    cells = re.findall(r'<td title="label \d, prediction \d: ([\d,]+) of', page)
    assert [int(cell.replace(",", "")) for cell in cells] == [n for row in result["confusion"] for n in row]
    assert f"{result['correct']:,} of {result['total']:,} correct" in page


def test_a_page_on_standard_output_is_the_same_and_leaves_the_event_to_standard_error(folder: Path) -> None:
    run("report", "model.npz", "-o", "same.html", cwd=folder)
    done = run("report", "model.npz", "-o", "-", cwd=folder)
    assert done.stdout == (folder / "same.html").read_bytes()
    assert done.stderr.startswith(b"-: 1 model, ")


def test_models_beyond_the_limit_and_a_second_standard_input_are_usage_errors(folder: Path) -> None:
    many = run("report", *["model.npz"] * (MAX_MODELS + 1), cwd=folder)
    assert (many.returncode, f"there are {MAX_MODELS + 1} models".encode() in many.stderr) == (2, True)
    twice = run("report", "-", "-", cwd=folder)
    assert (twice.returncode, b"only one MODEL can be -" in twice.stderr) == (2, True)


def test_a_page_of_a_model_that_deskews_has_its_figures_and_says_so(folder: Path) -> None:
    run(*TRAIN, "--deskew", "-o", "upright.npz", cwd=folder)
    results = events(run("evaluate", "model.npz", "upright.npz", "--json", cwd=folder).stdout)
    assert run("report", "model.npz", "upright.npz", "-o", "two.html", cwd=folder).returncode == 0
    page = (folder / "two.html").read_text("utf-8")
    cells = re.findall(r'<td title="label \d, prediction \d: ([\d,]+) of', page)
    assert [int(cell.replace(",", "")) for cell in cells] == [
        n for result in results for row in result["confusion"] for n in row
    ]
    assert run("report", "upright.npz", "-o", "one.html", cwd=folder).returncode == 0
    one = (folder / "one.html").read_text("utf-8")
    mistakes = re.findall(r'title="test image ([\d,]+): label (\d), prediction (\d)"', one)
    wrong = events(run("evaluate", "upright.npz", "--errors", "--json", cwd=folder).stdout)[1:]
    assert len(mistakes) > 10
    assert {tuple(int(n.replace(",", "")) for n in mistake) for mistake in mistakes} <= {
        (error["index"], error["label"], error["prediction"]) for error in wrong
    }
    assert len(wrong) == results[1]["total"] - results[1]["correct"]
    assert "upright.npz sees these images deskewed" in page
    assert "sees these images deskewed" not in (folder / "report.html").read_text("utf-8")
