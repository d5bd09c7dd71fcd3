"""The start of the program, before it has anything to clean up."""

import signal

from support.program import run_script


def test_an_interrupt_before_anything_else_is_imported_is_silent() -> None:
    done = run_script("interrupt_at_start", "--version")
    assert done.returncode == -signal.SIGINT
    assert done.stderr == ""
    assert done.stdout.count("\n") == 1
