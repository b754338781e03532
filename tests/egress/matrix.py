"""The matrix: every route, by every way of fetching. A cell that there is not has its reason here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import get_args

from tests.egress import feeding, files, redirecting, showing
from tests.egress.routes import Fetcher, Group, Route

ROUTES: tuple[Route, ...] = (*redirecting.ROUTES, *showing.ROUTES, *feeding.ROUTES, *files.ROUTES)
# "client": our own client on loopback, "internet": the same on an internet of the tests, "browser": pages are shown,
# "importer": the pages of an archive, or rows of a file, are read.
FETCHERS: tuple[Fetcher, ...] = get_args(Fetcher)
_NO_ROW = "a server does not send it: only a file that is imported leads this way"
NO_CELL: Mapping[tuple[Group, Fetcher], str] = {
    ("wire", "importer"): "an archive keeps the answer to a request, not what came ahead of it or took its place",
    ("feed", "browser"): "XML and JSON are data, not pages: there is nothing to show",
    ("robots", "browser"): "robots.txt is asked for by our own client also where pages are shown by a browser",
    ("robots", "importer"): "pages in an archive were fetched already: no robots.txt is asked for, or read",
    ("file", "client"): _NO_ROW,
    ("file", "internet"): _NO_ROW,
    ("file", "browser"): _NO_ROW,
}


@dataclass(frozen=True, slots=True)
class Cell:
    route: Route
    fetcher: Fetcher

    def __str__(self) -> str:
        return f"{self.route.name}-{self.fetcher}"


def routes_of(fetcher: Fetcher) -> list[Route]:
    return [route for route in ROUTES if (route.group, fetcher) not in NO_CELL]


CELLS = [Cell(route, fetcher) for fetcher in FETCHERS for route in routes_of(fetcher)]
