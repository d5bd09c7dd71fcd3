"""Results as lines for people."""

from collections.abc import Sequence

from stress.running import Result

HEADER = f"{'part':<16}{'cases':>22}{'seconds':>9}{'peak MiB':>10}  result"


def line(result: Result) -> str:
    """A result as a line of the table; a failure goes on below it."""
    done = f"{result.passed:,}/{result.cases:,}"
    peak = f"{result.peak / 2**20:.0f}" if result.peak else "-"
    return f"{result.name:<16}{done:>22}{result.seconds:>9.0f}{peak:>10}  {result.failure or 'passed'}"


def whole(results: Sequence[Result], left_out: dict[str, str], seconds: float) -> str:
    """All results, and their totals."""
    failed = [result.name for result in results if result.failure]
    total = Result(
        "total",
        sum(result.passed for result in results),
        sum(result.cases for result in results),
        seconds,
        max((result.peak for result in results), default=0),
        f"failed: {', '.join(failed)}" if failed else "",
    )
    reasons = [
        f"{name:<16}{'-':>22}{'-':>9}{'-':>10}  left out: {reason}" for name, reason in left_out.items()
    ]
    # Failures were shown in full when they came.
    lines = [line(result).splitlines()[0] for result in sorted(results, key=lambda result: result.name)]
    return "\n".join([HEADER, *lines, *reasons, line(total)])
