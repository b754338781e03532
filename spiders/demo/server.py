"""The sample market on this machine: one HTTP server a site, on 127.0.0.1 only."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import NamedTuple, Self

import click

from spiders.demo.market import build_sample
from spiders.demo.pages import Reply, not_found, site_pages
from spiders.demo.posts import SITES, Sample

HOST = "127.0.0.1"


class Hit(NamedTuple):
    """One request as the server saw it."""

    method: str
    path: str
    user_agent: str


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, port: int, pages: Mapping[str, Reply], missing: Reply) -> None:
        super().__init__((HOST, port), _Handler)
        self.pages = pages
        self.missing = missing
        self.hits: list[Hit] = []


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "VardeDemo"
    sys_version = ""
    timeout = 30  # seconds an idle connection is kept
    server: _Server

    def do_GET(self) -> None:
        self._answer(body=True)

    def do_HEAD(self) -> None:
        self._answer(body=False)

    def _answer(self, *, body: bool) -> None:
        self.server.hits.append(Hit(self.command, self.path, self.headers.get("User-Agent", "")))
        reply = self.server.pages.get(self.path, self.server.missing)
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.type)
        self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        if body:
            self.wfile.write(reply.body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: hits are kept for whoever asks."""


@dataclass(slots=True)
class Market:
    """The running sites. Use as a context manager, or call `stop`."""

    sample: Sample
    _servers: dict[str, _Server] = field(default_factory=dict)

    @property
    def urls(self) -> dict[str, str]:
        """The root of each site, as `http://127.0.0.1:8801`."""
        return {site: f"http://{HOST}:{server.server_port}" for site, server in self._servers.items()}

    @property
    def hits(self) -> dict[str, list[Hit]]:
        """Every request so far, by site."""
        return {site: server.hits for site, server in self._servers.items()}

    def stop(self) -> None:
        """Close all sites; `urls` and `hits` stay readable."""
        for server in self._servers.values():
            server.shutdown()
            server.server_close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def start(ports: Mapping[str, int] | None = None) -> Market:
    """Serve all sites, each in its thread. Raises OSError when a port is taken; without ports, free ones."""
    market = Market(build_sample())
    try:
        for site in SITES:
            _serve(market, site, (ports or {}).get(site, 0))
    except OSError:
        market.stop()
        raise
    return market


def _serve(market: Market, site: str, port: int) -> None:
    server = _Server(port, site_pages(market.sample, site), not_found(site))
    market._servers[site] = server
    threading.Thread(target=server.serve_forever, args=(0.05,), name=site, daemon=True).start()


def consecutive(first: int) -> dict[str, int]:
    """The sites' ports from `first` on; 0 means free ports."""
    return {site: first + offset if first else 0 for offset, site in enumerate(SITES)}


@click.command()
@click.option(
    "--port", default=8801, show_default=True, help="The first of three consecutive ports; 0 takes free ones."
)
def serve(port: int) -> None:
    """Serve the sample market on this machine until Ctrl-C."""
    with start(consecutive(port)) as market:
        for site, url in market.urls.items():
            click.echo(f"{site:14} {url}")
        try:
            while True:
                time.sleep(1)
        except KeyboardInterrupt:
            click.echo("stopped", err=True)


if __name__ == "__main__":
    serve()
