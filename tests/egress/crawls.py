"""Crawls of sites that lead elsewhere: on loopback with canaries on other ports, and on an internet of our own."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crawler.eventlog import LoggedEvent, crawl_events
from crawler.store import open_store
from tests.conftest import clean_environment
from tests.crawler.browser_pages import escape_routes, service_script
from tests.crawler.samples import LEGAL_BASIS
from tests.egress.matrix import routes_of
from tests.egress.network import INSIDE, PUBLIC, SPELLED, TABLE
from tests.egress.redirecting import moved
from tests.egress.routes import AD, LISTING, Fetcher, Pages, Route, ad_paths
from tests.egress.servers import Answer, Answering, Asked, Canary, Servers
from tests.egress.spellings import (
    browser_spellings,
    inner_host,
    internet_spellings,
    is_of,
    spellings,
)

WITH_SETTINGS = Path(__file__).parents[1] / "crawler" / "with_settings.py"
SHOW = "\n[browser]\nlist = true\nad = true\nscreenshot = false\n"
_PATIENCE = 240  # seconds for a whole walk
_SITE = """
name = "{name}"
country = "NO"
kind = "job"
legal_basis = "{basis}"
start = ["{start}"]
contact = "post@varde.example"
{lines}
{tables}
"""
# What every Python process of a walk asks the system for, a line each: the canaries cannot hear all of it.
_WATCH = """
import os, sys
def watch(event, args):
    if event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.connect", "socket.sendto", "socket.sendmsg"):
        said = args[-1] if event.startswith(("socket.connect", "socket.send")) else args[:2]
        with open({path!r}, "a") as log:
            log.write(event + " " + " ".join(map(str, said if isinstance(said, tuple) else (said,))) + chr(10))
sys.addaudithook(watch)
"""


@dataclass(frozen=True, slots=True)
class Walk:
    """Finished crawls, or imports, of all routes. By route: `leaks`, what canaries heard of it, `unread`, the pages
    of it that nobody read, and `secrets`, what stands in the file that it tried to have read.

    By site: `asked`, the paths it was asked for, and `events`. `log` is what the resolver and sockets of the tests
    were asked; `unnamed` what canaries heard, or the system was asked for, that names no route.
    """

    err: str
    leaks: Mapping[str, Sequence[str]]
    unread: Mapping[str, frozenset[str]]
    secrets: Mapping[str, bytes]
    kept: bytes
    asked: Mapping[str, set[str]]
    events: Mapping[str, tuple[LoggedEvent, ...]]
    log: Sequence[Sequence[str]] = ()
    unnamed: Sequence[str] = ()


def site_of(route: Route) -> str:
    """The name of its site, and of its host where it has one."""
    return f"at-{route.name}.example"


def write_site(sites: Path, name: str, start: str, *, lines: str, tables: str) -> None:
    text = _SITE.format(name=name, start=start, basis=LEGAL_BASIS, lines=lines, tables=tables)
    (sites / f"{name}.toml").write_text(text)


class Place:
    """Where a walk happens: a folder with site files, and files of which nothing may be read."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.sites, self.calls = folder, folder / "sites", folder / "calls"
        self.secrets: dict[str, bytes] = {}
        self._hook, self._markers = folder / "hook", folder / "markers"
        for each in (self.sites, self._hook, self._markers):
            each.mkdir()
        for each in (folder, self._markers):
            each.chmod(0o755)  # else a browser that runs as another user could not read them in any case
        (self._hook / "sitecustomize.py").write_text(_WATCH.format(path=str(self.calls)))
        self.calls.touch()

    def marker(self, route: Route) -> str:
        """The URL of a file that looks like an ad, and like what any XML names as its parts."""
        secret = f"what-lies-in-the-file-of-{route.name}."
        self.secrets[route.name] = secret.encode()
        path = self._markers / f"{len(self.secrets)}.html"
        path.write_text(f"{secret}<p class='id'>1</p><p class='text'>{secret}</p>")
        path.chmod(0o644)
        return path.as_uri()

    def varde(self, *arguments: str, settings: Sequence[str] = (), **more: str) -> subprocess.CompletedProcess[str]:
        path = os.pathsep.join([str(self._hook), *filter(None, sys.path)])
        more |= {"PYTHONPATH": path}
        command = [sys.executable, str(WITH_SETTINGS), *settings, "--", *arguments]
        return subprocess.run(
            command, cwd=self.folder, env=clean_environment(**more), capture_output=True, text=True,
            timeout=_PATIENCE, check=False,
        )  # fmt: skip

    def crawl(self, *settings: str, **more: str) -> str:
        """What it said beside its report."""
        return self.varde("crawl", "--all", "--sites", str(self.sites), "--json", settings=settings, **more).stderr

    def called(self) -> frozenset[str]:
        return frozenset(self.calls.read_text().splitlines())

    def kept(self) -> bytes:
        """All that stands in stores, archives unpacked, and files of what was rejected."""
        archives = [gzip.decompress(path.read_bytes()) for path in self.folder.glob("*.db.captures/*.gz")]
        files = [path for name in ("*.db*", "*/*.rejected.jsonl") for path in self.folder.glob(name) if path.is_file()]
        return b"".join([*archives, *(path.read_bytes() for path in files)])

    def events(self) -> dict[str, tuple[LoggedEvent, ...]]:
        db = open_store(self.folder / "varde.db", create=False)
        try:
            crawls = db.execute("SELECT id, site FROM crawls").fetchall()
            return {site: tuple(crawl_events(db, number)) for number, site in crawls}
        finally:
            db.close()


def client_walk(folder: Path) -> Walk:
    """Every route with every spelling of this machine's addresses, from sites on ports of 127.0.0.1."""
    return _on_loopback(folder, "client", spellings, "")


def browser_walk(folder: Path) -> Walk:
    """Every route of pages, shown by a browser: lists and ads."""
    return _on_loopback(folder, "browser", browser_spellings, SHOW)


def _on_loopback(folder: Path, fetcher: Fetcher, spelled: Callable[[str, int], list[str]], tables: str) -> Walk:
    """A port for each site, and one for each canary: whoever comes to it names the route."""
    place, routes = Place(folder), routes_of(fetcher)
    canaries: dict[str, Canary] = {}
    pages: dict[str, Pages] = {}
    asked: dict[str, set[str]] = {site_of(route): set() for route in routes}
    allowed: set[str] = set()
    with Servers() as servers:
        for route in routes:
            canaries[route.name] = servers.canary()
            pages[route.name] = {}
            own = servers.site(_answering(pages[route.name], asked[site_of(route)]))
            allowed |= {f"socket.{what} 127.0.0.1 {own}" for what in ("connect", "getaddrinfo")}
            pages[route.name] |= route.pages(
                [*spelled(f"127.0.0.1:{own}", canaries[route.name].port), place.marker(route)]
            )
            write_site(place.sites, site_of(route), f"http://127.0.0.1:{own}{route.start}",
                       lines=f"delay = 0\nloopback = true\n{route.lines}", tables=route.tables + tables)  # fmt: skip
        err = place.crawl("BROWSER_PAGE_TIMEOUT=15")
        leaks = {name: list(canary.leaks) for name, canary in canaries.items()}
    return Walk(
        err, leaks, {route.name: _unread(route, pages[route.name], asked, fetcher) for route in routes}, place.secrets,
        place.kept(), asked, place.events(), unnamed=sorted(place.called() - allowed),
    )  # fmt: skip


def _answering(pages: Pages, asked: set[str]) -> Answering:
    def answer(hit: Asked) -> Answer | None:
        asked.add(hit.path)
        return pages.get(hit.path)

    return answer


def _unread(route: Route, pages: Pages, asked: Mapping[str, set[str]], fetcher: Fetcher) -> frozenset[str]:
    wanted = {"page", "part"} if fetcher == "browser" else {"page"}
    return frozenset(path for path, page in pages.items() if page.role in wanted) - asked[site_of(route)]


def internet_walk(folder: Path) -> Walk:
    """Sites on a public address whose names, or names in their site files, lead inwards."""
    place, routes = Place(folder), routes_of("internet")
    names: dict[str, Any] = {f"{name}.example": [answer] for name, answer in INSIDE.items()}
    names["rebinding.example"] = [[PUBLIC], ["127.0.0.1"]]
    starts = {name: name for name in names} | {f"{name}.example": host for name, host in SPELLED.items()}
    for name, host in starts.items():
        write_site(place.sites, name, f"http://{host}/", lines="delay = 1", tables=LISTING + AD)
    hosts: dict[str, Pages] = {"rebinding.example": ad_paths({})}
    for route in routes:
        host, inner = site_of(route), inner_host(route.name)
        answers = [[PUBLIC], ["127.0.0.1"]]  # robots.txt can be had, else the crawl would end there
        names |= {host: [[PUBLIC]], inner: answers[1:] if route.group == "robots" else answers}
        hosts[host] = route.pages([*internet_spellings(route.name), place.marker(route)])
        write_site(place.sites, host, f"http://{host}{route.start}", lines=f"{_careless(inner)}\n{route.lines}",
                   tables=route.tables)  # fmt: skip
    inner = inner_host("browser")
    names |= {"browser.example": [[PUBLIC]], inner: [["127.0.0.1"]]}
    hosts["browser.example"] = browser_pages(inner)
    write_site(place.sites, "browser.example", "http://browser.example/", lines=_careless(inner),
               tables=LISTING + AD + "\n[browser]\nad = true\nscreenshot = false\n")  # fmt: skip
    return _on_internet(place, routes, names, hosts)


def _careless(inner: str) -> str:
    """Lines of a site file that calls an inner host the site's own."""
    return f'delay = 1\nhosts = ["{inner}"]'


def browser_pages(canary: str) -> Pages:
    """The ways out of a rendered page, those that stay on it all on one."""
    found = escape_routes(canary)
    leaving = ("/meta-refresh", "/location", "/popup", "/form", "/download", "/file-location", "/javascript")
    ads = {path: Answer(found[path].encode()) for path in leaving}
    ads["/all"] = Answer("".join(page for path, page in found.items() if path not in leaving).encode())
    others = {
        "/to-canary": moved(302, f"http://{canary}/redirected"),
        "/service.js": Answer(service_script(canary).encode(), kind="text/javascript"),
    }
    return ad_paths(ads) | others


def _on_internet(place: Place, routes: Sequence[Route], names: Mapping[str, Any], hosts: Mapping[str, Pages]) -> Walk:
    asked: dict[str, set[str]] = {name: set() for name in names}

    def answered(hit: Asked) -> Answer | None:
        asked.setdefault(hit.host, set()).add(hit.path)
        return hosts.get(hit.host, {}).get(hit.path)

    log = place.folder / "log"
    with Servers() as servers:
        canary = servers.canary()
        table = {"names": names, "log": str(log), "site": servers.site(answered), "canary": canary.port}
        err = place.crawl(
            'NETWORK="tests.egress.network:FakeNetwork"', "BROWSER_PAGE_TIMEOUT=15", "AUTOTHROTTLE_ENABLED=false",
            **{TABLE: json.dumps(table)},
        )  # fmt: skip
        heard = list(canary.leaks)
    leaks = {route.name: [leak for leak in heard if is_of(route.name, leak)] for route in routes}
    return Walk(
        err, leaks, {route.name: _unread(route, hosts[site_of(route)], asked, "internet") for route in routes},
        place.secrets, place.kept(), asked, place.events(), [line.split(" ") for line in log.read_text().splitlines()],
        [leak for leak in heard if not any(leak in named for named in leaks.values())],
    )  # fmt: skip
