"""Files that declare or hold far more than they should are refused in little memory.

The promise is 64 MB more than for a small data set, measured at the peak of the whole process.
"""

import gzip
import struct
from collections.abc import Callable
from pathlib import Path

import pytest
from support.bombs import archive
from support.datasets import CONTENTS, NAMES, write
from support.program import run_script
from support.server import answer, serve

MB = 1_000_000
ALLOWED = 64 * MB
FETCH = ("data", "fetch", "mnist")
IMAGES, LABELS, TEST_IMAGES, TEST_LABELS = NAMES

pytestmark = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="there is no /proc")


def images_header(count: int, rows: int = 1, columns: int = 1) -> bytes:
    return struct.pack(">4I", 0x803, count, rows, columns)


def labels_header(count: int) -> bytes:
    return struct.pack(">2I", 0x801, count)


def peak(folder: Path, *arguments: str, expected: int = 3, **environment: str) -> tuple[int, str]:
    """The peak memory in bytes of nnbp in this folder, and what it wrote to standard error."""
    done = run_script("peak_of_nnbp", *arguments, cwd=folder, PEAK=str(folder / "peak"), **environment)
    assert done.returncode == expected, done.stderr
    return int((folder / "peak").read_text()) << 10, done.stderr


@pytest.fixture(scope="session")
def little(tmp_path_factory: pytest.TempPathFactory) -> int:
    """The peak memory of training on the tiny data set."""
    folder = tmp_path_factory.mktemp("little")
    write(folder, CONTENTS)
    return peak(folder, *train("6,4"), expected=0)[0]


def train(sizes: str) -> tuple[str, ...]:
    return ("train", "--dataset", ".", "--sizes", sizes, "--epochs", "1", "--validation", "0", "-q")


def sparse(path: Path, beginning: bytes, size: int) -> None:
    with path.open("wb") as file:
        file.write(beginning)
        file.truncate(size)


def beside(folder: Path, images: int, rows: int, columns: int) -> None:
    """Good labels for this many training images, and one test image and label."""
    sparse(folder / LABELS, labels_header(images), 8 + images)
    write(folder, {TEST_IMAGES: images_header(1, rows, columns) + bytes(rows * columns)})
    write(folder, {TEST_LABELS: labels_header(1) + b"\0"})


def with_images(folder: Path, count: int, content: bytes) -> None:
    """A folder with training images of a thousand pixels in these bytes, and good files beside them."""
    beside(folder, count, 40, 25)
    write(folder, {IMAGES: content})


def of(count: int) -> bytes:
    """The header of this many images of a thousand pixels."""
    return images_header(count, 40, 25)


def ends_early(folder: Path) -> str:
    with_images(folder, 900_000, archive(of(900_000), 300 * MB, crc=0))
    return "expected 900000016 bytes, as its header says (900000×40×25), found 300000016"


def one_byte_short(folder: Path) -> str:
    with_images(folder, 900_000, archive(of(900_000), 900 * MB - 1, crc=0))
    return "found 900000015"


def ends_early_and_lies(folder: Path) -> str:
    with_images(folder, 900_000, archive(of(900_000), 300 * MB, size=900 * MB + 16))
    return "damaged gzip archive"


def delivers_more(folder: Path) -> str:
    with_images(folder, 200_000, archive(of(200_000), 300 * MB, crc=0, size=200 * MB + 16))
    return "expected at most 200000016 bytes"


def wrong_checksum(folder: Path) -> str:
    with_images(folder, 300_000, archive(of(300_000), 300 * MB, crc=0))
    return "incorrect data check"


def trailing_bytes(folder: Path) -> str:
    with_images(folder, 300_000, archive(of(300_000), 300 * MB) + struct.pack("<II", 0, 300 * MB + 16))
    return "8 bytes after the end"


def large_archive_of_noise(folder: Path) -> str:
    packed = bytearray(gzip.compress(of(55_000) + bytes(55 * MB), 0))
    packed[-5] ^= 1
    with_images(folder, 55_000, bytes(packed))
    return "incorrect data check"


def hundreds_of_megabytes_after_an_archive(folder: Path) -> str:
    with_images(folder, 900, b"")
    sparse(folder / IMAGES, gzip.compress(of(900) + bytes(900_000)), 400 * MB)
    return "bytes after the end"


def more_labels_than_declared(folder: Path) -> str:
    write(folder, CONTENTS)
    sparse(folder / LABELS, CONTENTS[LABELS], 900 * MB)
    return "expected 13 bytes, as its header says (5), found 900000000"


def more_images_than_declared(folder: Path) -> str:
    with_images(folder, 900, b"")
    sparse(folder / IMAGES, of(900), 66 * MB)
    return "expected 900016 bytes, as its header says (900×40×25), found 66000000"


def labels_that_end_early(folder: Path) -> str:
    beside(folder, 1, 1, 1)
    sparse(folder / IMAGES, images_header(900 * MB), 900 * MB + 16)
    write(folder, {LABELS: archive(labels_header(900 * MB), 300 * MB, size=900 * MB + 8)})
    return "damaged gzip archive"


def a_good_file_before_a_bad_one(folder: Path) -> str:
    with_images(folder, 50_000, archive(of(50_000), 50 * MB))
    write(folder, {TEST_IMAGES: archive(of(50_000), 50 * MB, crc=0)})
    sparse(folder / TEST_LABELS, labels_header(50_000), 8 + 50_000)
    return "incorrect data check"


def images_of_two_sizes(folder: Path) -> str:
    with_images(folder, 100_000, archive(of(100_000), 100 * MB))
    write(folder, {TEST_IMAGES: images_header(1, 25, 40) + bytes(1000)})
    return "expected images of 40×25 pixels"


def a_label_out_of_range(folder: Path) -> str:
    with_images(folder, 100_000, archive(of(100_000), 100 * MB))
    write(folder, {TEST_LABELS: labels_header(1) + b"\x09"})
    return "expected labels below 2, found 9"


BOMBS = [
    ends_early,
    one_byte_short,
    ends_early_and_lies,
    delivers_more,
    wrong_checksum,
    trailing_bytes,
    large_archive_of_noise,
    hundreds_of_megabytes_after_an_archive,
    more_labels_than_declared,
    more_images_than_declared,
    labels_that_end_early,
    a_good_file_before_a_bad_one,
    images_of_two_sizes,
    a_label_out_of_range,
]


@pytest.mark.parametrize("bomb", BOMBS, ids=lambda bomb: bomb.__name__)
def test_a_bomb_is_refused_in_little_memory(little: int, tmp_path: Path, bomb: Callable[[Path], str]) -> None:
    reason = bomb(tmp_path)
    taken, error = peak(tmp_path, *train("1000,2"))
    assert reason in error
    assert taken - little < ALLOWED


@pytest.mark.parametrize(
    ("body", "reason"),
    [(b"<" + bytes(46 * MB), "a web page"), (gzip.compress(bytes(46 * MB), 0), "SHA-256")],
    ids=["a page", "an archive"],
)
def test_as_much_as_a_mirror_may_send_is_refused_in_little_memory(
    tmp_path: Path, body: bytes, reason: str
) -> None:
    with serve({f"/{IMAGES}.gz": [answer(404), answer(200, body)]}) as server:
        # A short path, so that the error is not shortened.
        environment = {"NNBP_MIRROR": server.url, "NNBP_CACHE_DIR": "cache"}
        few, many = (peak(tmp_path, *FETCH, expected=4, **environment) for _ in range(2))
    assert reason in many[1]
    assert many[0] - few[0] < ALLOWED
