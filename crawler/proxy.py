"""The browser's only way out: a proxy for one page, which lets through what its site's egress allows."""

from __future__ import annotations

import asyncio
import re
from asyncio import StreamReader, StreamWriter, Task
from contextlib import suppress
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

import h11

from crawler.egress import Connection, Egress, Refused, Target
from crawler.events import EventKind

MAX_BYTES = 32 * 1024 * 1024  # what one page may send and receive in all
MAX_DENIALS = 50
_MAX_REQUEST_HEAD = 64 * 1024
_MAX_ANSWER_HEAD = 256 * 1024
_CHUNK = 64 * 1024
_PATIENCE = 15.0  # seconds for a connection to be made
_AUTHORITY = re.compile(rb"[^/?#@\\\s]+:[0-9]{1,5}")
# Headers that speak of one connection only (RFC 9110 section 7.6.1).
_HOP_BY_HOP = {b"connection", b"keep-alive", b"proxy-connection", b"proxy-authorization", b"te", b"upgrade"}
Headers = list[tuple[bytes, bytes]]


class _Full(Exception):
    """The page has had its bytes."""


class Proxy:
    """Listens on loopback in its `async with` block, for plain HTTP in absolute form and for CONNECT.

    Every connection goes through `egress`. `denied` says what was not let through, as (event kind, what);
    `addresses` which address was dialled for each netloc, and `faults` why one could not be reached;
    `full` is set once more than `max_bytes` went through, after which nothing does.
    """

    def __init__(self, egress: Egress, *, max_bytes: int = MAX_BYTES) -> None:
        self._egress = egress
        self._left = max_bytes
        self._denied: dict[tuple[str, str], None] = {}
        self._tasks: set[Task[None]] = set()
        self.addresses: dict[str, str] = {}
        self.faults: dict[str, str] = {}
        self.full = asyncio.Event()
        self.url = ""

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @property
    def denied(self) -> tuple[tuple[str, str], ...]:
        return tuple(self._denied)

    def deny(self, kind: EventKind, what: str) -> None:
        """Remember that something was not let through; equal ones once, and no more than MAX_DENIALS."""
        if len(self._denied) < MAX_DENIALS:
            self._denied[kind, what[:200]] = None

    def _accept(self, reader: StreamReader, writer: StreamWriter) -> None:
        task = asyncio.ensure_future(self._serve(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, reader: StreamReader, writer: StreamWriter) -> None:
        """One connection of the browser. What goes wrong ends it: no answer of ours ever becomes a page."""
        try:
            await self._handle(reader, writer)
            writer.close()
            await writer.wait_closed()
        except h11.ProtocolError as error:
            self.deny("bad_response", str(error))
        except _Full:
            self.deny("too_large", "more bytes than a page may have")
            self.full.set()
        except (OSError, TimeoutError, EOFError):
            pass  # a host that does not answer is told by `faults`, a browser that went away by nobody
        finally:
            writer.transport.abort()

    async def _handle(self, reader: StreamReader, writer: StreamWriter) -> None:
        client = h11.Connection(h11.SERVER, max_incomplete_event_size=_MAX_REQUEST_HEAD)
        request = await self.event(client, reader)
        if not isinstance(request, h11.Request):
            return
        tunnel = request.method == b"CONNECT"
        target = self._target(request.target, tunnel=tunnel)
        upstream = await self._connect(target) if target else None
        if upstream is None:
            if tunnel:  # an answer to CONNECT is never shown
                writer.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            return
        try:
            if tunnel:
                await self._tunnel(client, (reader, writer), upstream)
            else:
                await _Exchange(self, client, request).run((reader, writer), upstream)
        finally:
            upstream.close()

    def _target(self, address: bytes, *, tunnel: bool) -> Target | None:
        """Where a request wants to go, if it may."""
        wanted = address.decode("latin-1")
        try:
            if tunnel and _AUTHORITY.fullmatch(address):
                return self._egress.check(f"https://{wanted}")
            if not tunnel and address[:7].lower() == b"http://":
                return self._egress.check(wanted)
        except Refused as refused:
            self.deny(refused.kind, netloc(wanted))
        else:
            self.deny("bad_url", wanted)
        return None

    async def _connect(self, target: Target) -> Connection | None:
        """A connection to a checked target, at an address that was judged."""
        place = f"{target.host}:{target.port}"
        try:
            async with asyncio.timeout(_PATIENCE):
                connection = await self._egress.connect(target)
        except Refused as refused:
            self.deny(refused.kind, place)
            return None
        except (OSError, TimeoutError) as error:
            self.faults[place] = str(error) or "no connection in time"
            return None
        self.addresses[place] = connection.address
        return connection

    async def _tunnel(
        self, client: h11.Connection, browser: tuple[StreamReader, StreamWriter], upstream: Connection
    ) -> None:
        reader, writer = browser
        early, _ = client.trailing_data
        writer.write(b"HTTP/1.1 200 Connection Established\r\n\r\n")
        upstream.writer.write(early)
        ways = [
            asyncio.ensure_future(self._relay(reader, upstream.writer)),
            asyncio.ensure_future(self._relay(upstream.reader, writer)),
        ]
        try:
            done, _ = await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            for way in done:
                way.result()
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)

    async def _relay(self, reader: StreamReader, writer: StreamWriter) -> None:
        while data := await self.read(reader):
            writer.write(data)
            await writer.drain()

    async def read(self, reader: StreamReader) -> bytes:
        """The next bytes, counted; empty at the end. Raises _Full."""
        data = await reader.read(_CHUNK)
        self._left -= len(data)
        if self._left < 0 or self.full.is_set():
            raise _Full
        return data

    async def event(self, connection: h11.Connection, reader: StreamReader) -> object:
        """The next whole event of an HTTP message. Raises h11.ProtocolError or _Full."""
        while (event := connection.next_event()) is h11.NEED_DATA:
            connection.receive_data(await self.read(reader))
        return event


class _Exchange:
    """One plain request: passed on as read, its answer passed back as read, never a second on the connection."""

    def __init__(self, proxy: Proxy, client: h11.Connection, request: h11.Request) -> None:
        self._proxy = proxy
        self._client = client
        self._request = request
        self._server = h11.Connection(h11.CLIENT, max_incomplete_event_size=_MAX_ANSWER_HEAD)

    async def run(self, browser: tuple[StreamReader, StreamWriter], upstream: Connection) -> None:
        reader, writer = browser
        await self._send(reader, upstream.writer)
        while True:
            event = await self._proxy.event(self._server, upstream.reader)
            if isinstance(event, h11.Response):
                headers = _own(event.headers.raw_items())
                event = h11.Response(status_code=event.status_code, headers=headers, reason=event.reason)
            if isinstance(event, h11.Response | h11.Data | h11.EndOfMessage):
                writer.write(self._client.send(event) or b"")
                await writer.drain()
            if isinstance(event, h11.EndOfMessage | h11.ConnectionClosed):
                return

    async def _send(self, reader: StreamReader, writer: StreamWriter) -> None:
        """Pass the request on, its body too."""
        headers = _own(self._request.headers.raw_items())
        request = h11.Request(method=self._request.method, target=_path(self._request.target), headers=headers)
        event: object = request
        while isinstance(event, h11.Request | h11.Data | h11.EndOfMessage):
            writer.write(self._server.send(event) or b"")
            await writer.drain()
            if isinstance(event, h11.EndOfMessage):
                return
            event = await self._proxy.event(self._client, reader)


def _own(headers: Headers) -> Headers:
    """Headers for the next connection, which carries one exchange."""
    kept = [(name, value) for name, value in headers if name.lower() not in _HOP_BY_HOP]
    return [*kept, (b"Connection", b"close")]


def _path(address: bytes) -> bytes:
    """The origin form of an absolute URL."""
    parts = urlsplit(address.decode("latin-1"))
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return path.encode("latin-1")


def netloc(address: str) -> str:
    """host:port of a URL or authority, as denials name it; what has none is given back as it is."""
    parts = urlsplit(address if "://" in address else f"//{address}")
    with suppress(ValueError):
        port = parts.port or {"http": 80, "https": 443, "ws": 80, "wss": 443}.get(parts.scheme)
        if parts.hostname and port:
            return f"{parts.hostname}:{port}"
    return address
