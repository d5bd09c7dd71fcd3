"""One part in a process of its own: prints how many cases have passed, a number a line."""

import sys
import traceback
from pathlib import Path

from stress import parts
from stress.case import Case


def main(name: str, cases: str, seed: str, only: str, folder: str) -> int:
    """Run a part, or only its case of that number; returns the exit status."""
    part, passed = parts.find(name), 0
    try:
        if only:
            part.check(Case(name, int(seed), int(only)), Path(folder))  # type: ignore[attr-defined] # __main__ asked
            passed = 1
        else:
            for more in part.run(int(cases), int(seed), Path(folder)):
                passed += more
                print(passed, flush=True)
    except Exception as error:
        print("\n".join([_reason(error), *getattr(error, "__notes__", [])]), file=sys.stderr)
        if not isinstance(error, AssertionError):
            traceback.print_exc()
        return 1
    print(passed, flush=True)
    return 0


def _reason(error: Exception) -> str:
    return str(error) if isinstance(error, AssertionError) else f"{type(error).__name__}: {error}"


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
