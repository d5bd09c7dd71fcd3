"""A case of a part: its own random numbers, and what happens when it breaks a promise."""

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

KEPT = Path(__file__).parents[2] / "build" / "stress"


@dataclass(frozen=True)
class Case:
    """The case with this number of a part under a seed; the same three give the same case."""

    part: str
    seed: int
    number: int

    def rng(self) -> random.Random:
        """The random numbers of the case."""
        return random.Random(f"{self.part} {self.seed} {self.number}")

    def fail(self, reason: str, **inputs: bytes) -> NoReturn:
        """Raise AssertionError with the reason, and keep the inputs; their names become suffixes of files."""
        kept = [self._keep(suffix, content) for suffix, content in inputs.items()]
        where = f"; its input is kept in {', '.join(map(str, kept))}" if kept else ""
        raise AssertionError(f"{reason}{where}")

    def _keep(self, suffix: str, content: bytes) -> Path:
        KEPT.mkdir(parents=True, exist_ok=True)
        path = KEPT / f"{self.part}-{self.seed}-{self.number}.{suffix}"
        path.write_bytes(content)
        return path


def each(
    part: str, check: Callable[[Case, Path], None], cases: int, seed: int, folder: Path
) -> Iterator[int]:
    """Run cases 0, 1, … one after another; yields how many have passed, a few times a second."""
    passed, shown = 0, time.monotonic()
    for number in range(cases):
        try:
            check(Case(part, seed, number), folder)
        except Exception as error:
            error.add_note(f"repeat it with: {part} --seed {seed} --case {number}")
            raise
        passed += 1
        if time.monotonic() > shown + 0.2:
            yield passed
            passed, shown = 0, time.monotonic()
    yield passed
