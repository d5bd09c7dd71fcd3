"""The page of recipes: one that is reproduced, one below, one not trained, one on paper."""

from dataclasses import replace

from nnbp.recipes import Estimate, Machine, Published, Recipe, Run, page
from nnbp.recipes.markdown import duration, long_duration
from nnbp.settings import Settings

PUBLISHED = Published(98.0, "Somebody", 1999, "A paper, table 1", "last epoch", url="https://example.org/a")
GOOD = Recipe("good", "A network", (784, 30, 10), Settings(), published=PUBLISHED, differences="none.")
LOW = replace(GOOD, name="low", reason="it is small.", note="A note.")
GOAL = replace(GOOD, name="goal", published=None, goal=99.0)
PAPER = replace(GOOD, name="paper", paper=True)
RUN = Run(
    "good",
    {},
    1,
    "native",
    "mnist",
    "00",
    9_790,
    10_000,
    1.25,
    None,
    "",
    "1",
    Machine("A processor", 2, "v4"),
)
RUNS = {
    "good": [RUN, replace(RUN, correct=9_810, seed=2, seconds=1.75)],
    "low": [replace(RUN, correct=9_600)],
}
ESTIMATE = Estimate("paper", {}, "native", 9_000.0, 2_000, "1", Machine("Another", 1, "v3"))
COMMANDS = {name: f"nnbp train --{name}" for name in ("good", "low", "goal", "paper")}
PAGE = page([GOOD, LOW, GOAL, PAPER], RUNS, {"paper": ESTIMATE}, COMMANDS)


def section(name: str) -> str:
    return PAGE.partition(f"\n## {name}\n")[2].partition("\n## ")[0]


def test_the_table_has_a_row_for_each_recipe() -> None:
    assert [line for line in PAGE.splitlines() if line.startswith("| [")] == [
        "| [good](#good) | 784,30,10 | Somebody 1999 | 98.00 | 98.00 ± 0.14 | 1.5 | reproduced |",
        "| [low](#low) | 784,30,10 | Somebody 1999 | 98.00 | 96.00 | 1.2 | below |",
        "| [goal](#goal) | 784,30,10 | nnbp | goal 99.00 | – | – | not trained yet |",
        "| [paper](#paper) | 784,30,10 | Somebody 1999 | 98.00 | – | about 9,000 | not trained |",
    ]


def test_a_section_has_the_source_each_seed_and_the_command() -> None:
    text = section("good")
    assert "98.00 % of the 10,000 test images; last epoch." in text
    assert "Somebody (1999), [A paper, table 1](https://example.org/a)." in text
    assert "Differences: none." in text
    assert "97.90 (seed 1), 98.10 (seed 2)" in text
    assert "```text\nnnbp train --good\n```" in text


def test_the_reason_is_given_only_where_a_figure_is_below() -> None:
    assert "Why it is lower here: it is small." in section("low")
    assert "A note." in section("low")
    better = page([LOW], {"low": [replace(RUN, correct=9_900)]}, {}, COMMANDS)
    assert "it is small" not in better


def test_a_recipe_on_paper_has_its_estimated_time() -> None:
    assert "about 9,000 s (2.5 h) here, estimated from an epoch of 2,000 images" in section("paper")
    assert "Goal: 99.00 %" in section("goal")


def test_the_machines_are_named_once() -> None:
    assert PAGE.count("A processor, 2 processors, with AVX-512") == 1
    assert PAGE.count("Another, 1 processor, without AVX-512") == 1
    slow = page([GOOD], {"good": [replace(RUN, machine=Machine("Third", 4, None))]}, {}, COMMANDS)
    assert "Third, 4 processors, NumPy" in slow


def test_no_line_is_empty_twice_and_the_page_ends_with_one() -> None:
    assert "\n\n\n" not in PAGE + page([GOOD], {}, {}, COMMANDS)
    assert PAGE.endswith("```\n")


def test_short_times_have_a_decimal_and_long_ones_hours() -> None:
    assert [duration(each) for each in (0.04, 9.94, 10, 3599)] == ["0.0", "9.9", "10", "3,599"]
    assert [long_duration(each) for each in (3599, 3600)] == ["3,599 s", "3,600 s (1.0 h)"]
