"""Mutants of the Python code: mutmut makes them, and forks of one process run the tests.

    PYTHONPATH=tests python -m mutation.python [--sample N] [--seed S] [--retest] [--keep] [FILE ...]

mutmut starts pytest anew for each mutant, which takes ten times as long as the tests. Here a process collects
the tests once; a fork of it runs those that reach the mutant's function, the fastest first, until one fails.
"""

import argparse
import os
import random
import sys
from pathlib import Path

import pytest

from mutation.forks import Forks
from mutation.python_mutants import MUTANTS, ROOT, Mutant, all_mutants, make, selection
from mutation.report import Results, group, show


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*")
    parser.add_argument("--sample", type=int, default=sys.maxsize, help="so many of each group, at random")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--retest", action="store_true", help="only survivors that are not known to be equivalent"
    )
    parser.add_argument(
        "--keep", action="store_true", help="keep the mutants of the last run, and which tests reach them"
    )
    arguments = parser.parse_args()
    if not arguments.keep:
        make()
    found = all_mutants(arguments.files)
    drawn = [
        mutant
        for name in ("algorithm", "model files", "data files")
        for mutant in _sample([each for each in found if group(each.file) == name], arguments)
    ]
    results = Results(ROOT / "build" / "mutation" / "python.jsonl")
    todo = results.todo([mutant.key for mutant in drawn], arguments.retest)
    forks = Forks([mutant for mutant in drawn if mutant.key in todo], results)
    # The tests import the mutants, and nothing from here.
    os.chdir(MUTANTS)
    ours = (ROOT, ROOT / "tests")
    sys.path[:] = [str(MUTANTS), *(path for path in sys.path if Path(path).resolve() not in ours)]
    options = ["-q", "-p", "no:cacheprovider", "-p", "no:xdist", "--capture=sys", "--rootdir=."]
    pytest.main([*options, *selection()], plugins=[forks])
    names = {mutant.key for mutant in drawn}
    show([each for name, each in results.outcomes.items() if name in names])


def _sample(mutants: list[Mutant], arguments: argparse.Namespace) -> list[Mutant]:
    random.Random(arguments.seed).shuffle(mutants)
    return mutants[: arguments.sample]


if __name__ == "__main__":
    main()
