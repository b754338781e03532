"""A real HTTP server on loopback that serves a table of answers and remembers who asked for what."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

HTML = "text/html; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Hit:
    """One request as the server got it. `path` holds the query; `at` is monotonic seconds."""

    path: str
    headers: Mapping[str, str]
    at: float


@dataclass(frozen=True, slots=True)
class Answer:
    """What to send. A `silent` answer is never sent: the connection stays open until the server stops."""

    body: bytes = b""
    status: int = 200
    kind: str = HTML
    headers: Mapping[str, str] = field(default_factory=dict)
    silent: bool = False


Route = str | Answer | Callable[[Hit], str | Answer]
Routes = Mapping[str, Route] | Callable[[str], str | Answer | None]
MISSING = Answer(b"<p>not here</p>", status=404)


class Loopback:
    """A server on a free port of 127.0.0.1, in a thread, in a `with` block. Handlers find it as `server.site`."""

    def __init__(self, handler: type[BaseHTTPRequestHandler]) -> None:
        self.stopping = threading.Event()
        self._server = SiteServer(("127.0.0.1", 0), handler)
        self._server.site = self
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    @property
    def netloc(self) -> str:
        return f"127.0.0.1:{self._server.server_port}"

    @property
    def url(self) -> str:
        return f"http://{self.netloc}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stopping.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)


class SiteServer(ThreadingHTTPServer):
    site: Any
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that was killed in the middle of an answer is no news."""


class LoopbackServer(Loopback):
    """Serves `routes` (a table, or a function of the path)."""

    def __init__(self, routes: Routes) -> None:
        super().__init__(_Handler)
        self.routes = routes
        self.hits: list[Hit] = []

    def paths(self) -> list[str]:
        """The paths asked for, in order, without robots.txt."""
        return [hit.path for hit in self.hits if hit.path != "/robots.txt"]

    def answer(self, hit: Hit) -> Answer:
        self.hits.append(hit)
        route = self.routes(hit.path) if callable(self.routes) else self.routes.get(hit.path)
        found = route(hit) if callable(route) else route
        if found is None:
            return MISSING
        return Answer(found.encode()) if isinstance(found, str) else found


class _Handler(BaseHTTPRequestHandler):
    server: SiteServer

    def do_GET(self) -> None:
        site = self.server.site
        answer = site.answer(Hit(self.path, dict(self.headers.items()), time.monotonic()))
        if answer.silent:
            site.stopping.wait(60)
            return
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.wfile.write(_head(answer) + answer.body)  # one send: two would wait for a delayed ACK

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: the tests read `hits`."""


def _head(answer: Answer) -> bytes:
    fields = {"Content-Type": answer.kind, "Content-Length": str(len(answer.body)), "Connection": "close"}
    lines = [f"{name}: {value}" for name, value in (fields | dict(answer.headers)).items()]
    return "\r\n".join([f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}", *lines, "", ""]).encode()
