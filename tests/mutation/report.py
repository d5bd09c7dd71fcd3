"""The outcome of mutants, and the score of a group of them."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from mutation.equivalents import EQUIVALENT


@dataclass(frozen=True)
class Outcome:
    """What became of a mutant.

    name     of the mutant, the same in every run over the same sources
    changed  the changed line
    how      survived, or how the tests noticed
    """

    name: str

    file: str
    line: int
    changed: str
    how: str

    @property
    def survived(self) -> bool:
        """Whether no test noticed."""
        return self.how == "survived"

    @property
    def equivalent(self) -> str | None:
        """Why nothing can notice, if that is known."""
        return EQUIVALENT.get((self.file, self.changed))


class Results:
    """The outcomes so far, kept in a file from run to run."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.outcomes: dict[str, Outcome] = {}
        if path.exists():
            for line in path.read_text(encoding="utf-8").splitlines():
                self._keep(Outcome(**json.loads(line)))

    def _keep(self, outcome: Outcome) -> None:
        self.outcomes[outcome.name] = outcome

    def add(self, outcome: Outcome, seconds: float) -> None:
        """Keep and print one."""
        self._keep(outcome)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(outcome)) + "\n")
        print(
            f"{outcome.how:12} {seconds:5.1f} s  {outcome.file}:{outcome.line}: {outcome.changed}", flush=True
        )

    def todo(self, names: Sequence[str], retest: bool) -> list[str]:
        """Those not yet tested; or the survivors that are not known to be equivalent, to test them again."""
        if retest:
            tested = [self.outcomes[name] for name in names if name in self.outcomes]
            return [each.name for each in tested if each.survived and each.equivalent is None]
        return [name for name in names if name not in self.outcomes]


def group(file: str) -> str:
    """The group that a file belongs to."""
    folder = str(Path(file).parent)
    return {"nnbp": "algorithm", "nnbp/data": "data files", "nnbp/modelfile": "model files"}.get(
        folder, "engine"
    )


def show(outcomes: Sequence[Outcome]) -> None:
    """Print the survivors, then counts by file and by group, with both scores."""
    for each in outcomes:
        if each.survived:
            print(f"survived {each.file}:{each.line}: {each.changed}  {each.equivalent or ''}")
    for key in (lambda each: each.file, lambda each: group(each.file)):
        for name in sorted({key(each) for each in outcomes}):
            print(f"{name:32} {_counts([each for each in outcomes if key(each) == name])}")


def _counts(outcomes: Sequence[Outcome]) -> str:
    killed = sum(not each.survived for each in outcomes)
    equivalent = sum(each.survived and each.equivalent is not None for each in outcomes)
    score = 100 * killed / max(1, len(outcomes) - equivalent)
    plain = 100 * killed / max(1, len(outcomes))
    return (
        f"{killed:4} of {len(outcomes)} killed ({plain:.1f} %; {score:.1f} % without {equivalent} equivalent)"
    )
