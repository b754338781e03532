"""Crawls of sites that lead elsewhere: on loopback with canaries on other ports, and on an internet of our own."""

from __future__ import annotations

import gzip
import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crawler.eventlog import LoggedEvent, crawl_events
from crawler.store import open_store
from tests.conftest import clean_environment
from tests.crawler.browser_pages import Canary, escape_routes, service_script
from tests.crawler.samples import LEGAL_BASIS
from tests.crawler.server import Answer, Hit, LoopbackServer
from tests.egress.network import INSIDE, PUBLIC, TABLE
from tests.egress.routes import ROUTES, Pages, Route, ad_paths, spellings

WITH_SETTINGS = Path(__file__).parents[1] / "crawler" / "with_settings.py"
SECRET = "what-lies-in-the-file"
_LISTING = """
[list]
ads = "a.ad::attr(href)"
next = "a.next::attr(href)"

[ad]
ad_id = ".id::text"
text = ".text::text"
"""
_SITE = """
name = "{name}"
country = "NO"
kind = "job"
legal_basis = "{basis}"
start = ["{start}"]
contact = "post@varde.example"
{extra}
{tables}
"""


@dataclass(frozen=True, slots=True)
class Walk:
    """A finished crawl of all sites. `leaks` is what the canaries heard; `log` what the resolver and sockets were
    asked; `asked` the paths that each site was asked for.
    """

    code: int
    err: str
    leaks: list[str]
    log: list[list[str]]
    asked: Mapping[str, set[str]]
    events: Mapping[str, tuple[LoggedEvent, ...]]
    kept: bytes


def write(sites: Path, name: str, start: str, *, extra: str, tables: str) -> None:
    text = _SITE.format(name=name, start=start, basis=LEGAL_BASIS, extra=extra, tables=tables)
    (sites / f"{name}.toml").write_text(text)


def write_route(sites: Path, route: Route, name: str, start: str, lines: str) -> None:
    tables = _LISTING if route.is_listing else route.tables
    write(sites, name, start, extra=f"{lines}\n{route.extra}", tables=tables)


def crawl(folder: Path, sites: Path, *settings: str, **environment: str) -> subprocess.CompletedProcess[str]:
    more = {"PYTHONPATH": os.pathsep.join(sys.path)} | environment
    command = [sys.executable, str(WITH_SETTINGS), *settings, "--", "crawl", "--all", "--sites", str(sites), "--json"]
    return subprocess.run(
        command, cwd=folder, env=clean_environment(**more), capture_output=True, text=True, timeout=200, check=False
    )


def loopback_walk(folder: Path) -> Walk:
    """Every route with every spelling of this machine's addresses, from sites on ports of 127.0.0.1."""
    sites = _folder(folder)
    marker = _marker(folder)
    with Canary() as canary, ExitStack() as stack:
        sixth = stack.enter_context(listening_v6(int(canary.netloc.rpartition(":")[2]), canary.leaks))
        servers = {}
        for route in (*ROUTES, *_robots_routes()):
            server = stack.enter_context(LoopbackServer({}))
            port = int(canary.netloc.rpartition(":")[2])
            urls = [*spellings(server.netloc, port), marker.as_uri()]
            server.routes = route.pages([f"{url}{'' if '#' in url else '#'}" for url in urls])
            servers[f"{route.name}.example"] = server
            write_route(sites, route, f"{route.name}.example", f"{server.url}/", "delay = 0\nloopback = true")
        done = crawl(folder, sites)
        del sixth
        leaks = list(canary.leaks)
        asked = {name: set(server.paths()) for name, server in servers.items()}
    return _read(folder, done, leaks, [], asked)


def internet_walk(folder: Path) -> Walk:
    """Sites on a public address whose names, or names in their site files, lead inwards."""
    sites = _folder(folder)
    marker = _marker(folder)
    names = {f"{name}.example": [answer] for name, answer in INSIDE.items()}
    names |= {"inside.example": [["127.0.0.1"]], "rebinding.example": [[PUBLIC], ["127.0.0.1"]]}
    hosts: dict[str, Pages] = {"rebinding.example": ad_paths({})}
    for name in names:
        if name != "inside.example":
            write(sites, name, f"http://{name}/", extra="delay = 1", tables=_LISTING)
    own = 'delay = 1\nhosts = ["inside.example", "2130706433", "169.254.169.254", "100.64.0.1", "0x7f.1"]'
    urls = [
        "http://inside.example/", "http://2130706433/", "http://169.254.169.254/latest/meta-data/", "//0x7f.1/",
        "http://100.64.0.1/", "http://127.0.0.1/", "http://inside.example:22/", marker.as_uri(),
    ]  # fmt: skip
    for route in ROUTES:
        host = f"at-{route.name}.example"
        names[host], hosts[host] = [[PUBLIC]], route.pages(urls)
        write_route(sites, route, host, f"http://{host}/", own)
    names["browser.example"], hosts["browser.example"] = [[PUBLIC]], browser_pages("inside.example")
    browser = _LISTING + "\n[browser]\nad = true\nscreenshot = false\n"
    write(sites, "browser.example", "http://browser.example/", extra=own, tables=browser)
    return _on_internet(folder, sites, names, hosts)


def browser_pages(canary: str) -> Pages:
    """The ways out of a rendered page, those that stay on it all on one."""
    found = escape_routes(canary)
    leaving = ("/meta-refresh", "/location", "/popup", "/form", "/download", "/file-location", "/javascript")
    ads = {path: Answer(found[path].encode()) for path in leaving}
    ads["/all"] = Answer("".join(page for path, page in found.items() if path not in leaving).encode())
    others = {
        "/to-canary": Answer(status=302, headers={"Location": f"http://{canary}/redirected"}),
        "/service.js": Answer(service_script(canary).encode(), kind="text/javascript"),
    }
    return ad_paths(ads) | others


def _on_internet(folder: Path, sites: Path, names: Mapping[str, Any], hosts: Mapping[str, Pages]) -> Walk:
    asked: dict[str, set[str]] = {name: set() for name in names}

    def answered(hit: Hit) -> Answer | None:
        host = hit.headers["Host"]
        asked.setdefault(host, set()).add(hit.path)
        return hosts.get(host, {}).get(hit.path)

    with Canary() as canary, LoopbackServer(lambda _: answered) as server:  # type: ignore[arg-type, return-value]
        table = {
            "names": names, "log": str(folder / "log"), "site": int(server.netloc.rpartition(":")[2]),
            "canary": int(canary.netloc.rpartition(":")[2]),
        }  # fmt: skip
        done = crawl(
            folder, sites, 'NETWORK="tests.egress.network:FakeNetwork"', "BROWSER_PAGE_TIMEOUT=15",
            **{TABLE: json.dumps(table)},
        )  # fmt: skip
        leaks = list(canary.leaks)
    log = [line.split(" ") for line in (folder / "log").read_text().splitlines()]
    return _read(folder, done, leaks, log, asked)


def _robots_routes() -> Iterator[Route]:
    """A robots.txt that is elsewhere, and one that names a sitemap elsewhere."""

    def redirected(number: int) -> Callable[[Any], Pages]:
        return lambda urls: {"/robots.txt": Answer(status=302, headers={"Location": urls[number].rstrip("#")})}

    for number in (0, 4, 14, 25, -1):
        yield Route(f"robots-{number % 100}", redirected(number))
    yield Route("robots-sitemap", lambda urls: ad_paths({}) | {"/robots.txt": Answer(
        "".join(f"Sitemap: {url.strip()}\n" for url in urls).encode(), kind="text/plain")})  # fmt: skip


def listening_v6(port: int, leaks: list[str]) -> ExitStack:
    """A canary on ::1, where this machine has it, in a `with` block."""
    stack = ExitStack()
    with suppress(OSError):
        listener = stack.enter_context(socket.create_server(("::1", port), family=socket.AF_INET6))
        stack.callback(listener.shutdown, socket.SHUT_RDWR)

        def listen() -> None:
            with suppress(OSError):
                while True:
                    listener.accept()[0].close()
                    leaks.append("tcp connection on ::1")

        threading.Thread(target=listen, daemon=True).start()
    return stack


def _folder(folder: Path) -> Path:
    sites = folder / "sites"
    sites.mkdir()
    return sites


def _marker(folder: Path) -> Path:
    marker = folder / "marker"
    marker.write_text(f"<p class=id>1</p><p class=text>{SECRET}</p>")
    return marker


def _read(
    folder: Path, done: subprocess.CompletedProcess[str], leaks: list[str], log: list[list[str]],
    asked: Mapping[str, set[str]],
) -> Walk:  # fmt: skip
    db = open_store(folder / "varde.db", create=False)
    try:
        crawls = db.execute("SELECT id, site FROM crawls").fetchall()
        events = {site: tuple(crawl_events(db, number)) for number, site in crawls}
    finally:
        db.close()
    archives = [gzip.decompress(path.read_bytes()) for path in (folder / "varde.db.captures").glob("*.gz")]
    kept = b"".join([*archives, *(path.read_bytes() for path in folder.glob("varde.db*") if path.is_file())])
    return Walk(done.returncode, done.stderr, leaks, log, asked, events, kept)
