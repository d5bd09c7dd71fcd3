"""Loading a data set: in the background, and without a name."""

import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest
from support.datasets import CONTENTS, NAMES, Recorder, assert_tiny, write
from support.server import Server, answer, black_hole

import nnbp.data
from nnbp.data import cache, loading, registry
from nnbp.data.errors import NoMirrorError
from nnbp.data.job import Job, Limits
from nnbp.data.registry import MNIST
from nnbp.errors import DownloadError


def test_a_data_set_being_loaded_is_read_before_anybody_asks_for_it(
    tiny: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths, inspected = nnbp.data.fetch("mnist"), threading.Event()
    inspect_all = cache.inspect_all

    def inspect(entry: registry.Entry) -> list[cache.Inspected]:
        try:
            return inspect_all(entry)
        finally:
            inspected.set()

    monkeypatch.setattr(cache, "inspect_all", inspect)
    started = nnbp.data.Loading("mnist")
    assert inspected.wait(10)
    for path in paths:
        path.unlink()
    tiny.requests.clear()
    assert_tiny(started.dataset())
    assert tiny.requests == []


def test_a_damaged_file_of_a_data_set_being_loaded_is_downloaded_again(tiny: Server) -> None:
    nnbp.data.fetch("mnist")[0].write_bytes(b"damaged")
    started, recorder = nnbp.data.Loading("mnist"), Recorder()
    assert_tiny(started.dataset(recorder))
    assert len(recorder.warnings) == 1


def test_an_unknown_name_is_an_error_when_the_data_set_is_asked_for() -> None:
    started = nnbp.data.Loading("no-such-data-set")
    with pytest.raises(nnbp.data.UnknownDatasetError, match="no-such-data-set"):
        started.dataset()


# By path


def test_a_path_is_a_folder_even_if_it_has_the_name_of_a_data_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sample").mkdir()
    write(tmp_path / "sample", CONTENTS)
    monkeypatch.chdir(tmp_path)
    assert nnbp.data.load("sample").name == "sample"
    assert_tiny(nnbp.data.load(Path("sample")))
    assert_tiny(nnbp.data.Loading(Path("sample")).dataset())
    assert nnbp.data.shape(Path("sample")) == (6, 4)
    for ask in (nnbp.data.load, nnbp.data.shape):
        with pytest.raises(nnbp.data.UnknownDatasetError, match=r"^mnist: "):
            ask(Path("mnist"))


# Without a name


def test_without_a_name_the_data_set_is_mnist(tiny: Server) -> None:
    recorder = Recorder()
    data = nnbp.data.load(observer=recorder)
    assert data.name == "mnist"
    assert_tiny(data)
    assert recorder.warnings == []
    assert nnbp.data.shape() == (6, 4)


def assert_sample_with_warning(recorder: Recorder, reason: str) -> None:
    data = nnbp.data.load(observer=recorder)
    assert data.name == "sample"
    assert len(data.train_images) == 10_000
    warning = recorder.warnings[-1]
    assert warning.startswith("could not download MNIST (")
    assert reason in warning
    assert "bundled sample of 10,000 digits instead" in warning


@pytest.mark.usefixtures("hurried")
def test_without_mnist_or_a_network_there_is_one_warning_and_the_sample() -> None:
    recorder = Recorder()
    begin = time.monotonic()
    assert_sample_with_warning(recorder, "Connection refused")
    assert time.monotonic() - begin < 9
    assert len(recorder.warnings) == 1


def test_an_incomplete_mnist_is_replaced_by_the_sample(tiny: Server) -> None:
    tiny.routes = {path: route for path, route in tiny.routes.items() if "t10k-labels" not in path}
    assert_sample_with_warning(Recorder(), "HTTP status 404")


def test_a_mnist_with_the_wrong_hash_is_replaced_by_the_sample(tiny: Server) -> None:
    tiny.routes = {f"/{name}.gz": answer(200, b"<html>") for name in NAMES}
    assert_sample_with_warning(Recorder(), "found a web page")


def test_a_damaged_cache_without_a_network_gives_warnings_and_the_sample(tiny: Server) -> None:
    path = nnbp.data.fetch("mnist")[0]
    path.write_bytes(b"x")
    tiny.routes = {}
    recorder = Recorder()
    assert_sample_with_warning(recorder, "HTTP status 404")
    assert str(path) in recorder.warnings[0]


def test_in_a_black_hole_the_sample_is_loaded_within_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "SHORT_WAIT", replace(loading.SHORT_WAIT, first_answer=0.5))
    with black_hole() as url:
        monkeypatch.setenv("NNBP_MIRROR", url)
        monkeypatch.setitem(
            registry.REGISTRY, "mnist", replace(MNIST, mirrors=(url.replace("http:", "https:"),))
        )
        begin = time.monotonic()
        assert_sample_with_warning(Recorder(), "no answer within 0.5 s")
    assert time.monotonic() - begin < 4


@pytest.mark.parametrize(("name", "seconds"), [(None, 6), ("mnist", 30)])
def test_without_a_named_data_set_the_wait_for_a_first_answer_is_six_seconds(
    monkeypatch: pytest.MonkeyPatch, name: str | None, seconds: float
) -> None:
    waits = []

    def download(job: Job, observer: object, limits: Limits, deadline: float) -> bytes:
        waits.append(limits.first_answer)
        raise NoMirrorError("it", "not there", "nobody answers", "wait")

    monkeypatch.setattr("nnbp.data.mirrors.download", download)
    try:
        nnbp.data.load(name)
    except NoMirrorError:
        assert name == "mnist"
    assert waits == [seconds]


@pytest.mark.usefixtures("hurried")
def test_mnist_asked_for_by_name_is_never_the_sample() -> None:
    with pytest.raises(DownloadError, match="Connection refused"):
        nnbp.data.load("mnist")
