"""Renders pages in a browser of a process of its own, from the crawl's side of the wall."""

from __future__ import annotations

import asyncio
import os
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from crawler.browser import browser_folder, launch_way
from crawler.errors import VardeError
from crawler.events import EventKind
from crawler.exchange import Exchange, Rendering, Tls
from crawler.pages import PageKind
from crawler.sites import BrowserRules
from crawler.workers import Message, WorkerError, Workers

START = "start"  # in a message: the browser is only to be started
_STARTING = 60.0  # seconds for that
PARENT = "VARDE_RENDERING_FOR"  # the process whose end ends the worker and its browser


class RenderFault(VardeError):
    """A page could not be rendered. `kind` names the security event, `denied` what the page tried to reach."""

    def __init__(self, kind: EventKind, message: str, denied: tuple[tuple[str, str], ...] = ()) -> None:
        super().__init__(message)
        self.kind: EventKind = kind
        self.denied = denied


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One page to render, as the worker is told of it. `wall` is the seconds it has in all."""

    executable: str
    user: str
    sandbox: bool
    network: str
    wall: float
    url: str
    kind: PageKind
    rules: BrowserRules
    netlocs: frozenset[str]
    loopback: bool
    user_agent: str
    language: str


class Renderer:
    """At most `size` browsers, each showing one page at a time and used again for the next.

    A page that takes longer than `wall` seconds, or more than `memory` bytes with its browser, is ended
    with everything that was started for it. `network` names a crawler.egress.Network.
    """

    def __init__(
        self,
        executable: str,
        *,
        size: int = 1,
        network: str = "crawler.egress:Network",
        wall: float = 60.0,
        memory: int = 1_500_000_000,
    ) -> None:
        self._executable, self._network, self._wall = executable, network, wall
        self._folder = browser_folder()
        self._is_warm = False  # a browser is there, so that none of a page's time goes into starting it
        environment = {"TMPDIR": self._folder.name, PARENT: str(os.getpid())}
        self._workers = Workers("crawler.rendering", size=size, memory=memory, environment=environment)

    async def render(
        self,
        url: str,
        *,
        kind: PageKind,
        rules: BrowserRules,
        netlocs: frozenset[str],
        loopback: bool,
        user_agent: str,
        language: str = "nb-NO",
    ) -> Rendering:
        """What a browser makes of the page at `url`. Raises RenderFault."""
        way = await asyncio.to_thread(launch_way, self._executable)
        task = Task(
            executable=self._executable, user=way.user, sandbox=way.sandbox, network=self._network, wall=self._wall,
            url=url, kind=kind, rules=rules, netlocs=netlocs, loopback=loopback, user_agent=user_agent,
            language=language,
        )  # fmt: skip
        try:
            if not self._is_warm:
                await self._workers.ask(pack_task(task) | {START: True}, patience=_STARTING)
            self._is_warm = True
            answer, blob = await self._workers.ask(pack_task(task), patience=self._wall)
        except WorkerError as error:
            self._is_warm = False
            raise RenderFault("browser_killed", f"browser page {error}") from error
        if fault := answer.get("fault"):
            raise RenderFault(fault["kind"], fault["message"], _pairs(fault["denied"]))
        return unpack_rendering(answer, blob)

    async def close(self) -> None:
        """End every browser and remove what they left."""
        await self._workers.close()
        self._folder.cleanup()

    def end(self) -> None:
        """End the workers without a loop to wait in."""
        self._workers.end()
        self._folder.cleanup()


def pack_task(task: Task) -> Message:
    plain = {name: getattr(task, name) for name in Task.__slots__}
    return plain | {"rules": task.rules.model_dump(), "netlocs": sorted(task.netlocs)}


def unpack_task(message: Message) -> Task:
    rules = BrowserRules.model_validate(message["rules"])
    return Task(**message | {"rules": rules, "netlocs": frozenset(message["netlocs"])})


def pack_fault(fault: RenderFault) -> Message:
    return {"fault": {"kind": fault.kind, "message": str(fault), "denied": fault.denied}}


def pack_rendering(rendering: Rendering) -> tuple[Message, bytes]:
    """A rendering as a message whose blob holds all its bytes, one field behind the other."""
    message: Message = {
        "url": rendering.url,
        "rendered_at": rendering.rendered_at.isoformat(),
        "denied": rendering.denied,
        "exchange": None,
    }
    parts = [rendering.html, rendering.screenshot]
    if exchange := rendering.exchange:
        parts += [exchange.request, exchange.head, exchange.body]
        message["exchange"] = {
            "url": exchange.url,
            "sent_at": exchange.sent_at.isoformat(),
            "address": exchange.address,
            "status": exchange.status,
            "headers": [[part.decode("latin-1") for part in pair] for pair in exchange.headers],
            "tls": exchange.tls and {**asdict(exchange.tls), "chain": []},
        }
    return message | {"sizes": [len(part) for part in parts]}, b"".join(parts)


def unpack_rendering(message: Message, blob: bytes) -> Rendering:
    parts, start = [], 0
    for size in message["sizes"]:
        parts.append(blob[start : start + size])
        start += size
    return Rendering(
        url=message["url"],
        rendered_at=datetime.fromisoformat(message["rendered_at"]),
        exchange=_unpack_exchange(message["exchange"], parts[2:]) if message["exchange"] else None,
        html=parts[0],
        screenshot=parts[1],
        denied=_pairs(message["denied"]),
    )


def _unpack_exchange(fields: dict[str, Any], parts: list[bytes]) -> Exchange:
    request, head, body = parts
    tls = fields["tls"] and Tls(version=fields["tls"]["version"], cipher=fields["tls"]["cipher"], chain=())
    return Exchange(
        url=fields["url"],
        sent_at=datetime.fromisoformat(fields["sent_at"]),
        address=fields["address"],
        status=fields["status"],
        request=request,
        head=head,
        wire=body,
        body=body,
        headers=tuple((name.encode("latin-1"), value.encode("latin-1")) for name, value in fields["headers"]),
        tls=tls or None,
    )


def _pairs(rows: list[list[str]]) -> tuple[tuple[str, str], ...]:
    return tuple((kind, what) for kind, what in rows)
