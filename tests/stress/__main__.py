"""`python -m stress [PART…]`: the parts, two at a time; the exit status is 1 if one breaks a promise."""

import argparse
import os
import signal
import sys
import time
from collections.abc import Sequence

from nnbp import native
from stress import parts, processes, table
from stress.options import parse
from stress.running import Result, Running

AT_ONCE = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the parts, and print a line when one ends and a table at the end; returns the exit status."""
    if reason := native.missing():
        print(f"make stress needs the compiled engine: {reason}", file=sys.stderr)
        return 2
    options = parse(arguments)
    left_out = {name: reason for name in options.parts if (reason := parts.why_missing(name))}
    began = time.monotonic()
    print(f"seed {options.seed}\n{table.HEADER}", flush=True)
    results = _run_all([name for name in options.parts if name not in left_out], options)
    print()
    print(table.whole(results, left_out, time.monotonic() - began), flush=True)
    return int(any(result.failure for result in results))


def _run_all(waiting: list[str], options: argparse.Namespace) -> list[Result]:
    """Run the parts in this order; returns their results in the order in which they ended."""
    running: list[Running] = []
    results: list[Result] = []
    try:
        while waiting or running:
            while waiting and len(running) < AT_ONCE:
                running.append(_start(waiting.pop(0), options))
            time.sleep(0.2)
            for each in list(running):
                if result := each.poll():
                    running.remove(each)
                    results.append(result)
                    _show_progress([])
                    print(table.line(result), flush=True)
            _show_progress(running)
    except BaseException:
        # Also one that was interrupted while it started.
        processes.kill_descendants(os.getpid())
        raise
    return results


def _start(name: str, options: argparse.Namespace) -> Running:
    only = "" if options.case is None else str(options.case)
    cases = 1 if only else parts.count(name, options.fraction)
    command = [sys.executable, "-m", "stress.child", name, str(cases), str(options.seed), only]
    return Running(name, cases, options.slow * parts.find(name).SECONDS, command)


def _show_progress(running: Sequence[Running]) -> None:
    """Show the progress of the parts, in the last line of a terminal."""
    if sys.stderr.isatty():
        text = ", ".join(f"{each.name} {each.passed:,}/{each.cases:,}" for each in running)
        print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    # Whoever ends this program ends the parts, too.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        raise SystemExit(main())
    except KeyboardInterrupt:
        raise SystemExit(130) from None
