"""Data sets, from tiny ones on a server of our own to the bundled sample."""

import gzip
import hashlib
import os
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.server import Server, answer, black_hole, closed_port, cut, serve

import nnbp.data
from nnbp.data import cache, files, loading, registry
from nnbp.data.registry import FASHION_MNIST, FILE_NAMES, MNIST, SAMPLE, Entry, pinned
from nnbp.errors import DownloadError, RejectedFileError

NAMES = [name for name, _ in FILE_NAMES]
KEEP_FIXTURE = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)


def idx(shape: tuple[int, ...], items: bytes) -> bytes:
    """An IDX file, written without the code under test."""
    return struct.pack(f">I{len(shape)}I", 0x800 + len(shape), *shape) + items


# Five training and three test images of 2×3 pixels, in four classes.
CONTENTS = dict(
    zip(
        NAMES,
        [
            idx((5, 2, 3), bytes(range(30))),
            idx((5,), bytes([3, 0, 1, 2, 3])),
            idx((3, 2, 3), bytes(range(200, 218))),
            idx((3,), bytes([2, 0, 3])),
        ],
        strict=True,
    )
)
ARCHIVES = {name: gzip.compress(content, mtime=0) for name, content in CONTENTS.items()}
DIGEST = hashlib.sha256(
    b"".join(hashlib.sha256(content).digest() for content in CONTENTS.values())
).hexdigest()


def entry(name: str, stored: dict[str, bytes], packed: bool, mirrors: tuple[str, ...]) -> Entry:
    pins = [(hashlib.sha256(content).hexdigest(), len(content)) for content in stored.values()]
    return Entry(name, pinned(*pins), (2, 3), 4, 5, 3, "none", mirrors, packed)


@pytest.fixture
def server() -> Iterator[Server]:
    with serve({f"/{name}.gz": answer(200, archive) for name, archive in ARCHIVES.items()}) as server:
        yield server


@pytest.fixture
def tiny(server: Server, monkeypatch: pytest.MonkeyPatch) -> Server:
    """MNIST and Fashion-MNIST are tiny, and come from the user's mirror; the other one is closed."""
    mirrors = (closed_port().replace("http:", "https:"),)
    monkeypatch.setitem(registry.REGISTRY, "mnist", entry("mnist", CONTENTS, False, mirrors))
    monkeypatch.setitem(registry.REGISTRY, "fashion-mnist", entry("fashion-mnist", ARCHIVES, True, mirrors))
    monkeypatch.setenv("NNBP_MIRROR", server.url)
    return server


@pytest.fixture(autouse=True)
def _hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses as short as can be, everything else as it is."""
    for name in ("PATIENCE", "_BRIEF"):
        patience = replace(getattr(loading, name), pause=0.001, unreachable=1)
        monkeypatch.setattr(loading, name, patience)


class Recorder:
    """Keeps the warnings, and the names of what was downloaded."""

    def __init__(self) -> None:
        self.warnings: list[str] = []
        self.downloads: set[str] = set()

    def warning(self, message: str) -> None:
        assert "\n" not in message
        self.warnings.append(message)

    def downloading(self, filename: str, received: int, expected: int | None) -> None:
        self.downloads.add(filename)


def assert_tiny(data: nnbp.data.Dataset) -> None:
    assert data.train_images.tolist() == np.arange(30).reshape(5, 6).tolist()
    assert data.train_labels.tolist() == [3, 0, 1, 2, 3]
    assert data.test_images.tolist() == np.arange(200, 218).reshape(3, 6).tolist()
    assert data.test_labels.tolist() == [2, 0, 3]
    assert (data.image_shape, data.pixels, data.classes) == ((2, 3), 6, 4)
    assert data.sha256 == DIGEST


def cached(name: str = "mnist") -> list[Path]:
    """What is in the cache, temporary files too."""
    return sorted(path for path in nnbp.data.folder(name).rglob("*") if path.is_file())


# The registry


def imported_by(statement: str) -> set[str]:
    """The modules that `import nnbp.data` and the statement import."""
    begin = "import sys; before = {*sys.modules}; import nnbp.data"
    program = f"{begin}; {statement}; print(*{{*sys.modules}} - before)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_the_names_are_known_before_anything_slow_is_imported() -> None:
    slow = {"hashlib", "numpy", "platformdirs", "requests", "secrets", "urllib.parse", "urllib3"}
    imported = imported_by("assert nnbp.data.names() == ('mnist', 'fashion-mnist', 'sample')")
    assert "nnbp.data.registry" in imported
    assert not slow & imported


def test_a_load_from_the_cache_imports_no_requests() -> None:
    imported = imported_by("nnbp.data.load('sample')")
    assert "numpy" in imported
    assert not {"requests", "urllib3"} & imported


@pytest.mark.parametrize("name", nnbp.data.__all__)
def test_every_public_name_is_found(name: str) -> None:
    assert getattr(nnbp.data, name)


def test_any_other_name_is_an_error_that_says_so() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        nnbp.data.nothing  # noqa: B018 - to look it up is what raises


@pytest.mark.parametrize("known", [MNIST, FASHION_MNIST, SAMPLE], ids=lambda known: str(known.name))
def test_the_registry_says_what_a_network_must_fit(known: Entry) -> None:
    assert nnbp.data.REGISTRY[known.name] == known
    assert nnbp.data.shape(known.name) == (784, 10)
    assert [file.name for file in known.files] == NAMES
    assert all(len(file.sha256) == 64 for file in known.files)
    assert all(mirror.startswith("https://") and "lecun" not in mirror for mirror in known.mirrors)


def test_mnist_is_of_the_size_that_its_counts_give() -> None:
    assert [file.size for file in MNIST.files] == [
        16 + 60_000 * 784,
        8 + 60_000,
        16 + 10_000 * 784,
        8 + 10_000,
    ]


@pytest.mark.parametrize("name", ["mnits", "", "no/such/folder", __file__])
def test_an_unknown_name_is_an_error_that_lists_the_known_ones(name: str) -> None:
    for ask in (nnbp.data.load, nnbp.data.shape, nnbp.data.fetch, nnbp.data.verify, nnbp.data.folder):
        with pytest.raises(nnbp.data.UnknownDatasetError, match="mnist, fashion-mnist, sample"):
            ask(name)


# The cache and the mirrors


@pytest.mark.parametrize("name", ["mnist", "fashion-mnist"])
def test_a_data_set_is_downloaded_once(tiny: Server, name: str) -> None:
    recorder = Recorder()
    assert_tiny(nnbp.data.load(name, recorder))
    assert_tiny(nnbp.data.load(name, recorder))
    assert recorder.downloads == {f"{file}.gz" for file in NAMES}
    assert recorder.warnings == []
    assert len(tiny.requests) == 4


def test_the_cache_holds_the_bytes_that_the_hash_speaks_of(tiny: Server) -> None:
    unpacked, packed = nnbp.data.fetch("mnist"), nnbp.data.fetch("fashion-mnist")
    assert [path.name for path in unpacked] == NAMES
    assert [path.read_bytes() for path in unpacked] == [*CONTENTS.values()]
    assert [path.name for path in packed] == [f"{name}.gz" for name in NAMES]
    assert [path.read_bytes() for path in packed] == [*ARCHIVES.values()]
    assert sorted(unpacked) == cached("mnist")
    assert sorted(packed) == cached("fashion-mnist")


def test_the_folder_is_the_one_that_the_environment_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NNBP_CACHE_DIR", str(tmp_path / "there"))
    assert nnbp.data.folder() == tmp_path / "there"
    assert nnbp.data.folder("mnist") == tmp_path / "there" / "mnist"
    monkeypatch.setenv("NNBP_CACHE_DIR", "")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    assert tmp_path in nnbp.data.folder().parents
    assert nnbp.data.folder().parts.count("nnbp") == 1


def test_files_of_the_cache_have_the_mode_that_the_user_wants(tiny: Server) -> None:
    before = os.umask(0o027)
    try:
        paths = nnbp.data.fetch("mnist")
    finally:
        os.umask(before)
    assert {path.stat().st_mode & 0o777 for path in paths} == {0o640}


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
def test_a_mirror_that_is_no_url_is_an_error(
    tiny: Server, monkeypatch: pytest.MonkeyPatch, mirror: str, name: str | None
) -> None:
    monkeypatch.setenv("NNBP_MIRROR", mirror)
    with pytest.raises(DownloadError, match=r"^NNBP_MIRROR: expected a base URL"):
        nnbp.data.load(name)


def test_the_mirrors_of_the_registry_follow_that_of_the_user(
    tiny: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiny.routes = {}
    with pytest.raises(DownloadError) as caught:
        nnbp.data.load("mnist")
    own, other = str(caught.value).index(tiny.url), str(caught.value).rindex("127.0.0.1")
    assert own < other
    assert "HTTP status 404" in str(caught.value)


@KEEP_FIXTURE
@given(st.integers(0, 3), st.integers(0, 8 * 24 - 1))
def test_any_flipped_bit_in_the_cache_is_healed(tiny: Server, file: int, bit: int) -> None:
    path = nnbp.data.fetch("mnist")[file]
    damaged = bytearray(path.read_bytes())
    damaged[bit // 8 % len(damaged)] ^= 1 << bit % 8
    path.write_bytes(damaged)
    assert [state.state for state in nnbp.data.verify("mnist")].count("damaged") == 1
    recorder = Recorder()
    assert_tiny(nnbp.data.load("mnist", recorder))
    assert [str(path) in warning for warning in recorder.warnings] == [True]
    assert path.read_bytes() == CONTENTS[path.name]


def damage_by_cutting(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def damage_by_emptying(path: Path) -> None:
    path.write_bytes(b"")


def damage_by_a_fifo(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def damage_by_a_dangling_loop(path: Path) -> None:
    path.unlink()
    path.symlink_to(path)


@pytest.mark.parametrize(
    "damage", [damage_by_cutting, damage_by_emptying, damage_by_a_fifo, damage_by_a_dangling_loop]
)
def test_damage_of_any_kind_is_healed_with_a_warning(tiny: Server, damage: Any) -> None:
    path = nnbp.data.fetch("mnist")[1]
    damage(path)
    recorder = Recorder()
    assert_tiny(nnbp.data.load("mnist", recorder))
    assert [str(path) in warning for warning in recorder.warnings] == [True]
    assert path.read_bytes() == CONTENTS[path.name]


def test_damage_that_cannot_be_healed_is_an_error_that_names_the_file(tiny: Server) -> None:
    path = nnbp.data.fetch("mnist")[2]
    path.write_bytes(b"damaged")
    tiny.routes = {}
    with pytest.raises(DownloadError) as caught:
        nnbp.data.load("mnist")
    assert caught.value.where == str(path)
    assert "damaged" in caught.value.reason
    assert hashlib.sha256(b"damaged").hexdigest()[:16] in caught.value.reason
    assert path.read_bytes() == b"damaged"


def test_verify_tells_good_from_missing_and_damaged(tiny: Server) -> None:
    paths = nnbp.data.fetch("mnist")
    paths[0].unlink()
    paths[3].write_bytes(b"x")
    states = nnbp.data.verify("mnist")
    assert [state.path for state in states] == paths
    assert [state.state for state in states] == ["missing", "good", "good", "damaged"]
    assert [state.bytes for state in states] == [None, 13, 34, 1]
    assert states[1].found == states[1].expected == hashlib.sha256(CONTENTS[NAMES[1]]).hexdigest()
    assert states[0].found is None
    assert states[3].found == hashlib.sha256(b"x").hexdigest()


def test_fetch_downloads_only_what_is_not_good(tiny: Server) -> None:
    paths = nnbp.data.fetch("mnist")
    paths[0].unlink()
    paths[3].write_bytes(b"x")
    tiny.requests.clear()
    assert nnbp.data.fetch("mnist") == paths
    assert [request.target for request in tiny.requests] == [f"/{NAMES[0]}.gz", f"/{NAMES[3]}.gz"]


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", ARCHIVES[NAMES[0]][:-1], ARCHIVES[NAMES[1]], gzip.compress(bytes(1 << 20), mtime=0)],
)
def test_what_is_not_right_never_reaches_the_cache(tiny: Server, body: bytes) -> None:
    tiny.routes = {f"/{name}.gz": answer(200, body, length=False) for name in NAMES}
    for name in ("mnist", "fashion-mnist"):
        with pytest.raises(DownloadError):
            nnbp.data.load(name)
        assert cached(name) == []


def test_an_archive_is_unpacked_no_further_than_the_file_is_long(tiny: Server) -> None:
    tiny.routes = {f"/{NAMES[0]}.gz": answer(200, gzip.compress(bytes(47)))}
    with pytest.raises(DownloadError, match="expected at most 46 bytes"):
        nnbp.data.load("mnist")


def test_the_bytes_parsed_are_those_that_were_hashed(tiny: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that changes as soon as it is read changes nothing."""
    nnbp.data.fetch("mnist")
    read = files.read

    def read_and_swap(path: Path) -> bytes:
        content = read(path)
        path.write_bytes(b"swapped")
        return content

    monkeypatch.setattr(files, "read", read_and_swap)
    assert_tiny(nnbp.data.load("mnist"))


@pytest.mark.parametrize(("name", "stored"), [("mnist", CONTENTS), ("fashion-mnist", ARCHIVES)])
def test_nothing_is_hashed_twice(
    tiny: Server, monkeypatch: pytest.MonkeyPatch, name: str, stored: dict[str, bytes]
) -> None:
    """The pinned hash of a file is part of the data set's, if it is of the unpacked file."""
    nnbp.data.fetch(name)
    hashed = []

    class Hash:
        def __init__(self, content: bytes = b"") -> None:
            self.content = b""
            self.update(content)

        def update(self, content: bytes) -> None:
            self.content += content

        def digest(self) -> bytes:
            hashed.append(self.content)
            return sha256(self.content).digest()

        def hexdigest(self) -> str:
            return self.digest().hex()

    sha256 = hashlib.sha256
    monkeypatch.setattr(hashlib, "sha256", Hash)
    data = nnbp.data.load(name)
    monkeypatch.undo()
    assert sorted(hashed[:-1]) == sorted({*stored.values(), *CONTENTS.values()})
    assert data.sha256 == DIGEST


# Loading in the background


def test_a_data_set_on_its_way_is_read_before_anybody_asks_for_it(
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
    coming = nnbp.data.Loading("mnist")
    assert inspected.wait(10)
    for path in paths:
        path.unlink()
    tiny.requests.clear()
    assert_tiny(coming.dataset())
    assert tiny.requests == []


def test_a_damaged_file_of_a_data_set_on_its_way_is_fetched_again(tiny: Server) -> None:
    nnbp.data.fetch("mnist")[0].write_bytes(b"damaged")
    coming, recorder = nnbp.data.Loading("mnist"), Recorder()
    assert_tiny(coming.dataset(recorder))
    assert len(recorder.warnings) == 1


def test_what_is_wrong_with_a_name_is_raised_for_whoever_asks_for_the_data_set() -> None:
    coming = nnbp.data.Loading("no-such-data-set")
    with pytest.raises(nnbp.data.UnknownDatasetError, match="no-such-data-set"):
        coming.dataset()


# A cache that cannot be written


def test_a_complete_cache_that_cannot_be_written_works(tiny: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    nnbp.data.fetch("mnist")

    def refuse(*args: Any, **kwargs: Any) -> None:
        raise AssertionError("the cache was written")

    monkeypatch.setattr("nnbp.data.fetching.store", refuse)
    recorder = Recorder()
    assert_tiny(nnbp.data.load("mnist", recorder))
    assert recorder.warnings == []


@pytest.mark.parametrize("call", ["replace", "fsync", "mkdir"])
def test_without_a_cache_the_data_set_is_used_from_memory_with_one_warning(
    tiny: Server, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, call, fail)
    recorder = Recorder()
    assert_tiny(nnbp.data.load("mnist", recorder))
    assert len(recorder.warnings) == 1
    assert "No space left on device" in recorder.warnings[0]
    assert str(nnbp.data.folder("mnist")) in recorder.warnings[0]
    with pytest.raises(OSError, match="No space left"):
        nnbp.data.fetch("mnist")
    assert cached() == []


def test_a_file_in_place_of_the_cache_is_no_cache(tiny: Server, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("not a folder")
    recorder = Recorder()
    assert_tiny(nnbp.data.load("mnist", recorder))
    assert len(recorder.warnings) == 1
    with pytest.raises(OSError, match="cache"):
        nnbp.data.fetch("mnist")


def test_a_folder_in_place_of_a_cached_file_is_named_and_left_alone(tiny: Server) -> None:
    path = nnbp.data.fetch("mnist")[1]
    path.unlink()
    path.mkdir()
    with pytest.raises(IsADirectoryError) as caught:
        nnbp.data.fetch("mnist")
    assert caught.value.filename == str(path)
    assert ".part" not in str(caught.value)
    recorder = Recorder()
    assert_tiny(nnbp.data.load("mnist", recorder))
    assert [str(path.parent) in warning for warning in recorder.warnings] == [True, True]
    assert path.is_dir()


def test_a_write_that_fails_leaves_the_old_file(tiny: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    path = nnbp.data.fetch("mnist")[0]
    path.write_bytes(b"old")
    monkeypatch.setattr(os, "fsync", lambda descriptor: interrupt())
    with pytest.raises(KeyboardInterrupt):
        nnbp.data.load("mnist")
    assert path.read_bytes() == b"old"
    assert len(cached()) == 4


def interrupt() -> None:
    raise KeyboardInterrupt


def test_the_temporary_file_of_a_killed_process_is_used_again(tiny: Server) -> None:
    folder = nnbp.data.folder("mnist")
    folder.mkdir(parents=True)
    (folder / f".{NAMES[0]}.partial").write_bytes(b"x" * 1000)
    nnbp.data.fetch("mnist")
    assert cached() == sorted(folder / name for name in NAMES)


RACER = """
import sys
import nnbp.data
sys.path[:0] = [sys.argv[1], sys.argv[1] + "/.."]
import test_datasets as t
nnbp.data.REGISTRY["mnist"] = t.entry("mnist", t.CONTENTS, False, ("https://127.0.0.1:1",))
for number in range(int(sys.argv[2])):
    t.assert_tiny(nnbp.data.load("mnist"))
    nnbp.data.folder("mnist").joinpath(t.NAMES[number % 4]).unlink(missing_ok=True)
"""


def test_racing_processes_all_get_the_data_set(tiny: Server) -> None:
    """Each takes files away from the others; one that never ends by itself is killed."""
    command = [sys.executable, "-c", RACER, str(Path(__file__).parent)]
    endless = subprocess.Popen([*command, "1000000"], stderr=subprocess.DEVNULL)
    racers = [subprocess.Popen([*command, "20"], stderr=subprocess.PIPE, text=True) for _ in range(3)]
    try:
        assert [racer.communicate(timeout=20)[1] for racer in racers] == [""] * 3
    finally:
        endless.kill()
        endless.wait()
    assert_tiny(nnbp.data.load("mnist"))


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
    assert reason in recorder.warnings[-1]
    assert "sample" in recorder.warnings[-1]


def test_without_mnist_or_a_network_there_is_one_warning_and_the_sample() -> None:
    recorder = Recorder()
    begin = time.monotonic()
    assert_sample_with_warning(recorder, "Connection refused")
    assert time.monotonic() - begin < 9
    assert len(recorder.warnings) == 1


def test_mnist_that_is_there_only_in_part_is_not_there(tiny: Server) -> None:
    tiny.routes = {path: route for path, route in tiny.routes.items() if "t10k-labels" not in path}
    assert_sample_with_warning(Recorder(), "HTTP status 404")


def test_mnist_with_the_wrong_hash_is_not_there(tiny: Server) -> None:
    tiny.routes = {f"/{name}.gz": answer(200, b"<html>") for name in NAMES}
    assert_sample_with_warning(Recorder(), "wrong content (a web page)")


def test_a_damaged_cache_without_a_network_gives_warnings_and_the_sample(tiny: Server) -> None:
    path = nnbp.data.fetch("mnist")[0]
    path.write_bytes(b"x")
    tiny.routes = {}
    recorder = Recorder()
    assert_sample_with_warning(recorder, "HTTP status 404")
    assert str(path) in recorder.warnings[0]


def test_in_a_black_hole_the_sample_is_there_within_the_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "_BRIEF", replace(loading._BRIEF, reach=0.5))
    with black_hole() as url:
        monkeypatch.setenv("NNBP_MIRROR", url)
        monkeypatch.setitem(
            registry.REGISTRY, "mnist", replace(MNIST, mirrors=(url.replace("http:", "https:"),))
        )
        begin = time.monotonic()
        assert_sample_with_warning(Recorder(), "no answer within 0.5 s")
    assert time.monotonic() - begin < 4


def test_the_bound_on_the_wait_for_the_sample_is_six_seconds() -> None:
    assert loading._BRIEF.reach == 6


def test_mnist_asked_for_by_name_is_never_the_sample() -> None:
    with pytest.raises(DownloadError, match="Connection refused"):
        nnbp.data.load("mnist")


def test_a_mirror_that_cuts_is_tried_again(tiny: Server) -> None:
    name = f"/{NAMES[0]}.gz"
    tiny.routes = {**tiny.routes, name: [cut(ARCHIVES[NAMES[0]], 9), answer(200, ARCHIVES[NAMES[0]])]}
    assert_tiny(nnbp.data.load("mnist"))
    assert tiny.count(name) == 2


# Folders


def write(folder: Path, files: dict[str, bytes]) -> str:
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return str(folder)


@pytest.mark.parametrize(
    "files",
    [
        CONTENTS,
        {f"{name}.gz": archive for name, archive in ARCHIVES.items()},
        {f"{name}.gz": content for name, content in CONTENTS.items()},
        {name.replace("-idx", ".idx"): content for name, content in CONTENTS.items()},
        {name.replace("-idx", ".idx") + ".gz": archive for name, archive in ARCHIVES.items()},
    ],
    ids=["plain", "gzipped", "plain named gz", "dotted", "dotted and gzipped"],
)
def test_a_folder_of_idx_files_is_a_data_set(tmp_path: Path, files: dict[str, bytes]) -> None:
    folder = write(tmp_path, files)
    data = nnbp.data.load(folder)
    assert_tiny(data)
    assert data.name == "folder"
    assert nnbp.data.shape(folder) == (6, 4)


def rejection(folder: str) -> str:
    with pytest.raises(RejectedFileError) as caught:
        nnbp.data.load(folder)
    return str(caught.value)


@pytest.mark.parametrize("missing", NAMES)
def test_a_missing_file_is_named_with_what_is_there(tmp_path: Path, missing: str) -> None:
    folder = write(tmp_path, {name: content for name, content in CONTENTS.items() if name != missing})
    line = rejection(folder)
    assert f"expected {missing}" in line
    assert all(name in line for name in CONTENTS)


def test_an_empty_folder_is_said_to_be_empty(tmp_path: Path) -> None:
    assert "the folder is empty" in rejection(str(tmp_path))


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        (NAMES[1], idx((4,), bytes(4)), "expected 5 labels"),
        (NAMES[1], idx((6,), bytes(6)), "expected 5 labels"),
        (NAMES[3], idx((2,), bytes(2)), "expected 3 labels"),
        (NAMES[2], idx((3, 3, 2), bytes(18)), "expected images of 2×3 pixels"),
        (NAMES[3], idx((3,), bytes([0, 4, 9])), "expected labels below 4, found 4 at index 1"),
        (NAMES[0], CONTENTS[NAMES[1]], "expected IDX images"),
        (NAMES[0], idx((0, 2, 3), b""), "empty"),
        (NAMES[2], b"", "empty|nothing"),
        (NAMES[2], CONTENTS[NAMES[2]] + b"x", "expected 34 bytes"),
    ],
)
def test_files_that_do_not_belong_together_are_rejected(
    tmp_path: Path, name: str, content: bytes, reason: str
) -> None:
    folder = write(tmp_path, {**CONTENTS, name: content})
    with pytest.raises(RejectedFileError, match=reason) as caught:
        nnbp.data.load(folder)
    assert name in caught.value.where


def test_there_are_at_least_two_classes(tmp_path: Path) -> None:
    folder = write(
        tmp_path, {**CONTENTS, NAMES[1]: idx((5,), bytes(5)), NAMES[3]: idx((3,), bytes([0, 1, 0]))}
    )
    assert nnbp.data.load(folder).classes == 2
    assert nnbp.data.shape(folder) == (6, 2)


def test_what_is_no_regular_file_is_rejected_at_once(tmp_path: Path) -> None:
    folder = write(tmp_path, CONTENTS)
    for replacement in (os.mkfifo, os.mkdir, lambda path: path.symlink_to("/dev/zero")):
        path = tmp_path / NAMES[0]
        path.rmdir() if path.is_dir() else path.unlink()
        replacement(path)
        assert "regular file" in rejection(folder)


@pytest.mark.parametrize(
    ("name", "reason"), [(NAMES[0], "expected 46 bytes"), (NAMES[1], "expected at most 1073741824 bytes")]
)
def test_a_file_that_is_far_too_large_is_rejected_unread(tmp_path: Path, name: str, reason: str) -> None:
    folder = write(tmp_path, CONTENTS)
    with (tmp_path / name).open("ab") as file:
        file.truncate((1 << 30) + 1)
    line = rejection(folder)
    assert reason in line
    assert "found 1073741825" in line


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="no file that cannot be read")
@pytest.mark.parametrize("ask", [nnbp.data.load, nnbp.data.shape])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, ask: Any) -> None:
    folder = write(tmp_path, CONTENTS)
    path = tmp_path / NAMES[1]
    path.unlink()
    path.symlink_to("/proc/self/mem")  # a regular file, and its first byte an input/output error
    with pytest.raises(OSError, match="Input/output error") as caught:
        ask(folder)
    assert caught.value.filename == str(path)


# The sample, and the real thing


def test_the_sample_is_what_its_readme_says() -> None:
    data = nnbp.data.load("sample")
    assert (data.name, data.image_shape, data.pixels, data.classes) == ("sample", (28, 28), 784, 10)
    assert (data.train_images.shape, data.test_images.shape) == ((10_000, 784), (2_000, 784))
    assert data.train_images.dtype == data.train_labels.dtype == np.uint8
    # Counted in MNIST with [::6] and [::5].
    assert np.bincount(data.train_labels).tolist() == [941, 1132, 1032, 1022, 958, 925, 997, 1026, 978, 989]
    assert np.bincount(data.test_labels).tolist() == [189, 222, 212, 242, 196, 186, 158, 215, 193, 187]
    assert 0.12 < data.train_images.mean() / 255 < 0.14  # 0.1307 in all of MNIST
    with pytest.raises(ValueError, match="read-only"):
        data.train_images[0, 0] = 1


def test_the_sample_needs_no_download() -> None:
    assert [state.state for state in nnbp.data.verify("sample")] == ["good"] * 4
    assert nnbp.data.fetch("sample") == [state.path for state in nnbp.data.verify("sample")]
    assert (nnbp.data.folder("sample") / "LICENSE").is_file()


def test_a_damaged_sample_is_a_reason_to_install_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nnbp.data.cache._SAMPLE", tmp_path)
    with pytest.raises(RejectedFileError, match="install nnbp again"):
        nnbp.data.load("sample")


@pytest.fixture(scope="module")
def real() -> dict[str, Any]:
    """MNIST's four files, read without the code under test."""
    folder = os.environ.get("NNBP_TEST_MNIST")
    if not folder:
        pytest.skip("NNBP_TEST_MNIST names no folder with MNIST's files")
    contents = {}
    for name in NAMES:
        (path,) = Path(folder).glob(f"{name}*")
        packed = path.read_bytes()
        contents[name] = gzip.decompress(packed) if path.suffix == ".gz" else packed
    return contents


def test_the_pinned_hashes_are_those_of_mnist(real: dict[str, bytes]) -> None:
    for file in MNIST.files:
        assert hashlib.sha256(real[file.name]).hexdigest() == file.sha256
        assert len(real[file.name]) == file.size


def test_the_sample_is_part_of_mnist(real: dict[str, bytes]) -> None:
    sample = nnbp.data.load("sample")
    images = np.frombuffer(real[NAMES[0]], np.uint8, offset=16).reshape(-1, 784)
    np.testing.assert_array_equal(sample.train_images, images[::6])
    np.testing.assert_array_equal(sample.train_labels, np.frombuffer(real[NAMES[1]], np.uint8, offset=8)[::6])
    images = np.frombuffer(real[NAMES[2]], np.uint8, offset=16).reshape(-1, 784)
    np.testing.assert_array_equal(sample.test_images, images[::5])
    np.testing.assert_array_equal(sample.test_labels, np.frombuffer(real[NAMES[3]], np.uint8, offset=8)[::5])


def test_the_recipe_in_the_readme_makes_the_sample(
    real: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = nnbp.data.folder("sample")
    recipe = (folder / "README.md").read_text().split("```python\n")[1].split("```")[0]
    write(tmp_path, {f"{name}.gz": content for name, content in real.items()})
    monkeypatch.chdir(tmp_path)
    exec(recipe, {})
    for name in NAMES:
        made, bundled = ((place / f"{name}.gz").read_bytes() for place in (tmp_path / "sample", folder))
        assert gzip.decompress(made) == gzip.decompress(bundled)


def test_mnist_in_a_folder_is_mnist(real: dict[str, bytes], tmp_path: Path) -> None:
    data = nnbp.data.load(write(tmp_path, real))
    assert (data.train_images.shape, data.test_images.shape, data.classes) == (
        (60_000, 784),
        (10_000, 784),
        10,
    )
    assert data.train_labels[:5].tolist() == [5, 0, 4, 1, 9]  # as in every tutorial
