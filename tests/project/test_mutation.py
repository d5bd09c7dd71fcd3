"""The tools of `make mutants`: the mistakes that they make, and how they are counted."""

from pathlib import Path

import pytest
from mutation.c_mutants import mutants
from mutation.copies import ROOT
from mutation.equivalents import EQUIVALENT
from mutation.native import all_mutants
from mutation.python_mutants import difference, files
from mutation.report import Outcome, Results, group, show

SOURCE = """#include "a.h"
#define ONE 1 /* not 2 < 3 */
static int f(int a)
{
    if (a < 3 && g("a + b"))
        a += 2;
    return a;
}
"""


def test_a_mutant_is_one_mistake_in_the_code_and_none_in_comments_or_strings() -> None:
    changed = [mutant.changed for mutant in mutants("a.c", SOURCE)]
    assert changed == [
        "#define ONE 0 /* not 2 < 3 */",
        "#define ONE 2 /* not 2 < 3 */",
        'if (a <= 3 && g("a + b"))',
        'if (a > 3 && g("a + b"))',
        'if (a < (3 + 1) && g("a + b"))',
        'if (a < (3 - 1) && g("a + b"))',
        'if (a < 3 || g("a + b"))',
        "a -= 2;",
        "a = 2;",
        "a += (2 + 1);",
        "a += (2 - 1);",
        "without a += 2;",
        "without return a;",
    ]


def test_a_mutant_differs_from_its_source_only_where_the_mistake_is() -> None:
    for mutant in mutants("a.c", SOURCE):
        assert mutant.mutated != SOURCE
        assert mutant.mutated[: mutant.start] == SOURCE[: mutant.start]
        assert mutant.mutated.endswith(SOURCE[mutant.end :])
        assert SOURCE.splitlines()[mutant.line - 1].strip() != ""


def test_the_changed_lines_of_python_are_found() -> None:
    before = ["def f():", "    a = 1", "    return a"]
    assert difference(before, ["def f():", "    a = 2", "    return a"]) == ("    a = 1", "a = 2")
    assert difference(before, ["def f():", "    return a"]) == ("    a = 1", "(a line less)")


def test_the_score_leaves_out_only_survivors_that_are_known_to_be_equivalent(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(EQUIVALENT, ("nnbp/a.py", "b"), "no difference")
    pairs = (("a", "survived"), ("b", "survived"), ("c", "killed"), ("d", "no end"))
    show([Outcome(name, "nnbp/a.py", 1, name, how) for name, how in pairs])
    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == ["survived nnbp/a.py:1: a  ", "survived nnbp/a.py:1: b  no difference"]
    assert lines[-1].split(maxsplit=1)[1] == "2 of 4 killed (50.0 %; 66.7 % without 1 equivalent)"


def test_results_are_kept_and_only_survivors_that_matter_are_tested_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(EQUIVALENT, ("nnbp/a.py", "c"), "no difference")
    results = Results(tmp_path / "new" / "results")
    for name, how in (("a", "killed"), ("b", "survived"), ("c", "survived")):
        results.add(Outcome(name, "nnbp/a.py", 1, name, how), 0.1)
    again = Results(tmp_path / "new" / "results")
    assert again.todo(list("abcd"), retest=False) == ["d"]
    assert again.todo(list("abcd"), retest=True) == ["b"]


needs_links = pytest.mark.skipif(not (ROOT / "nnbp" / "data").is_dir(), reason="links are not checked out")


@needs_links
def test_equivalent_mutants_are_mutants_of_the_files_that_they_name() -> None:
    native = {(mutant.file, mutant.changed) for mutant in all_mutants([])}
    for file, changed in EQUIVALENT:
        assert (file, changed) in native or (group(file) != "engine" and file in files()), (file, changed)


@needs_links
def test_the_files_that_are_mutated_are_there() -> None:
    assert {group(file) for file in files()} == {"algorithm", "model files", "data files"}
    assert {group(mutant.file) for mutant in all_mutants([])} == {"engine"}
    assert all((ROOT / file).is_file() for file in files())
