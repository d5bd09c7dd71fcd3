"""Mutants of the compiled engine: each is compiled into a copy of the package, and tested there.

PYTHONPATH=tests python -m mutation.native [--sample N] [--seed S] [--jobs J] [FILE ...]
"""

import argparse
import random
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

from mutation.c_mutants import Mutant, mutants
from mutation.copies import NATIVE, ROOT, SURVIVED, Copy, sanitized
from mutation.report import Outcome, Results, show

FOLDER = ROOT / "build" / "mutation"
NOT_C = "not C"
# The libraries of mutants are compiled quickly; a function without a declaration is not C.
FLAGS = "-O1 -g0 -Werror=implicit-function-declaration"


def all_mutants(files: Sequence[str]) -> list[Mutant]:
    """Of these files, or of all of the engine's C."""
    sources = sorted(path for path in (ROOT / NATIVE).iterdir() if path.suffix in (".c", ".h", ".inc"))
    chosen = files or [str(path.relative_to(ROOT)) for path in sources]
    return [mutant for file in chosen for mutant in mutants(file, (ROOT / file).read_text(encoding="utf-8"))]


class Run:
    """A run over some mutants, with several copies of the package at once.

    most  mutants that compile, after which the run ends
    """

    def __init__(self, drawn: Sequence[Mutant], results: Results, retest: bool, most: int) -> None:
        self._results, self._retest, self._most = results, retest, most
        self._lock, self._waiting, self._tested = threading.Lock(), iter(drawn), 0

    def work(self, copies: Sequence[Copy]) -> None:
        """Test one mutant after another; a mutant that one copy does not notice goes on to the next."""
        for mutant in self._next():
            started, how = time.monotonic(), SURVIVED
            for copy in copies:
                how = copy.test() if copy.compile(mutant) else NOT_C
                copy.restore(mutant)
                if how != SURVIVED:
                    break
            outcome = Outcome(mutant.name, mutant.file, mutant.line, mutant.changed, how)
            with self._lock:
                self._tested += how != NOT_C
                self._results.add(outcome, time.monotonic() - started)

    def _next(self) -> Iterator[Mutant]:
        while True:
            with self._lock:
                mutant = next(filter(self._is_due, self._waiting), None)
                if mutant is None or self._tested >= self._most:
                    return
            yield mutant

    def _is_due(self, mutant: Mutant) -> bool:
        known = self._results.outcomes.get(mutant.name)
        if self._retest:
            return known is not None and known.survived and known.equivalent is None
        self._tested += known is not None and known.how != NOT_C
        return known is None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*")
    parser.add_argument(
        "--sample", type=int, default=sys.maxsize, help="only so many mutants, drawn at random"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=1, help="mutants at a time")
    parser.add_argument("--sanitize", action="store_true", help="test under GCC's sanitizers")
    parser.add_argument(
        "--retest", action="store_true", help="only survivors that are not known to be equivalent"
    )
    arguments = parser.parse_args()
    drawn = all_mutants(arguments.files)
    random.Random(arguments.seed).shuffle(drawn)
    results = Results(FOLDER / "native.jsonl")
    copies = (
        sanitized(FOLDER)
        if arguments.sanitize
        else [Copy.made(FOLDER / "plain", "-O1 -g0 -Werror=implicit-function-declaration")]
    )
    for copy in copies:
        if not results.outcomes and (before := copy.test()) != SURVIVED:
            sys.exit(f"the tests fail without a mutant: {before}")
    run = Run(drawn, results, arguments.retest, arguments.sample)
    groups = [copies, *([copy.twin(job) for copy in copies] for job in range(1, arguments.jobs))]
    with ThreadPoolExecutor(arguments.jobs) as pool:
        list(pool.map(run.work, groups))
    found = [results.outcomes[mutant.name] for mutant in drawn if mutant.name in results.outcomes]
    show([each for each in found if each.how != NOT_C][: arguments.sample])


if __name__ == "__main__":
    main()
