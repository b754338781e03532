"""Nothing but a site's own public hosts is ever contacted, whatever its pages, feeds and names lead to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from crawler.browser import find_browser
from tests.egress.crawls import Walk, browser_walk, client_walk, internet_walk, site_of
from tests.egress.imports import import_walk
from tests.egress.matrix import CELLS, FETCHERS, NO_CELL, ROUTES, Cell
from tests.egress.network import INSIDE, PUBLIC, SPELLED
from tests.egress.routes import Fetcher

pytestmark = [pytest.mark.egress, pytest.mark.slow]

REFUSED = {"foreign_host", "bad_url", "private_address", "browser_denied"}
WALKS: dict[Fetcher, Callable[[Path], Walk]] = {
    "browser": browser_walk, "internet": internet_walk, "client": client_walk, "importer": import_walk,
}  # fmt: skip
Take = Callable[[Fetcher], Walk]


@pytest.fixture(scope="session")
def take() -> Iterator[Take]:
    """Takes each walk once, and all of them side by side: most of their time they wait."""
    with TemporaryDirectory(prefix="varde-egress-") as name, ThreadPoolExecutor(len(WALKS)) as pool:
        taken: dict[Fetcher, Future[Walk]] = {}
        for fetcher, walk in WALKS.items():
            if fetcher != "browser" or find_browser():
                folder = Path(name, fetcher)
                folder.mkdir()
                taken[fetcher] = pool.submit(walk, folder)
        Path(name).chmod(0o755)

        def wait_for(fetcher: Fetcher) -> Walk:
            if fetcher not in taken:
                pytest.skip("no browser on this machine (see varde doctor)")
            return taken[fetcher].result()

        yield wait_for


def test_matrix_is_whole() -> None:
    names = [route.name for route in ROUTES]
    assert len(names) == len(set(names)) >= 40
    groups = {route.group for route in ROUTES}
    assert {(group, fetcher) for group in groups for fetcher in FETCHERS} >= set(NO_CELL)
    there = {(cell.route.name, cell.fetcher) for cell in CELLS}
    for route in ROUTES:
        for fetcher in FETCHERS:
            assert ((route.name, fetcher) in there) != bool(NO_CELL.get((route.group, fetcher)))


@pytest.mark.parametrize("cell", CELLS, ids=str)
def test_route(cell: Cell, take: Take) -> None:
    """No byte to a canary, none of a file; the pages were read, else it would be safe for the wrong reason; and what
    was refused has a name.
    """
    walk, route = take(cell.fetcher), cell.route
    assert walk.leaks[route.name] == []
    assert walk.secrets[route.name] not in walk.kept
    assert walk.unread[route.name] == frozenset()
    if cell.fetcher in route.followed:
        is_inner = cell.fetcher == "internet" and route.group != "robots"
        kinds = {one.kind for one in walk.events[site_of(route)]}
        assert kinds & ({"private_address"} if is_inner else REFUSED)


@pytest.mark.parametrize("fetcher", FETCHERS)
def test_nothing_is_heard_that_names_no_route(fetcher: Fetcher, take: Take) -> None:
    assert take(fetcher).unnamed == []


@pytest.mark.parametrize("fetcher", FETCHERS)
def test_no_file_of_the_machine_is_read(fetcher: Fetcher, take: Take) -> None:
    hostname = Path("/etc/hostname").read_bytes().strip()
    assert len(hostname) < 6 or hostname not in take(fetcher).kept


@pytest.mark.parametrize("fetcher", FETCHERS)
def test_walk_ends_without_a_fault_of_ours(fetcher: Fetcher, take: Take) -> None:
    assert "Traceback" not in take(fetcher).err


def test_only_the_public_address_is_dialled(take: Take) -> None:
    dialled = {tuple(words[1:]) for words in take("internet").log if words[0] == "dial"}
    assert dialled == {(PUBLIC, "80")}


@pytest.mark.parametrize("name", INSIDE)
def test_site_whose_name_leads_inwards_is_not_contacted(name: str, take: Take) -> None:
    walk = take("internet")
    assert walk.asked[f"{name}.example"] == set()
    assert {one.kind for one in walk.events[f"{name}.example"]} >= {"private_address", "robots"}
    assert ["lookup", f"{name}.example", *INSIDE[name]] in walk.log


@pytest.mark.parametrize("name", SPELLED)
def test_site_at_an_inner_address_is_not_contacted(name: str, take: Take) -> None:
    assert {one.kind for one in take("internet").events[f"{name}.example"]} >= {"private_address", "robots"}


def test_name_that_changes_its_answer_is_judged_again(take: Take) -> None:
    walk = take("internet")
    assert walk.asked["rebinding.example"] == {"/robots.txt"}
    assert {one.kind for one in walk.events["rebinding.example"]} == {"private_address"}


@pytest.mark.skipif(not find_browser(), reason="no browser on this machine (see varde doctor)")
def test_browser_has_no_other_way_out(take: Take) -> None:
    walk = take("internet")
    assert walk.asked["browser.example"] >= {"/", "/all", "/popup", "/to-canary"}
    assert "private_address" in {one.kind for one in walk.events["browser.example"]}
