"""A call in the background: its result, its error, and its end."""

import os
import signal
import threading
import time
from pathlib import Path

import pytest
from support.program import run_script

from nnbp.background import Background


def test_a_call_runs_concurrently_with_its_caller_and_returns_its_result() -> None:
    go_on = threading.Event()
    call = Background(lambda: go_on.wait(10) and "done")
    go_on.set()
    assert call.result() == "done"
    assert call.result() == "done"


def test_an_exception_in_the_call_is_raised_when_its_result_is_asked_for() -> None:
    call = Background(lambda: 1 // 0)
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            call.result()


def test_ctrl_c_interrupts_the_wait_for_a_result() -> None:
    stop = threading.Event()
    timer = threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        Background(lambda: stop.wait(10)).result()
    stop.set()


def test_after_an_interrupted_wait_the_result_can_be_waited_for_again() -> None:
    go_on = threading.Event()
    call = Background(lambda: go_on.wait(10) and "done")
    threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGINT)).start()
    with pytest.raises(KeyboardInterrupt):
        call.result()
    threading.Timer(0.1, go_on.set).start()
    assert call.result() == "done"


def test_two_signals_at_once_interrupt_the_wait_and_do_not_break_it() -> None:
    def interrupt(number: int, _: object) -> None:
        raise InterruptedError(number)

    def send() -> None:
        time.sleep(0.1)
        for number in before:
            signal.pthread_kill(threading.main_thread().ident or 0, number)

    before = {number: signal.signal(number, interrupt) for number in (signal.SIGUSR1, signal.SIGUSR2)}
    go_on = threading.Event()
    call = Background(lambda: go_on.wait(10) and "done")
    threading.Thread(target=send).start()
    came: list[int] = []
    try:
        try:
            call.result()
        except InterruptedError as first:
            came += first.args
            time.sleep(1)
    except InterruptedError as second:
        came += second.args
    for number, handler in before.items():
        signal.signal(number, handler)
    assert sorted(came) == sorted(before)
    go_on.set()
    assert call.result() == "done"


def test_the_process_waits_for_the_call(tmp_path: Path) -> None:
    assert run_script("leave_a_call_running", cwd=tmp_path).stdout == "done\n"
