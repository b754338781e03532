"""Imports of archives and files that name other places: nothing at all may be contacted."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from crawler.imports import REJECTED
from crawler.store import open_store
from tests.egress.crawls import Place, Walk, site_of, write_site
from tests.egress.files import FILES, Warc, Written, is_read, package
from tests.egress.matrix import routes_of
from tests.egress.routes import Route
from tests.egress.servers import Canary, Servers
from tests.egress.spellings import spellings


def import_walk(folder: Path) -> Walk:
    """The pages of every route as WARC and as WACZ, and the files of those that are files, read by `varde import`."""
    place, routes = Place(folder), routes_of("importer")
    canaries: dict[str, Canary] = {}
    with Servers() as servers:
        groups = []
        for number, alike in enumerate(_alike(routes)):
            group = Group(folder / f"{number}")
            for route in alike:
                canaries[route.name] = servers.canary()
                urls = [*spellings(site_of(route), canaries[route.name].port), place.marker(route)]
                group.add(route, urls)
            groups.append(group)
        with ThreadPoolExecutor(2) as pool:
            said = list(pool.map(lambda group: group.read(place), groups))
        leaks = {name: list(canary.leaks) for name, canary in canaries.items()}
    unread = {name: missing for group in groups for name, missing in group.unread().items()}
    calls = sorted(place.called())
    return Walk("\n".join(said), leaks, unread, place.secrets, place.kept(), {}, {}, unnamed=calls)


def _alike(routes: list[Route]) -> list[list[Route]]:
    """The routes whose sites are read alike, so that one import takes them all."""
    groups: dict[tuple[str, str], list[Route]] = {}
    for route in routes:
        groups.setdefault((route.lines, route.tables), []).append(route)
    return list(groups.values())


class Group:
    """The pages of some routes in one WARC and one WACZ, and their other files, imported in one go."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self._folder, self._store = folder, folder.with_suffix(".db")
        self._routes: list[Route] = []
        self._files: dict[str, Written] = {}
        self._warcs = {"pages.warc.gz": Warc(""), "pages.wacz": Warc("")}
        self._pages: dict[str, set[tuple[str, int]]] = {}
        self._reports: dict[str, Mapping[str, Any]] = {}

    def add(self, route: Route, urls: Sequence[str]) -> None:
        site = f"http://{site_of(route)}"
        self._routes.append(route)
        if route.name in FILES:
            self._files[route.name] = FILES[route.name](self._folder, site, urls)
            return
        self._pages[route.name] = places = set()
        for name, warc in self._warcs.items():
            warc.site = site
            for path, answer in route.pages(urls).items():
                if is_read(answer):
                    places.add((name, len(warc.bytes)))
                warc.page(path, answer)

    def read(self, place: Place) -> str:
        """Import all of it; what was said meanwhile."""
        name, first = f"alike-{self._folder.name}.example", self._routes[0]
        hosts = json.dumps([site_of(route) for route in self._routes])
        write_site(place.sites, name, f"http://{site_of(first)}/", lines=f"delay = 1\nhosts = {hosts}\n{first.lines}",
                   tables=first.tables)  # fmt: skip
        plain, packed = (self._folder / file for file in self._warcs)
        plain.write_bytes(self._warcs[plain.name].bytes)
        packed.write_bytes(package({"archive/data.warc.gz": self._warcs[packed.name].bytes}))
        files = [plain, packed, *(written.path for written in self._files.values())]
        done = place.varde("import", *map(str, files), "--site", name, "--sites", str(place.sites), "--store",
                           str(self._store), "--json")  # fmt: skip
        self._reports = {Path(report["file"]).name: report for report in json.loads(done.stdout or "[]")}
        return done.stderr

    def unread(self) -> dict[str, frozenset[str]]:
        """What of each route was not read. An import counts lists, and does not say which they were."""
        found = self._found()
        left = {name: places - found for name, places in self._pages.items()}
        lists = sum(int(self._reports.get(file, {}).get("lists", 0)) for file in self._warcs)
        if sum(map(len, left.values())) == lists:
            left = {name: set() for name in left}
        gone = {name: frozenset(f"{file}:{offset}" for file, offset in places) for name, places in left.items()}
        return gone | {name: self._missing(written, found) for name, written in self._files.items()}

    def _found(self) -> set[tuple[str, int]]:
        """The records, as (file, offset), that gave ads, or that were found to be neither an ad nor a list."""
        db = open_store(self._store, create=False)
        try:
            sources = [str(source).split(":") for (source,) in db.execute("SELECT source FROM sightings")]
        finally:
            db.close()
        found = {(parts[0].removeprefix("import "), int(parts[-1])) for parts in sources}
        for path in self._folder.glob(f"*{REJECTED}"):
            rows = [json.loads(line)["row"] for line in path.read_text().splitlines()]
            found |= {(path.name.removesuffix(REJECTED), row["offset"]) for row in rows}
        return found

    @staticmethod
    def _missing(written: Written, found: set[tuple[str, int]]) -> frozenset[str]:
        read = sum(file == written.path.name for file, _ in found)
        return frozenset() if read == written.pages else frozenset({f"{read} of {written.pages} pages were read"})
