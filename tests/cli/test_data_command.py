"""`nnbp data`, through the installed program."""

import shutil
from pathlib import Path

import pytest
from support.program import events, run
from support.server import answer, serve

from nnbp.data import REGISTRY, folder


def test_list_has_a_line_for_each_data_set_with_its_state(tmp_path: Path) -> None:
    found = {event["dataset"]: event for event in events(run("data", "list", "--json", cwd=tmp_path).stdout)}
    assert list(found) == ["mnist", "fashion-mnist", "sample"]
    assert {name: event["state"] for name, event in found.items()} == {
        "mnist": "missing",
        "fashion-mnist": "missing",
        "sample": "good",
    }
    assert (found["sample"]["training_examples"], found["sample"]["test_examples"]) == (10_000, 2_000)
    shown = run("data", "list", cwd=tmp_path).stdout.decode().splitlines()
    assert [line.split()[0] for line in shown] == list(found)
    assert all("CC BY-SA 3.0" in line or "MIT" in line for line in shown)


def test_path_prints_the_folder_of_the_cache_or_of_a_data_set(tmp_path: Path) -> None:
    root = run("data", "path", cwd=tmp_path).stdout.decode()
    assert root == f"{tmp_path / 'cache'}\n"
    assert run("data", "path", "mnist", cwd=tmp_path).stdout.decode() == f"{tmp_path / 'cache' / 'mnist'}\n"
    assert run("data", "path", "letters", cwd=tmp_path).returncode == 2


def test_the_default_cache_is_in_the_users_folder(tmp_path: Path) -> None:
    home = str(tmp_path)
    shown = run("data", "path", cwd=tmp_path, NNBP_CACHE_DIR="", XDG_CACHE_HOME="", HOME=home).stdout.decode()
    assert shown.startswith(str(tmp_path))
    assert shown.endswith("/nnbp\n")


def test_verify_accepts_absent_files_unless_their_data_set_was_named(tmp_path: Path) -> None:
    done = run("data", "verify", "--json", cwd=tmp_path)
    assert done.returncode == 0
    states = {(event["dataset"], event["state"]) for event in events(done.stdout)}
    assert states == {("mnist", "missing"), ("fashion-mnist", "missing"), ("sample", "good")}
    done = run("data", "verify", "mnist", cwd=tmp_path)
    assert done.returncode == 4
    assert done.stdout.count(b"missing") == 4
    assert done.stderr.count(b"\n") == 1
    assert b"run `nnbp data fetch mnist`" in done.stderr
    assert run("data", "verify", "sample", cwd=tmp_path).returncode == 0


def test_verify_names_a_damaged_file_and_ends_with_4(tmp_path: Path) -> None:
    damaged = tmp_path / "cache" / "fashion-mnist" / "train-labels-idx1-ubyte.gz"
    damaged.parent.mkdir(parents=True)
    shutil.copy(folder("sample") / "train-labels-idx1-ubyte.gz", damaged)
    done = run("data", "verify", cwd=tmp_path)
    assert done.returncode == 4
    assert f"damaged  {damaged}".encode() in done.stdout
    assert done.stderr.startswith(f"nnbp: error: {damaged}".encode()[:60])
    assert done.stderr.count(b"\n") == 1


@pytest.mark.parametrize("command", ["data fetch mnist", "data verify mnist", "data verify"])
def test_a_folder_in_place_of_a_cached_file_is_to_be_removed(tmp_path: Path, command: str) -> None:
    path = tmp_path / "cache" / "mnist" / "train-images-idx3-ubyte"
    path.mkdir(parents=True)
    done = run(*command.split(), cwd=tmp_path)
    assert done.returncode == 4
    error = f"nnbp: error: {path}: expected a regular file, found a folder; remove it\n"
    assert done.stderr.decode() == error


def test_train_names_a_folder_in_place_of_a_cached_file_before_anything_else(tmp_path: Path) -> None:
    path = tmp_path / "cache" / "mnist" / "train-images-idx3-ubyte"
    path.mkdir(parents=True)
    done = run("train", "--dataset", "mnist", cwd=tmp_path)
    assert done.returncode == 4
    warning, error = done.stderr.decode().splitlines()
    assert warning.startswith(f"nnbp: warning: {path}: expected a regular file, found a folder; remove it")
    assert "remove it, and " in error


def test_fetch_without_a_network_ends_with_4_and_leaves_nothing(tmp_path: Path) -> None:
    done = run("data", "fetch", cwd=tmp_path)
    assert done.returncode == 4
    assert done.stdout == b""
    assert done.stderr.count(b"\n") == 1
    assert not list((tmp_path / "cache").rglob("*-ubyte*"))


def test_fetch_rejects_files_without_the_pinned_hash(tmp_path: Path) -> None:
    wrong = (folder("sample") / "train-images-idx3-ubyte.gz").read_bytes()
    routes = {f"/{file.name}.gz": answer(200, wrong) for file in REGISTRY["mnist"].files}
    with serve(routes) as server:
        done = run("data", "fetch", "mnist", cwd=tmp_path, NNBP_MIRROR=server.url)
        assert server.requests
    assert done.returncode == 4
    assert not list((tmp_path / "cache").rglob("*-ubyte*"))


@pytest.mark.parametrize("verb", ["fetch", "verify"])
def test_an_unknown_name_is_a_usage_error_that_lists_the_known_ones(verb: str, tmp_path: Path) -> None:
    done = run("data", verb, "letters", cwd=tmp_path)
    assert done.returncode == 2
    assert b"fashion-mnist" in done.stderr
