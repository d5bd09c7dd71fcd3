"""A real HTTP server on 127.0.0.1 that misbehaves on demand.

    with serve({"/good": answer(200, b"content"), "/cut": cut(b"content", 3)}) as server:
        server.url + "/good"

A path has one behaviour, or a list of them: one for each request, the last for all further ones.
"""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

Behaviour = Callable[[socket.socket, "Server"], None]


@dataclass(frozen=True)
class Request:
    target: str
    headers: Mapping[str, str]  # names in lower case


@dataclass
class Server:
    """Its URL, the requests so far, and whether a client left before it was served."""

    url: str
    routes: Mapping[str, Behaviour | Sequence[Behaviour]]
    requests: list[Request] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)
    left: threading.Event = field(default_factory=threading.Event)
    tls: ssl.SSLContext | None = None

    def count(self, target: str) -> int:
        return sum(request.target == target for request in self.requests)

    def behaviour(self, request: Request) -> Behaviour:
        route = self.routes.get(request.target, answer(404))
        if callable(route):
            return route
        return route[min(self.count(request.target), len(route)) - 1]


def raw(content: bytes) -> Behaviour:
    """Exactly these bytes, then the end of the connection."""
    return lambda connection, server: connection.sendall(content)


def answer(status: int, body: bytes = b"", *headers: str, length: bool = True) -> Behaviour:
    """A status, headers such as "Location: /x", and a body, by default with its Content-Length."""
    lines = [f"HTTP/1.1 {status} Whatever", "Connection: close", *headers]
    if length:
        lines.append(f"Content-Length: {len(body)}")
    return raw("\r\n".join([*lines, "", ""]).encode("latin-1") + body)


def chunked(body: bytes, size: int = 10, *, end: bytes = b"0\r\n\r\n") -> Behaviour:
    """A body in chunks; without the proper `end` it is incomplete."""
    parts = [body[start : start + size] for start in range(0, len(body), size)]
    framed = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts)
    return raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n" + framed + end)


def cut(body: bytes, after: int) -> Behaviour:
    """The whole Content-Length, and only the first bytes of the body."""
    return answer(200, body[:after], f"Content-Length: {len(body)}", length=False)


def mute(first: bytes = b"") -> Behaviour:
    """These bytes, then silence for as long as the server runs."""

    def behave(connection: socket.socket, server: Server) -> None:
        connection.sendall(first)
        server.closing.wait(30)

    return behave


def drip(interval: float) -> Behaviour:
    """An endless body, a byte at a time; sets `server.left` when the client has gone."""

    def behave(connection: socket.socket, server: Server) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        try:
            while not server.closing.wait(interval):
                connection.sendall(b"x")
        except OSError:
            server.left.set()

    return behave


@contextmanager
def serve(
    routes: Mapping[str, Behaviour | Sequence[Behaviour]], tls: ssl.SSLContext | None = None
) -> Iterator[Server]:
    """A server for the duration of the block, which may change its `routes`; with `tls`, https://localhost."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        origin = "https://localhost" if tls else "http://127.0.0.1"
        server = Server(f"{origin}:{listener.getsockname()[1]}", routes, tls=tls)
        threading.Thread(target=_listen, args=(listener, server), daemon=True).start()
        try:
            yield server
        finally:
            server.closing.set()
            with suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)


@contextmanager
def black_hole() -> Iterator[str]:
    """The URL of a port where connections are neither accepted nor refused: its queue is full."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        fillers = [socket.socket() for _ in range(4)]
        for filler in fillers:
            filler.setblocking(False)
            filler.connect_ex(listener.getsockname())
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            for filler in fillers:
                filler.close()


def closed_port() -> str:
    """A URL at which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return f"http://127.0.0.1:{listener.getsockname()[1]}"


def _listen(listener: socket.socket, server: Server) -> None:
    while not server.closing.is_set():
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        threading.Thread(target=_answer, args=(connection, server), daemon=True).start()


def _answer(connection: socket.socket, server: Server) -> None:
    with connection, suppress(OSError):
        if server.tls:
            connection = server.tls.wrap_socket(connection, server_side=True)
        received = b""
        while b"\r\n\r\n" not in received:
            more = connection.recv(65536)
            if not more:
                return
            received += more
        request = _parse(received)
        if request is not None:
            server.requests.append(request)
            server.behaviour(request)(connection, server)
            connection.shutdown(socket.SHUT_WR)


def _parse(received: bytes) -> Request | None:
    """The request, or None if it is something else, such as a TLS greeting."""
    first, *lines = received.split(b"\r\n\r\n", 1)[0].decode("latin-1").split("\r\n")
    words = first.split(" ")
    if len(words) != 3:
        return None
    headers = (line.split(":", 1) for line in lines)
    return Request(words[1], {name.strip().lower(): value.strip() for name, value in headers})
