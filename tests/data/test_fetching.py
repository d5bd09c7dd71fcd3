"""Files from mirrors: which mirrors are asked, which answers are accepted, and the errors if none is."""

import gzip
import hashlib
import socket
import time
from typing import Any
from urllib.parse import urlsplit

import pytest
from support.datasets import ARCHIVES, CONTENTS, NAMES, Recorder, assert_tiny
from support.server import Behaviour, Server, answer, cut, serve

import nnbp.data
from nnbp.data.job import Job, Limits
from nnbp.errors import DownloadError


def test_mnist_may_come_unpacked_under_the_name_of_an_archive(tiny: Server) -> None:
    tiny.routes = {f"/{name}.gz": answer(200, content) for name, content in CONTENTS.items()}
    assert_tiny(nnbp.data.load("mnist"))
    with pytest.raises(DownloadError):
        nnbp.data.load("fashion-mnist")


def test_mnist_may_come_packed_differently(tiny: Server) -> None:
    tiny.routes = {f"/{name}.gz": answer(200, gzip.compress(c, 1, mtime=7)) for name, c in CONTENTS.items()}
    assert_tiny(nnbp.data.load("mnist"))


def test_a_mirror_may_be_named_with_a_slash_at_the_end(tiny: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NNBP_MIRROR", f"{tiny.url}/")
    assert_tiny(nnbp.data.load("mnist"))


def served(contents: dict[str, bytes], folder: str = "") -> dict[str, Behaviour]:
    return {f"{folder}/{name}.gz": answer(200, content) for name, content in contents.items()}


def test_a_mirror_may_have_a_folder_for_each_data_set(tiny: Server) -> None:
    tiny.routes = {**served(CONTENTS, "/mnist"), **served(ARCHIVES, "/fashion-mnist")}
    for name in ("mnist", "fashion-mnist"):
        assert_tiny(nnbp.data.load(name))
    assert [request.target for request in tiny.requests[:2]] == [
        f"/{NAMES[0]}.gz",
        f"/mnist/{NAMES[0]}.gz",
    ]


def test_files_of_another_data_set_beside_the_folder_are_passed_over(tiny: Server) -> None:
    tiny.routes = {**served(CONTENTS), **served(ARCHIVES, "/fashion-mnist")}
    for name in ("mnist", "fashion-mnist"):
        assert_tiny(nnbp.data.load(name))


@pytest.mark.parametrize(("folder", "requests"), [("", 2), ("/mnist", 1), ("/mnist/", 1), ("/x-mnist", 2)])
def test_a_mirror_without_the_file_is_asked_for_its_folder_unless_it_is_that(
    tiny: Server, monkeypatch: pytest.MonkeyPatch, folder: str, requests: int
) -> None:
    tiny.routes = {}
    monkeypatch.setenv("NNBP_MIRROR", f"{tiny.url}{folder}")
    with pytest.raises(DownloadError) as caught:
        nnbp.data.load("mnist")
    assert len(tiny.requests) == requests
    assert str(caught.value).count(urlsplit(tiny.url).netloc) == 1


@pytest.mark.parametrize(
    "mirror",
    [
        "ftp://example.org/",
        "/srv/mnist",
        "example.org",
        "http://",
        "http://[",
        "https://me:secret@x/",
        "http://x/\n",
    ],
)
@pytest.mark.parametrize("name", ["mnist", None])
def test_a_mirror_that_is_not_a_url_is_an_error(
    tiny: Server, monkeypatch: pytest.MonkeyPatch, mirror: str, name: str | None
) -> None:
    monkeypatch.setenv("NNBP_MIRROR", mirror)
    with pytest.raises(DownloadError, match=r"^NNBP_MIRROR: expected a base URL"):
        nnbp.data.load(name)


def test_a_long_mirror_that_is_not_a_url_is_a_short_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NNBP_MIRROR", "x" * 1000)
    with pytest.raises(DownloadError, match="found 1000 characters; correct it or unset it"):
        nnbp.data.load("mnist")


def test_the_users_mirror_comes_before_those_of_the_registry(
    tiny: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiny.routes = {}
    with pytest.raises(DownloadError) as caught:
        nnbp.data.load("mnist")
    own, other = urlsplit(tiny.url).netloc, urlsplit(nnbp.data.REGISTRY["mnist"].mirrors[0]).netloc
    assert f"({own}: HTTP status 404, {other}: Connection refused); " in str(caught.value)


def test_damage_that_cannot_be_repaired_is_an_error_that_names_the_file(tiny: Server) -> None:
    path = nnbp.data.fetch("mnist")[2]
    path.write_bytes(b"damaged")
    tiny.routes = {}
    recorder = Recorder()
    with pytest.raises(DownloadError) as caught:
        nnbp.data.load("mnist", recorder)
    assert caught.value.where == str(path)
    assert caught.value.reason.startswith("damaged, and downloading mnist failed (")
    assert hashlib.sha256(b"damaged").hexdigest()[:16] in recorder.warnings[0]
    assert path.read_bytes() == b"damaged"


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", ARCHIVES[NAMES[0]][:-1], ARCHIVES[NAMES[1]], gzip.compress(bytes(1 << 20), mtime=0)],
)
def test_wrong_content_never_reaches_the_cache(tiny: Server, body: bytes) -> None:
    tiny.routes = {f"/{name}.gz": answer(200, body, length=False) for name in NAMES}
    for name in ("mnist", "fashion-mnist"):
        with pytest.raises(DownloadError):
            nnbp.data.load(name)
        assert not nnbp.data.folder(name).exists()


def test_an_archive_is_unpacked_no_further_than_the_file_is_long(tiny: Server) -> None:
    tiny.routes = {f"/{NAMES[0]}.gz": answer(200, gzip.compress(bytes(47)))}
    with pytest.raises(DownloadError, match="expected at most 46 bytes"):
        nnbp.data.load("mnist")


def test_a_mirror_that_truncates_is_tried_again(tiny: Server) -> None:
    name = f"/{NAMES[0]}.gz"
    tiny.routes = {**tiny.routes, name: [cut(ARCHIVES[NAMES[0]], 9), answer(200, ARCHIVES[NAMES[0]])]}
    assert_tiny(nnbp.data.load("mnist"))
    assert tiny.count(name) == 2


def test_all_files_together_have_five_minutes(tiny: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    deadlines = []

    def download(job: Job, observer: object, limits: Limits, deadline: float) -> bytes:
        deadlines.append(deadline)
        return CONTENTS[job.urls[0].rsplit("/", 1)[1].removesuffix(".gz")]

    monkeypatch.setattr("nnbp.data.mirrors.download", download)
    begin = time.monotonic()
    assert_tiny(nnbp.data.load("mnist"))
    assert len(deadlines) == 4
    assert begin + 300 <= deadlines[0] == deadlines[-1] <= time.monotonic() + 300


# The texts of the errors


RESOLVE = socket.getaddrinfo


def resolve_local(host: str, *args: Any, **kwargs: Any) -> Any:
    if host == "127.0.0.1":
        return RESOLVE(host, *args, **kwargs)
    raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")


@pytest.fixture
def no_network(hurried: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """No proxy, no host with an address but this one, and a cache in a folder of usual length."""
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("NNBP_CACHE_DIR", "/home/somebody/.cache/nnbp")
    monkeypatch.setattr(socket, "getaddrinfo", resolve_local)


@pytest.mark.usefixtures("no_network")
@pytest.mark.parametrize("name", ["mnist", "fashion-mnist"])
def test_without_a_network_the_error_names_file_data_set_hosts_and_a_way_by_hand(name: str) -> None:
    with pytest.raises(DownloadError) as caught:
        nnbp.data.load(name)
    entry = nnbp.data.REGISTRY[name]
    assert caught.value.where == str(nnbp.data.folder(name) / entry.stored_name(entry.files[0]))
    hosts = " and ".join(urlsplit(mirror).netloc for mirror in entry.mirrors)
    assert caught.value.reason == f"downloading {name} failed ({hosts}: host not found)"
    assert "NNBP_MIRROR" in caught.value.remedy
    assert "put the files in that folder" in caught.value.remedy


@pytest.mark.usefixtures("no_network")
@pytest.mark.parametrize("name", ["mnist", "fashion-mnist"])
@pytest.mark.parametrize(
    "body", [None, ARCHIVES[NAMES[1]], b"<html>"], ids=["404", "another file", "a web page"]
)
def test_an_ordinary_failure_is_reported_in_less_than_300_bytes_without_urls(
    monkeypatch: pytest.MonkeyPatch, name: str, body: bytes | None
) -> None:
    """The command line shows this much without shortening it."""
    behaviour = answer(404) if body is None else answer(200, body)
    with serve({f"/{file}.gz": behaviour for file in NAMES}) as server:
        monkeypatch.setenv("NNBP_MIRROR", server.url)
        with pytest.raises(DownloadError) as caught:
            nnbp.data.load(name)
    line = f"nnbp: error: {caught.value}"
    assert urlsplit(server.url).netloc in line
    assert "://" not in line
    assert len(line.encode()) < 295


@pytest.mark.usefixtures("no_network")
def test_without_a_network_the_error_is_well_below_300_bytes() -> None:
    with pytest.raises(DownloadError) as caught:
        nnbp.data.load("mnist")
    assert len(f"nnbp: error: {caught.value}".encode()) < 250


@pytest.mark.usefixtures("no_network")
def test_the_warning_of_the_sample_is_well_below_300_bytes() -> None:
    recorder = Recorder()
    nnbp.data.load(observer=recorder)
    (warning,) = recorder.warnings
    assert len(f"nnbp: warning: {warning}".encode()) < 270
