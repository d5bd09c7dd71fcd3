"""Kernels and threads: chosen for the processor and the network, and never over the user's environment."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from program import events, run

from nnbp import kernels, threads
from nnbp.team import can_share

ALL = "fpu sse avx avx2 avx512f avx512dq avx512cd avx512bw avx512vl avx512_bf16"
BUILD = 'r"OpenBLAS 0.3.31.188.0  USE64BITINT DYNAMIC_ARCH NO_AFFINITY Haswell MAX_THREADS=64",'


def cpuinfo(vendor: str = "AuthenticAMD", family: str = "26", flags: str = ALL) -> str:
    one = f"processor\t: 0\nvendor_id\t: {vendor}\ncpu family\t: {family}\n"
    one += f"model name\t: A CPU\nflags\t\t: {flags}\n"
    return f"{one}\n{one}\n"


def test_a_zen_5_with_avx512_gets_the_kernels_for_it() -> None:
    for version in ("0.3.31.188.0", "0.3.34", "0.3.34.237.2"):
        assert kernels.choose({}, cpuinfo(), BUILD.replace("0.3.31.188.0", version)).value == "SkylakeX"
    assert kernels.processor_name(cpuinfo()) == "A CPU"


@pytest.mark.parametrize("missing", ["avx512f", "avx512dq", "avx512cd", "avx512bw", "avx512vl"])
def test_without_all_of_avx512_nothing_is_changed(missing: str) -> None:
    flags = ALL.replace(missing, "").replace("avx512_bf16", "")
    assert kernels.choose({}, cpuinfo(flags=flags), BUILD).value is None


@pytest.mark.parametrize(
    ("environment", "told", "build", "reason"),
    [
        ({"OPENBLAS_CORETYPE": "Haswell"}, cpuinfo(), BUILD, "in the environment"),
        ({"OPENBLAS_CORETYPE": ""}, cpuinfo(), BUILD, "in the environment"),
        ({}, "", BUILD, "does not tell"),
        ({}, "flags\t: garbage", BUILD, "no AVX-512"),
        ({}, cpuinfo(vendor="GenuineIntel", family="6"), BUILD, "knows this processor"),
        ({}, cpuinfo(family="25"), BUILD, "knows this processor"),
        ({}, cpuinfo(), "", "not built on an OpenBLAS"),
        ({}, cpuinfo(), 'r"OpenBLAS 0.3.31 NO_AFFINITY Zen"', "not built on an OpenBLAS"),
        ({}, cpuinfo(), BUILD.replace("0.3.31.188.0", "0.3.35"), "knows the processor"),
        ({}, cpuinfo(), BUILD.replace("0.3.31", "1.0.0"), "knows the processor"),
    ],
)
def test_kernels_are_left_alone(environment: dict[str, str], told: str, build: str, reason: str) -> None:
    value, found = kernels.choose(environment, told, build)
    assert value is None
    assert reason in found


def test_the_build_of_numpy_is_read_without_importing_it() -> None:
    code = (
        "import sys; from nnbp import kernels; print(len(kernels.blas())); assert 'numpy' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
    assert int(done.stdout) > 1000


@pytest.mark.parametrize(
    ("sizes", "batch_size", "asked", "environment", "processors", "expected"),
    [
        ((784, 30, 10), 10, None, {}, 8, 1),
        ((784, 300, 10), 31, None, {}, 8, 1),
        ((784, 300, 10), 32, None, {}, 8, 2),
        ((784, 300, 10), 64, None, {}, 8, 2),
        ((75, 1000, 10), 100, None, {}, 8, 2),
        ((784, 600, 600, 10), 10, None, {}, 8, 1),
        ((784, 800, 10), 128, None, {}, 8, 2),
        ((10, 800, 784), 128, None, {}, 8, 2),
        ((784, 800, 10), 128, None, {}, 1, 1),
        ((784, 800, 10), 128, 1, {}, 8, 1),
        ((784, 30, 10), 10, 5, {"OMP_NUM_THREADS": "3"}, 8, 5),
        ((784, 800, 10), 128, None, {"OMP_NUM_THREADS": "3"}, 8, None),
        ((784, 800, 10), 128, None, {"OMP_NUM_THREADS": ""}, 8, 2),
        (None, None, None, {}, 8, 1),
    ],
)
def test_threads_are_for_large_networks(
    sizes: Any, batch_size: int | None, asked: int | None, environment: dict[str, str], processors: int,
    expected: int | None,
) -> None:  # fmt: skip
    chosen = threads.choose(sizes, batch_size, asked, environment, processors, worth=7_500_000)
    assert chosen.value == expected


def test_threads_are_as_the_training_began_unless_the_user_says_otherwise() -> None:
    def choose(asked: int | None, environment: dict[str, str], processors: int) -> threads.Choice:
        return threads.choose((784, 800, 10), 128, asked, environment, processors, begun_with=3)

    assert choose(None, {}, 8) == (3, "begun with 3; 8 processors")
    assert choose(None, {}, 2).value == 2
    assert choose(1, {}, 8).value == 1
    assert choose(None, {"OMP_NUM_THREADS": "5"}, 8).value is None


def test_what_is_said_to_another_library_is_not_said_to_openblas() -> None:
    for name in threads.VARIABLES:
        governs = name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS")
        for build, expected in ((BUILD, governs), ("", True), ("mkl", True)):
            chosen = threads.choose(None, None, None, {name: "4"}, 8, threads.variables(build))
            assert (chosen.value is None) == expected


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, None), ({"OPENBLAS_NUM_THREADS": "2"}, 2), ({"OMP_NUM_THREADS": "3"}, 3),
        ({"OPENBLAS_NUM_THREADS": "", "OMP_NUM_THREADS": "3"}, 3), ({"OPENBLAS_NUM_THREADS": "0"}, None),
        ({"OPENBLAS_NUM_THREADS": "two"}, None), ({"OMP_NUM_THREADS": "9" * 5000}, None),
    ],
)  # fmt: skip
def test_what_openblas_was_told(
    environment: dict[str, str], expected: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in threads.VARIABLES:
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert threads.in_use() == expected


def test_a_quota_counts_as_fewer_processors(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(4)), raising=False)
    quota = tmp_path / "cpu.max"
    monkeypatch.setattr(threads, "_QUOTA", quota)
    for text, expected in (
        ("max 100000", 4), ("200000 100000", 2), ("350000 100000", 3), ("50000 100000", 1),
        ("900000 100000", 4), ("odd", 4),
    ):  # fmt: skip
        quota.write_text(text)
        assert threads.processors() == expected
    quota.unlink()
    assert threads.processors() == 4


def in_python(code: str, **environment: str) -> list[str]:
    """The lines that a program of its own prints; nothing of the processor is in its environment."""
    clean = {
        name: value
        for name, value in os.environ.items()
        if name not in (*threads.VARIABLES, kernels.VARIABLE)
    }
    done = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, env={**clean, **environment}
    )
    return done.stdout.splitlines()


SET_UP = f"""
import os, sys
from nnbp import kernels, processor, threads
kernels.cpuinfo = lambda: {cpuinfo()!r}
kernels.blas = lambda: {BUILD!r}
threads.processors = lambda: 2
"""
ALONE = "processor.can_share = lambda *_: False\n"
TELL = "print(os.environ.get('OPENBLAS_CORETYPE'), os.environ.get('OPENBLAS_NUM_THREADS'))\n"


@pytest.mark.skipif(not can_share((4, 3, 2), 2), reason="processes share a training on Linux on x86-64 only")
@pytest.mark.parametrize(
    ("call", "environment", "expected"),
    [
        ("(784, 800, 10), 128", {}, ["2 2", "1"]),
        ("(784, 30, 10), 10", {}, ["1 1", "1"]),
        ("(784, 30, 10), 10, 2", {}, ["2 2", "1"]),
        ("(784, 30, 10), 10, 5", {}, ["2 2", "1"]),
        ("(784, 300, 10), 32", {}, ["2 2", "1"]),
        ("(784, 10), 1000", {}, ["1 1", "1"]),
        ("(784, 10), 2000", {}, ["2 1", "2"]),
        ("(784, 30, 10), 10, begun_with=2", {}, ["2 2", "1"]),
        ("(784, 10), 5000, 2", {}, ["2 1", "2"]),
        ("count=2", {}, ["2 1", "2"]),
        ("(784, 800, 10), 128", {"OPENBLAS_NUM_THREADS": "2"}, ["None 1", "2"]),
        ("(784, 800, 10), 128, 2", {"OPENBLAS_NUM_THREADS": "3"}, ["2 2", "1"]),
    ],
)
def test_a_training_that_can_be_shared_has_processes_of_one_thread_each(
    call: str, environment: dict[str, str], expected: list[str]
) -> None:
    code = (
        f"{SET_UP}chosen = processor.set_up({call})\nprint(chosen.threads.value, chosen.processes)\n"
        "print(os.environ['OPENBLAS_NUM_THREADS'])"
    )
    assert in_python(code, **environment) == expected


@pytest.mark.skipif(not can_share((4, 3, 2), 2), reason="processes share a training on Linux on x86-64 only")
def test_on_one_processor_one_process_trains() -> None:
    code = (
        f"{SET_UP}threads.processors = lambda: 1\nchosen = processor.set_up((784, 30, 10), 10, 2)\n"
        "print(chosen.threads, chosen.processes, os.environ['OPENBLAS_NUM_THREADS'])"
    )
    assert in_python(code) == ["Choice(value=1, reason='as was asked for; 1 processors') 1 1"]


def test_the_set_up_comes_before_numpy_and_can_be_made_again() -> None:
    code = (
        f"{SET_UP}{ALONE}processor.set_up()\n{TELL}assert 'numpy' not in sys.modules\n"
        f"print(processor.set_up((784, 800, 10), 128).kernels.value)\n{TELL}"
        "import numpy\n"
        "print(processor.set_up().kernels.value)\n"
    )
    assert in_python(code) == ["SkylakeX 1", "SkylakeX", "SkylakeX 2", "SkylakeX"]


def test_the_users_environment_is_left_as_it_is() -> None:
    code = f"{SET_UP}print(processor.set_up((784, 800, 10), 128).threads.value)\n{TELL}"
    assert in_python(code, OMP_NUM_THREADS="3", OPENBLAS_CORETYPE="Zen") == ["None", "Zen None"]


def test_after_numpy_the_threads_can_still_be_chosen_and_the_kernels_cannot() -> None:
    code = (
        f"{SET_UP}{ALONE}import numpy, threadpoolctl\n"
        "print(processor.set_up((784, 800, 10), 128).kernels.reason)\n"
        "print({library['num_threads'] for library in threadpoolctl.threadpool_info()})\n"
        f"processor.set_up()\n{TELL}"
        "print({library['num_threads'] for library in threadpoolctl.threadpool_info()})\n"
    )
    reason, two, told, one = in_python(code)
    assert reason.startswith("NumPy was imported before")
    assert (two, told, one) == ("{2}", "None 1", "{1}")


def test_info_tells_what_was_chosen_and_what_is_in_use(tmp_path: Path) -> None:
    done = run("info", "--system", "--json", cwd=tmp_path, OPENBLAS_NUM_THREADS="1")
    (told,) = events(done.stdout)
    assert told["event"] == "system"
    assert told["threads"] is None
    assert "OPENBLAS_NUM_THREADS is '1'" in told["threads_reason"]
    assert told["fused_update"] is True
    assert {library["threads"] for library in told["blas"]} == {1}
    lines = run("info", "--system", cwd=tmp_path).stdout.decode().splitlines()
    assert [line.split("  ")[0] for line in lines[:4]] == ["nnbp", "processor", "kernels", "training of"]


def test_a_training_that_is_resumed_gets_the_threads_that_it_had(digits: Path, tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name not in threads.VARIABLES}
    program = str(Path(sys.executable).parent / "nnbp")

    def start(*line: str) -> dict[str, Any]:
        done = subprocess.run(
            [program, "train", "--dataset", str(digits), "--json", *line],
            cwd=tmp_path, env=environment, check=True, capture_output=True,
        )  # fmt: skip
        found: dict[str, Any] = json.loads(done.stdout.splitlines()[0])
        return found

    expected = min(2, threads.processors())
    large = ("--sizes", "12,2500,3", "--batch-size", "1000", "--epochs", "1")
    assert start(*large)["threads"] == expected
    assert start("--resume", "model.npz", "--epochs", "2")["threads"] == expected
    assert start(*large, "--threads", "1")["threads"] == 1
    assert start("--resume", "model.npz", "--epochs", "2")["threads"] == 1
    assert start("--resume", "model.npz", "--epochs", "3", "--threads", "2")["threads"] == 2
    assert start("--resume", "model.npz", "--epochs", "4")["threads"] == expected
    assert start("--sizes", "12,8,3", "--epochs", "1")["threads"] == 1
