"""`nnbp data export`, through the installed program, read back without nnbp."""

import gzip
import struct
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from support.program import events, run, shell

INDICES = (3, 0, 1)


def pixels(digits: Path, split: str = "t10k") -> bytes:
    """The pixels of the images at INDICES, 12 each."""
    images = (digits / f"{split}-images-idx3-ubyte").read_bytes()[16:]
    return b"".join(images[12 * index : 12 * index + 12] for index in INDICES)


def idx(content: bytes) -> bytes:
    assert struct.unpack(">4B3I", content[:16]) == (0, 0, 8, 3, 3, 4, 3)
    return content[16:]


def npy(content: bytes) -> bytes:
    array = np.load(BytesIO(content))
    assert (array.shape, array.dtype) == ((3, 4, 3), np.uint8)
    return bytes(array.tobytes())


def csv(content: bytes) -> bytes:
    lines = content.decode().splitlines()
    assert [line.count(",") for line in lines] == [11] * 3
    return bytes(int(number) for line in lines for number in line.split(","))


def pgm(content: bytes) -> bytes:
    header = b"P5\n3 4\n255\n"
    size = len(header) + 12
    parts = [content[start : start + size] for start in range(0, len(content), size)]
    assert [part[: len(header)] for part in parts] == [header] * 3
    return b"".join(part[len(header) :] for part in parts)


def png(content: bytes) -> bytes:
    """The pixels of a grey PNG of 3×4 pixels without filters."""
    assert content[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">IIBBBBB", content[16:29]) == (3, 4, 8, 0, 0, 0, 0)
    start = content.index(b"IDAT") + 4
    rows = zlib.decompressobj().decompress(content[start:])
    return b"".join(rows[n + 1 : n + 4] for n in range(0, 16, 4))


READERS: dict[str, Callable[[bytes], bytes]] = {
    "some.idx": idx,
    "some-images-idx3-ubyte": idx,
    "some.IDX.gz": lambda content: idx(gzip.decompress(content)),
    "some.npy": npy,
    "some.csv": csv,
    "some.pgm": pgm,
}


@pytest.mark.parametrize("name", READERS)
def test_the_ending_of_the_name_chooses_the_format(name: str, digits: Path, tmp_path: Path) -> None:
    done = run("data", "export", "3", "0-1", "--dataset", digits, "-o", name, cwd=tmp_path)
    assert (done.returncode, done.stderr, done.stdout) == (0, b"", f"{name}  3 images\n".encode())
    assert READERS[name]((tmp_path / name).read_bytes()) == pixels(digits)


def test_a_name_with_index_writes_a_file_for_each_image(digits: Path, tmp_path: Path) -> None:
    line = ("data", "export", "3", "0-1", "--dataset", digits, "--split", "train", "--json")
    written = events(run(*line, "-o", "{index}.png", cwd=tmp_path).stdout)
    assert b"".join(png((tmp_path / f"{n}.png").read_bytes()) for n in INDICES) == pixels(digits, "train")
    common = {"event": "exported", "format": "png", "dataset": "folder", "split": "train"}
    assert written == [{**common, "path": f"{n}.png", "indices": [n], "labels": [n % 3]} for n in INDICES]


def test_several_images_in_a_png_are_a_usage_error_that_says_what_to_do(digits: Path, tmp_path: Path) -> None:
    done = run("data", "export", "0-1", "--dataset", digits, "-o", "some.png", cwd=tmp_path)
    assert done.returncode == 2
    assert b"'digit-{index}.png'" in b" ".join(done.stderr.split())
    assert run("data", "export", "1", "--dataset", digits, "-o", "one.png", cwd=tmp_path).returncode == 0


@pytest.mark.parametrize(("options", "read"), [("", idx), ("--format pgm", pgm), ("--format csv", csv)])
def test_standard_output_gets_only_the_file(
    options: str, read: Callable[[bytes], bytes], digits: Path, tmp_path: Path
) -> None:
    line = f"nnbp data export 3 0 1 --dataset {digits} -o - {options}"
    done = shell(line, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, b"")
    assert read(done.stdout) == pixels(digits)
    (event,) = events(shell(f"{line} --json", cwd=tmp_path).stderr)
    assert (event["path"], event["indices"], event["labels"]) == ("-", [3, 0, 1], [0, 0, 1])


def test_the_format_can_differ_from_the_ending(digits: Path, tmp_path: Path) -> None:
    line = ("data", "export", "3", "0-1", "--dataset", digits, "-o", "some.dat")
    done = run(*line, cwd=tmp_path)
    assert done.returncode == 2
    assert b"--format" in done.stderr
    assert run(*line, "--format", "npy", cwd=tmp_path).returncode == 0
    assert npy((tmp_path / "some.dat").read_bytes()) == pixels(digits)


def test_the_same_images_are_the_same_bytes(digits: Path, tmp_path: Path) -> None:
    for name in ("a.idx.gz", "b.idx.gz"):
        run("data", "export", "0-9", "--dataset", digits, "-o", name, cwd=tmp_path)
    assert (tmp_path / "a.idx.gz").read_bytes() == (tmp_path / "b.idx.gz").read_bytes()


def test_a_file_that_cannot_be_written_stays_as_it_was(digits: Path, tmp_path: Path) -> None:
    done = run("data", "export", "0", "--dataset", digits, "-o", "no/such.idx", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, b"")
    assert done.stderr == b"nnbp: error: no/such.idx: no such folder; check the name\n"
