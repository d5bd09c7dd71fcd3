"""What all commands share: start-up, errors, the standard streams."""

import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from support.program import NNBP, run, shell

import nnbp
from nnbp.cli.main import VERBS

HEAVY = ("numpy", "requests", "urllib3", "tqdm", "platformdirs")


@pytest.mark.parametrize(
    "arguments", [["--help"], ["--version"], ["-h"], *([verb, "--help"] for verb in VERBS)]
)
def test_help_and_version_import_nothing_heavy(arguments: list[str], tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", NNBP, *arguments], cwd=tmp_path, capture_output=True
    )
    assert done.returncode == 0
    assert done.stdout
    imported = set(re.findall(r"\| +(\w+)$", done.stderr.decode(), re.MULTILINE))
    assert "click" in imported
    assert not imported.intersection(HEAVY)


def test_the_version_is_that_of_the_package(tmp_path: Path) -> None:
    assert run("--version", cwd=tmp_path).stdout.decode() == f"nnbp {nnbp.__version__}\n"


def test_the_help_lists_every_command(tmp_path: Path) -> None:
    shown = run("--help", cwd=tmp_path).stdout.decode()
    listed = re.findall(r"^  (\w+)  +\w", shown.split("Commands:")[1], re.MULTILINE)
    assert listed == list(VERBS)
    for verb in listed:
        assert run(verb, "--help", cwd=tmp_path).stdout.startswith(f"Usage: nnbp {verb} ".encode())


def test_the_module_runs_as_the_program_does(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-m", "nnbp", "--version"], cwd=tmp_path, capture_output=True)
    assert done.stdout == run("--version", cwd=tmp_path).stdout


@pytest.mark.parametrize("arguments", [["trian"], ["--nope"], ["train", "--nope"], ["evaluate"]])
def test_a_usage_error_ends_with_2(arguments: list[str], tmp_path: Path) -> None:
    done = run(*arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith(b"Usage: nnbp")
    assert done.stdout == b""


def test_a_misspelled_command_suggests_the_right_one(tmp_path: Path) -> None:
    assert b"No such command 'trian'. Did you mean 'train'?" in run("trian", cwd=tmp_path).stderr
    assert b"Did you mean" not in run("xyz", cwd=tmp_path).stderr


def test_a_file_name_that_is_not_text_is_shown_escaped(tmp_path: Path) -> None:
    done = shell("nnbp info $'m\\xff.npz'", cwd=tmp_path)
    assert done.returncode == 1
    assert b"nnbp: error: m\\udcff.npz: No such file" in done.stderr
    done = shell("PYTHONIOENCODING=latin-1 nnbp train --help", cwd=tmp_path)
    assert done.returncode == 0
    assert b"\\u2026" in done.stdout


def test_an_error_of_standard_input_names_it(tmp_path: Path) -> None:
    done = shell("nnbp info - 0> x", cwd=tmp_path)
    assert done.returncode == 1
    assert b"nnbp: error: standard input: " in done.stderr


def test_an_interrupt_during_the_start_is_silent(tmp_path: Path) -> None:
    for delay in range(1, 13):
        process = subprocess.Popen(
            [NNBP, "train", "--help"], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        time.sleep(0.012 * delay)
        process.send_signal(signal.SIGINT)
        _, complaints = process.communicate(timeout=30)
        # Python may print a complaint as it starts, before the program runs.
        assert b"cli/main.py" not in complaints
        assert b"click" not in complaints


def test_debug_shows_the_traceback_of_an_error_above_its_line(tmp_path: Path) -> None:
    done = run("--debug", "info", "nowhere", cwd=tmp_path)
    assert done.returncode == 1
    assert b"Traceback" in done.stderr
    assert done.stderr.splitlines()[-1].startswith(b"nnbp: error: nowhere: ")
    # The same word as an argument is not the option.
    assert b"Traceback" not in run("info", "--", "--debug", cwd=tmp_path).stderr


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_help_that_cannot_be_written_is_an_error(option: str, tmp_path: Path) -> None:
    for redirection in ("> /dev/full", ">&-"):
        done = shell(f"nnbp {option} {redirection}", cwd=tmp_path)
        assert done.returncode == 1
        assert done.stderr.startswith(b"nnbp: error: standard output: ")
        assert done.stderr.count(b"\n") == 1


def test_a_model_cannot_come_from_a_terminal_or_a_closed_standard_input(tmp_path: Path) -> None:
    assert b"standard input is closed" in shell("nnbp info - <&-", cwd=tmp_path).stderr
    done = shell("script -qec 'nnbp info -' /dev/null", cwd=tmp_path)
    assert done.returncode == 2
    assert b"standard input is a terminal" in done.stdout
