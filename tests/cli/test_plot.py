"""The learning curve in characters, compared with pictures drawn by hand."""

import pytest

from nnbp.cli.canvas import Canvas, Curve, thinned
from nnbp.cli.colour import plain
from nnbp.cli.plot import learning_curve
from nnbp.reports import EpochReport

REPORTS = [
    EpochReport(1, 0.5, 1.0, 0.2, 0.5),
    EpochReport(2, 0.5, 0.5, 0.6, 0.7),
    EpochReport(3, 0.5, 0.0, 1.0, 0.9),
]


def drawn(curve: Curve, columns: int, rows: int, braille: bool) -> list[str]:
    canvas = Canvas(columns, rows, braille)
    canvas.draw(curve, (1, 3), (0.0, 1.0))
    return ["".join(cell.text(braille) for cell in row) for row in canvas.cells]


def test_a_rising_line_in_ascii() -> None:
    assert drawn(Curve("", [(1, 0.0), (3, 1.0)], "o"), 4, 4, False) == ["   o", "  o ", " o  ", "o   "]


def test_a_rising_line_in_braille() -> None:
    # Two columns and four rows of dots a character: the line is the diagonal of 4×4 dots.
    assert drawn(Curve("", [(1, 0.0), (3, 1.0)], "o"), 2, 1, True) == ["⡠⠊"]


def test_a_dotted_line_has_the_left_dots_only() -> None:
    assert drawn(Curve("", [(1, 0.0), (3, 0.0)], "o", dotted=True), 3, 1, True) == ["⡀⡀⡀"]
    assert drawn(Curve("", [(1, 0.0), (3, 0.0)], "o"), 3, 1, True) == ["⣀⣀⣀"]


def test_the_panels_stand_beside_each_other() -> None:
    assert learning_curve(REPORTS, 76, 6, braille=False) == [
        "cost                                   accuracy  . training  o validation",
        "1.0000|********                        1.0000|                     oooooooo",
        "      |        **************          " + "      |ooooooooooooooooooooo",
        "0.0000|                      *******   0.2000|.......",
        "      +-----------------------------         +-----------------------------",
        "       1                           3          1                           3",
    ]


def test_a_single_epoch_has_one_label_on_each_axis() -> None:
    assert learning_curve(REPORTS[1:2], 44, 12, braille=False) == [
        "cost",
        "      |",
        "      |",
        "0.5000|*",
        "      +" + "-" * 37,
        "       2",
        "accuracy  . training  o validation",
        "0.7000|o",
        "      |",
        "0.6000|.",
        "      +" + "-" * 37,
        "       2",
    ]


def test_in_a_narrow_picture_one_panel_stands_below_the_other() -> None:
    lines = learning_curve(REPORTS, 39, 12, braille=True)
    assert [line.split()[0] for line in lines[::6]] == ["cost", "accuracy"]
    assert lines[6] == "accuracy  ⠂⠂ training  ⠒⠒ validation"


@pytest.mark.parametrize("braille", [False, True])
@pytest.mark.parametrize("columns", [10, 19, 20, 30, 39, 75, 76, 100])
@pytest.mark.parametrize("rows", [1, 7, 8, 11, 16])
def test_no_picture_is_larger_than_it_may_be(columns: int, rows: int, braille: bool) -> None:
    for reports in (REPORTS, REPORTS[:1], REPORTS * 500, []):
        lines = learning_curve(reports, columns, rows, braille, lambda text, colour: f"\x1b[1m{text}\x1b[0m")
        assert len(lines) <= rows
        assert max((len(plain(line)) for line in lines), default=0) <= columns
        # In less room there is none: below each other, each panel needs three lines and one for its curve.
        least = 4 if columns >= 76 else 8
        assert bool(lines) == (columns >= 20 and rows >= least and bool(reports))


def test_without_validation_there_is_one_curve_and_no_legend() -> None:
    reports = [EpochReport(1, 0.5, 1.0, 0.2, None), EpochReport(2, 0.5, 0.5, 0.6, None)]
    assert learning_curve(reports, 76, 6, braille=False)[0] == f"{'cost':39}accuracy"


def test_an_extreme_value_survives_thinning() -> None:
    points = [(i, 0.5) for i in range(10_000)]
    points[1234], points[5678] = (1234, 9.0), (5678, -9.0)
    kept = thinned(points, 20)
    assert len(kept) <= 42
    assert {points[0], points[1234], points[5678], points[-1]} <= set(kept)
    assert sorted(kept) == list(kept)
