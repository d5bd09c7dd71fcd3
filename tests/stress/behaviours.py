"""Answers of a mirror to the request for a file: good, bad and malicious ones."""

import gzip
import socket
import struct
import time
from collections.abc import Callable, Sequence
from functools import cache
from itertools import repeat

from support.datasets import ARCHIVES, CONTENTS, NAMES
from support.server import Behaviour, Server, answer, chunked, cut, drip, mute, raw

Routes = Behaviour | Sequence[Behaviour]

_OK = b"HTTP/1.1 200 OK\r\n"
_PAGE = b"<!DOCTYPE html><title>Log in</title>"

_STATUS_LINES = (
    b"HTTP/9.9 200 OK",
    b"HTTP/1.1 abc OK",
    b"HTTP/1.1 99 OK",
    b"HTTP/1.1 2000 OK",
    b"HTTP/1.1 -200 OK",
    b"ICY 200 OK",
    b"HTTP/1.1",
    b"220 ftp ready",
)
_LENGTHS = ("abc", "-5", "1e3", "0x10", "+46", "10000000000", "1" + "0" * 30, "")
_CHUNK_SIZES = (b"zz", b"-1", b"", b"ffffffffffffffffff", b"7fffffff")
_ELSEWHERE = (
    "http://[",
    "http://127.0.0.1:99999/",
    "file:///etc/passwd",
    "ftp://127.0.0.1/",
    "data:,x",
    "https://127.0.0.1:9/",
    "http://127.0.0.1:9/",
    "http://\x1b[31m/\x07",
    "//",
    "?" + "x" * 5000,
)


def harmless(name: str) -> dict[str, Routes]:
    """Each of these delivers the file in the end."""
    content, archive = CONTENTS[name], ARCHIVES[name]
    good = answer(200, archive)
    length = b"Content-Length: %d\r\n" % len(archive)
    return {
        "good": good,
        "chunked": chunked(archive),
        "chunked, with extensions and trailers": _chunks(
            b"%x;a=b\r\n%s\r\n0\r\nA: b\r\n\r\n" % (len(archive), archive)
        ),
        "without a length": answer(200, archive, length=False),
        "HTTP/1.0": raw(b"HTTP/1.0 200 OK\r\n\r\n" + archive),
        "without a reason phrase": raw(b"HTTP/1.1 200\r\n" + length + b"\r\n" + archive),
        "lines that end in LF": raw(b"HTTP/1.1 200 OK\n" + length.replace(b"\r", b"") + b"\n" + archive),
        "more than its length": raw(_OK + length + b"\r\n" + archive + b"more"),
        "as a page": answer(200, archive, "Content-Type: text/html"),
        "with a coding of its own": answer(200, archive, "Content-Encoding: gzip"),
        "with an unknown coding": answer(200, archive, "Content-Encoding: br, zstd"),
        "not packed": answer(200, content),
        "packed otherwise": answer(200, gzip.compress(content, 1, mtime=7)),
        "byte by byte": _pieces(_OK + length + b"\r\n" + archive),
        "100 Continue first": raw(b"HTTP/1.1 100 Continue\r\n\r\n" + _OK + length + b"\r\n" + archive),
        "a relative redirection": [answer(302, b"", f"Location: {name}.gz"), good],
        "three redirections": [*repeat(answer(307, _PAGE, f"Location: {name}.gz"), 3), good],
        "500 twice": [answer(500), answer(500), good],
        "408 first": [answer(408), good],
        "429 for a day": [answer(429, b"", "Retry-After: 86400"), good],
        "503 for nonsense": [answer(503, b"", "Retry-After: soon"), good],
        "503 until long ago": [answer(503, b"", "Retry-After: Thu, 01 Jan 1970 00:00:00 GMT"), good],
        "503 until the end of time": [answer(503, b"", "Retry-After: Fri, 31 Dec 9999 23:59:59 GMT"), good],
        "503 for a negative time": [answer(503, b"", "Retry-After: -1"), good],
        "cut first": [cut(archive, 9), good],
        "silent first": [mute(), good],
        "closed first": [raw(b""), good],
        "reset first": [_reset(b""), good],
    }


def harmful(name: str) -> dict[str, Routes]:
    """None of these ever delivers the file."""
    content, archive = CONTENTS[name], ARCHIVES[name]
    return {
        **{
            f"status {status}": answer(status, _PAGE)
            for status in (201, 204, 206, 304, 400, 401, 403, 404, 410)
        },
        **{f"status {status} forever": answer(status) for status in (408, 429, 500, 502, 503, 504, 599)},
        "429 for a day, always": answer(429, b"", "Retry-After: 86400"),
        "503 for an age, always": answer(503, b"", f"Retry-After: {'9' * 400}"),
        "100 Continue forever": _forever(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        "101 Switching Protocols": raw(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n"),
        **{f"the status line {line!r}": raw(line + b"\r\n\r\n" + archive) for line in _STATUS_LINES},
        "garbage": raw(bytes(range(256)) * 4),
        "an alert of TLS": raw(b"\x15\x03\x03\x00\x02\x02\x28"),
        "a page": answer(200, _PAGE),
        "nothing": answer(200, b""),
        "zeros": answer(200, bytes(len(content))),
        "another file": answer(200, ARCHIVES[NAMES[(NAMES.index(name) + 1) % len(NAMES)]]),
        "another file, not packed": answer(200, CONTENTS[NAMES[(NAMES.index(name) + 1) % len(NAMES)]]),
        "a byte less": answer(200, content[:-1]),
        "a byte more": answer(200, content + b"\0"),
        "a changed bit": answer(200, content[:-1] + bytes([content[-1] ^ 1])),
        "an archive of a changed bit": answer(200, gzip.compress(content[:-1] + bytes([content[-1] ^ 1]))),
        "a wrong checksum": answer(200, archive[:-8] + bytes(4) + archive[-4:]),
        "a wrong length in the archive": answer(200, archive[:-4] + bytes(4)),
        "an archive cut short": answer(200, archive[:-3]),
        "an archive cut short, without a length": answer(200, archive[:-3], length=False),
        "an archive with more behind it": answer(200, archive + b"more"),
        "two archives": answer(200, archive + archive),
        "an archive of an archive": answer(200, gzip.compress(archive)),
        "an archive that is a bomb": answer(200, _bomb()),
        "a coding that is a bomb": answer(200, _bomb(), "Content-Encoding: gzip"),
        "less than its length": cut(archive, len(archive) - 1),
        "headers only": cut(archive, 0),
        **{f"Content-Length {value!r}": _length(archive, value) for value in _LENGTHS},
        "two lengths": _length(archive, f"{len(archive)}\r\nContent-Length: 7"),
        "chunks without an end": chunked(archive, end=b""),
        "chunks that end early": chunked(archive[:-1]),
        **{f"the chunk size {size!r}": _chunks(size + b"\r\n" + archive) for size in _CHUNK_SIZES},
        "an endless chunk size": _forever(_OK + b"Transfer-Encoding: chunked\r\n\r\n", b"0" * 1000),
        "an endless body": _forever(_OK + b"\r\n", bytes(10_000)),
        "an endless header": _forever(_OK + b"A: ", b"x" * 1000),
        "endless headers": _forever(_OK, b"A: b\r\n" * 100),
        "a thousand headers": raw(_OK + b"A: b\r\n" * 1000 + b"\r\n" + archive),
        "a header of 70 KB": raw(_OK + b"A: " + b"b" * 70_000 + b"\r\n\r\n" + archive),
        "colours in the status": raw(b"HTTP/1.1 404 \x1b[31mred\x07\xff\r\n\r\n"),
        **{
            f"a redirection to {where[:30]!r}": answer(302, b"", f"Location: {where}") for where in _ELSEWHERE
        },
        "a redirection to nowhere": answer(302),
        "redirections in a circle": answer(301, b"", f"Location: {name}.gz"),
        "a redirection with an endless body": _forever(
            b"HTTP/1.1 302 Found\r\nLocation: x\r\n\r\n", bytes(10_000)
        ),
        "silence": mute(),
        "silence after the headers": mute(_OK + b"Content-Length: 46\r\n\r\n"),
        "silence in the headers": mute(_OK + b"Content-Le"),
        "silence in the body": mute(_OK + b"Content-Length: 46\r\n\r\n" + archive[:9]),
        "a drip": drip(0.05),
        "a drip of headers": _drip(b"A: b\r\n"),
        "the end at once": raw(b""),
        "a reset at once": _reset(b""),
        "a reset in the headers": _reset(_OK),
        "a reset in the body": _reset(_OK + b"Content-Length: 46\r\n\r\n" + archive[:9]),
    }


@cache
def _bomb() -> bytes:
    return gzip.compress(bytes(10_000_000), 1)


def _chunks(framed: bytes) -> Behaviour:
    return raw(_OK + b"Transfer-Encoding: chunked\r\n\r\n" + framed)


def _length(body: bytes, value: str) -> Behaviour:
    return answer(200, body, f"Content-Length: {value}", length=False)


def _forever(first: bytes, more: bytes) -> Behaviour:
    def behave(connection: socket.socket, server: Server) -> None:
        connection.sendall(first)
        while not server.closing.is_set():
            connection.sendall(more)

    return behave


def _slowly(pieces: Callable[[], Sequence[bytes]], pause: float) -> Behaviour:
    def behave(connection: socket.socket, server: Server) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for piece in pieces():
            connection.sendall(piece)
            time.sleep(pause)

    return behave


def _pieces(content: bytes) -> Behaviour:
    return _slowly(lambda: [content[at : at + 1] for at in range(len(content))], 0.0002)


def _drip(more: bytes) -> Behaviour:
    return _slowly(lambda: [_OK, *repeat(more, 500)], 0.05)


def _reset(first: bytes) -> Behaviour:
    def behave(connection: socket.socket, server: Server) -> None:
        connection.sendall(first)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()

    return behave
