"""The harness of `make stress`: what it counts, bounds, keeps and ends."""

import heapq
import importlib
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from stress import __main__ as program
from stress import case as cases
from stress import child, parts, processes
from stress.case import Case, each
from stress.running import Result, Running
from support.pages import DOCS

from nnbp import native

pytestmark = pytest.mark.skipif(native.missing() is not None, reason="stress needs the compiled engine")


def test_each_part_states_its_promise_its_count_and_its_bound() -> None:
    for name in parts.names():
        part = parts.find(name)
        assert part.CASES > 0
        assert part.SECONDS > 0
        assert (importlib.import_module(f"stress.{name}").__doc__ or "").strip().endswith(".")


def test_the_parts_two_at_a_time_cannot_take_longer_than_half_an_hour() -> None:
    ends = [0] * program.AT_ONCE
    for name in parts.names():
        heapq.heapreplace(ends, ends[0] + parts.find(name).SECONDS)
    assert max(ends) <= 30 * 60


def test_the_documentation_lists_every_part_with_its_promise_and_its_count() -> None:
    text = (DOCS / "testing.md").read_text("utf-8")
    rows = re.findall(r"^\| `(\w+)` \| (.+) \| ([\d,]+) \|$", text, re.MULTILINE)
    listed = {name: (promise, count) for name, promise, count in rows}
    found = {
        name: (importlib.import_module(f"stress.{name}").__doc__, parts.find(name).CASES)
        for name in parts.names()
    }
    assert listed == {name: (promise, f"{count:,}") for name, (promise, count) in found.items()}


def test_a_case_is_the_same_each_time_and_unlike_the_others() -> None:
    drawn = [Case("models", *which).rng().random() for which in ((1, 2), (1, 2), (1, 3), (2, 2))]
    assert drawn[0] == drawn[1]
    assert len(set(drawn)) == 3


def test_a_broken_promise_says_how_to_repeat_the_case_and_keeps_its_input(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cases, "KEPT", tmp_path / "kept")
    with pytest.raises(AssertionError, match=r"^it is green; its input is kept in .*idx-4-7\.gz$"):
        Case("idx", 4, 7).fail("it is green", gz=b"input")
    assert (tmp_path / "kept" / "idx-4-7.gz").read_bytes() == b"input"


def test_an_error_in_a_case_names_the_case(tmp_path: Path) -> None:
    def check(case: Case, folder: Path) -> None:
        assert case.number < 2, "it is green"

    with pytest.raises(AssertionError) as caught:
        list(each("idx", check, 5, 1, tmp_path))
    assert caught.value.__notes__ == ["repeat it with: idx --seed 1 --case 2"]


@pytest.mark.parametrize(
    ("error", "reason", "traced"),
    [(AssertionError("it is green"), "it is green", False), (KeyError("state"), "KeyError: 'state'", True)],
    ids=["a-broken-promise", "another-error"],
)
def test_a_part_that_fails_says_why_in_its_first_line(
    error: Exception,
    reason: str,
    traced: bool,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def check(case: Case, folder: Path) -> None:
        raise error

    part = SimpleNamespace(run=lambda cases, seed, folder: each("idx", check, cases, seed, folder))
    monkeypatch.setattr(parts, "find", lambda name: part)
    assert child.main("idx", "5", "1", "", "") == 1
    first, note, *rest = capsys.readouterr().err.splitlines()
    assert (first, note) == (reason, "repeat it with: idx --seed 1 --case 0")
    assert bool(rest) == traced


def test_cases_are_run_in_order_and_counted(tmp_path: Path) -> None:
    seen: list[int] = []
    counts = each("idx", lambda case, folder: seen.append(case.number), 5, 1, tmp_path)
    assert sum(counts) == 5
    assert seen == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(("fraction", "count"), [(1.0, 1000), (0.01, 10), (1e-9, 1)])
def test_a_fraction_of_a_part_has_at_least_one_case(fraction: float, count: int) -> None:
    assert parts.count("gradients", fraction) == count


def started(body: str, bound: float = 60.0) -> Running:
    """A program in place of a part of ten cases."""
    return Running("made", 10, bound, [sys.executable, "-c", f"import subprocess, sys, time\n{body}"])


def wait(running: Running) -> Result:
    while not (result := running.poll()):
        time.sleep(0.01)
    return result


def test_a_part_that_reaches_its_count_passes() -> None:
    result = wait(started("print(4); time.sleep(0.2); print(10)"))
    assert (result.passed, result.failure) == (10, "")
    assert result.seconds > 0.2


@pytest.mark.parametrize(
    ("body", "passed", "failure"),
    [
        ("print(9)", 9, "ended after 9 of 10 cases"),
        ("print(3, flush=True); sys.exit('it is green')", 3, "it is green"),
        ("print(3, flush=True); import os; os.kill(os.getpid(), 9)", 3, "its process ended with status -9"),
    ],
)
def test_a_part_that_does_not_reach_its_count_fails(body: str, passed: int, failure: str) -> None:
    result = wait(started(body))
    assert (result.passed, result.failure) == (passed, failure)


def test_a_part_is_ended_at_its_bound_with_all_its_processes() -> None:
    child = "subprocess.Popen(['sleep', '60'], start_new_session=True)"
    result = wait(started(f"print({child}.pid, flush=True); time.sleep(60)", bound=1.0))
    assert result.failure == "not done after 1 s"
    # A process that is killed ends a little later, and is a zombie until its new parent waits for it.
    command, until = Path(f"/proc/{result.passed}/cmdline"), time.monotonic() + 10
    while command.exists() and command.read_bytes():
        assert time.monotonic() < until
        time.sleep(0.01)


def run_main(*arguments: str) -> "subprocess.CompletedProcess[str]":
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    command = [sys.executable, "-m", "stress", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, env=environment)


def test_a_run_shows_each_part_and_a_total() -> None:
    done = run_main("gradients", "--fraction", "0.002", "--seed", "5")
    assert done.returncode == 0, done
    first, *_, last = done.stdout.splitlines()
    assert first == "seed 5"
    assert re.search(r"^gradients +2/2 +\d+ +[\d-]+  passed$", done.stdout, re.MULTILINE)
    assert re.fullmatch(r"total +2/2 +\d+ +[\d-]+  passed", last)


def test_one_case_is_repeated_alone() -> None:
    done = run_main("gradients", "--seed", "5", "--case", "7")
    assert done.stdout.splitlines()[-1].split()[:2] == ["total", "1/1"]


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["nothing"], "there is no part nothing; there are "),
        (["gradients", "--fraction", "0"], "--fraction is above 0"),
        (["gradients", "--slow", "-1"], "--slow is above 0"),
    ],
)
def test_arguments_that_make_no_sense_are_refused(arguments: list[str], reason: str) -> None:
    done = run_main(*arguments)
    assert done.returncode == 2
    assert reason in done.stderr


def test_a_broken_promise_is_shown_at_once_and_in_the_table_and_ends_in_status_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(program, "_start", lambda name, options: started("sys.exit('it is green\\nkept')"))
    assert program.main(["gradients"]) == 1
    shown, whole = capsys.readouterr().out.split("\n\n")
    assert "it is green\nkept" in shown
    assert "it is green\ntotal" in whole
    assert whole.endswith("failed: made\n")


def test_a_part_that_cannot_run_here_is_left_out_with_the_reason(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(parts.find("gradients"), "missing", lambda: "no paper", raising=False)
    assert program.main(["gradients"]) == 0
    assert "left out: no paper" in capsys.readouterr().out


def test_ctrl_c_ends_the_parts_and_leaves_nothing() -> None:
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    command = [sys.executable, "-m", "stress", "models", "idx"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment
    ) as process:
        while len(running := processes.descendants(process.pid)) < 3:
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=30)
    assert (process.returncode, errors) == (130, b""), output
    commands = [Path(f"/proc/{pid}/cmdline") for pid in running]
    assert not any(command.exists() and command.read_bytes() for command in commands)
