"""Sites and canaries on loopback, all in one thread: a port for each site, and one for each canary."""

from __future__ import annotations

import asyncio
import socket
import threading
from asyncio import DatagramTransport, StreamReader, StreamWriter
from collections.abc import Callable, Coroutine, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Literal, Self, TypeVar

HTML = "text/html; charset=utf-8"
_PATIENCE = 20.0  # seconds for a request to come in
_HEARING = 5.0  # seconds for what comes after a connection
_TRIES = 20  # for a port that is free for TCP and UDP alike
_TEMPTING = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\nConnection: close\r\n\r\nSECRET"
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a site sends, `before` ahead of it. A "page" is to be read by every crawl, a "part" by browsers only;
    a "bait" need not be asked for by anyone.
    """

    body: bytes = b""
    status: int = 200
    kind: str = HTML
    headers: tuple[tuple[str, str], ...] = ()
    before: bytes = b""
    role: Literal["page", "part", "bait"] = "page"

    def wire(self) -> bytes:
        own = (("Content-Type", self.kind), ("Content-Length", str(len(self.body))), ("Connection", "close"))
        names = {name.lower() for name, _ in self.headers}
        fields = [*(pair for pair in own if pair[0].lower() not in names), *self.headers]
        lines = [f"HTTP/1.1 {self.status} Answer", *(f"{name}: {value}" for name, value in fields), "", ""]
        return self.before + "\r\n".join(lines).encode("latin-1") + self.body


@dataclass(frozen=True, slots=True)
class Asked:
    """One request; `path` is without its query."""

    host: str
    path: str


@dataclass(slots=True)
class Canary:
    """A port of 127.0.0.1, TCP and UDP, and of ::1: whatever comes to it is a leak."""

    port: int
    leaks: list[str] = field(default_factory=list)


Answering = Callable[[Asked], Answer | None]


class Servers:
    """In a `with` block: `site` and `canary` open ports that are closed with it."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop = asyncio.new_event_loop()
        self._open: list[asyncio.Server | DatagramTransport] = []
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._do(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def site(self, answering: Answering) -> int:
        """Answer what is asked at a new port."""

        async def serve(reader: StreamReader, writer: StreamWriter) -> None:
            with suppress(OSError, EOFError, ValueError, TimeoutError, asyncio.LimitOverrunError):
                asked = await asyncio.wait_for(_asked(reader), _PATIENCE)
                writer.write((answering(asked) or Answer(b"<p>not here</p>", status=404)).wire())
                await writer.drain()
            writer.close()

        server = self._do(asyncio.start_server(serve, "127.0.0.1", 0, limit=1 << 20, backlog=200))
        self._open.append(server)
        return int(server.sockets[0].getsockname()[1])

    def canary(self) -> Canary:
        return self._do(self._canary())

    def _do(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(30)

    async def _canary(self) -> Canary:
        canary = Canary(0)

        async def hear(reader: StreamReader, writer: StreamWriter) -> None:
            canary.leaks.append("tcp connection")
            with suppress(OSError, TimeoutError):
                canary.leaks[-1] = f"tcp {await asyncio.wait_for(reader.read(2000), _HEARING)!r}"
                writer.write(_TEMPTING)
                await writer.drain()
            writer.close()

        for _ in range(_TRIES):
            server = await asyncio.start_server(hear, "127.0.0.1", 0)
            canary.port = int(server.sockets[0].getsockname()[1])
            with suppress(OSError):
                await self._hear_packets(canary)
                break
            server.close()
        self._open.append(server)
        with suppress(OSError):  # a machine may have no ::1
            self._open.append(await asyncio.start_server(hear, "::1", canary.port, family=socket.AF_INET6))
        return canary

    async def _hear_packets(self, canary: Canary) -> None:
        transport, _ = await self._loop.create_datagram_endpoint(
            lambda: _Packets(canary), local_addr=("127.0.0.1", canary.port)
        )
        self._open.append(transport)

    async def _close(self) -> None:
        for each in self._open:
            each.close()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0.1)


class _Packets(asyncio.DatagramProtocol):
    def __init__(self, canary: Canary) -> None:
        self._canary = canary

    def datagram_received(self, data: bytes, addr: Any) -> None:
        self._canary.leaks.append(f"udp {data!r}")


async def _asked(reader: StreamReader) -> Asked:
    """A whole request, its body too."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.splitlines()
    fields: Mapping[str, str] = {
        name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)
    }
    await reader.readexactly(int(fields.get("content-length", "0")))
    return Asked(fields.get("host", ""), first.split(" ")[1].partition("?")[0])
