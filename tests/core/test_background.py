"""A call in the background: its result, its error, and who waits for it."""

import os
import signal
import threading
from pathlib import Path

import pytest
from support.program import run_python

from nnbp.background import Background


def test_a_call_goes_on_beside_its_caller_and_returns_its_result() -> None:
    go_on = threading.Event()
    call = Background(lambda: go_on.wait(10) and "done")
    go_on.set()
    assert call.result() == "done"
    assert call.result() == "done"


def test_what_the_call_raises_is_raised_for_whoever_asks_for_its_result() -> None:
    call = Background(lambda: 1 // 0)
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            call.result()


def test_ctrl_c_is_heard_while_waiting() -> None:
    stop = threading.Event()
    timer = threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        Background(lambda: stop.wait(10)).result()
    stop.set()


def test_the_process_waits_for_it(tmp_path: Path) -> None:
    assert run_python("leave_a_call_running.py", cwd=tmp_path).stdout == "done\n"
