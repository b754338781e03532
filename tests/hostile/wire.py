"""A server that says on the wire what it likes: no HTTP library would let it."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from tests.crawler.samples import ad_page, list_page

_TLS = 0x16  # what a TLS handshake begins with
HTML = "text/html; charset=utf-8"


@dataclass(slots=True)
class Talk:
    """One request, and the socket that its answer goes to. `number` counts the requests for this path from 1."""

    path: str
    number: int
    socket: socket.socket
    stopping: threading.Event

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def stream(self, parts: Iterable[bytes]) -> None:
        """Send part after part until the other side has had enough."""
        for part in parts:
            if self.stopping.is_set():
                return
            self.socket.sendall(part)

    def wait(self, seconds: float = 120) -> None:
        self.stopping.wait(seconds)

    def reset(self) -> None:
        """Close with RST instead of FIN."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()


Act = Callable[[Talk], None]


def head(*lines: str, status: str = "200 OK", kind: str = HTML) -> bytes:
    fields = ([f"Content-Type: {kind}"] if kind else []) + ["Connection: close", *lines]
    return "\r\n".join([f"HTTP/1.1 {status}", *fields, "", ""]).encode("latin-1")


def answer(body: bytes | str, *lines: str, status: str = "200 OK", kind: str = HTML) -> bytes:
    """A whole and honest answer."""
    data = body.encode() if isinstance(body, str) else body
    return head(f"Content-Length: {len(data)}", *lines, status=status, kind=kind) + data


def says(data: bytes) -> Act:
    """The same bytes for every request."""
    return lambda talk: talk.send(data)


def streams(start: bytes, parts: Callable[[], Iterable[bytes]]) -> Act:
    """`start`, then parts as long as they are taken."""

    def act(talk: Talk) -> None:
        talk.send(start)
        talk.stream(parts())

    return act


@dataclass(slots=True)
class HostileServer:
    """One host on loopback whose answers to `at` (every path that begins with it) are `act`'s; the rest is a small
    site of one ad. `asked_at` is when each path was first asked for.
    """

    act: Act
    at: str
    asked_at: dict[str, datetime] = field(default_factory=dict)
    asked: dict[str, int] = field(default_factory=dict)
    _stopping: threading.Event = field(default_factory=threading.Event)
    _listener: socket.socket = field(default_factory=lambda: socket.create_server(("127.0.0.1", 0), backlog=64))
    _open: set[socket.socket] = field(default_factory=set)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        for each in (self._listener, *self._open):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while not self._stopping.is_set():
                connection, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        self._open.add(connection)
        with suppress(OSError), connection:
            connection.settimeout(60)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if path := _path(connection):
                self._answer(path)(Talk(path, self.asked[path], connection, self._stopping))
        self._open.discard(connection)

    def _answer(self, path: str) -> Act:
        self.asked_at.setdefault(path, datetime.now(UTC))
        self.asked[path] = self.asked.get(path, 0) + 1
        if self._is_hostile(path):
            return self.act
        if path in ("/", "/ad/1"):
            return says(answer(list_page(["/ad/1"]) if path == "/" else ad_page(1)))
        return says(answer("<p>not here</p>", status="404 Not Found"))

    def _is_hostile(self, path: str) -> bool:
        return path == self.at if self.at == "/robots.txt" else path != "/robots.txt" and path.startswith(self.at)


def _path(connection: socket.socket) -> str:
    """The path of the request that comes in, "/" for TLS; "" where none does."""
    request = bytearray()
    while b"\r\n\r\n" not in request:
        data = connection.recv(65536)
        if not data:
            return ""
        request += data
        if request[0] == _TLS:
            return "/"
    return request.split(b" ", 2)[1].decode("latin-1")
