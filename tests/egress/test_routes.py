"""Nothing but a site's own public hosts is ever contacted, whatever its pages, feeds and names lead to."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from crawler.browser import find_browser
from tests.egress.crawls import SECRET, Walk, internet_walk, loopback_walk
from tests.egress.network import INSIDE, PUBLIC
from tests.egress.routes import ROUTES

pytestmark = [pytest.mark.egress, pytest.mark.slow]

# Nothing of what these name is ever followed, so there is nothing to refuse.
NOT_FOLLOWED = {"redirect-300", "refresh-header", "related", "media", "json-ld", "feed-of-ads"}
NAMES = [route.name for route in ROUTES]
REFUSED = {"foreign_host", "bad_url", "private_address"}
WALKS = {"loopback": loopback_walk, "internet": internet_walk}
Take = Callable[[str], Walk]


@pytest.fixture(scope="session")
def take(tmp_path_factory: pytest.TempPathFactory) -> Take:
    """Takes a walk once."""
    taken: dict[str, Walk] = {}

    def walk(name: str) -> Walk:
        if name not in taken:
            taken[name] = WALKS[name](tmp_path_factory.mktemp("walk"))
        return taken[name]

    return walk


@pytest.mark.parametrize("name", WALKS)
def test_canary_hears_nothing(name: str, take: Take) -> None:
    assert take(name).leaks == []


@pytest.mark.parametrize("name", WALKS)
def test_no_file_is_read(name: str, take: Take) -> None:
    assert SECRET.encode() not in take(name).kept
    hostname = Path("/etc/hostname").read_bytes().strip()
    assert len(hostname) < 6 or hostname not in take(name).kept


@pytest.mark.parametrize("name", WALKS)
def test_crawl_ends_without_a_fault_of_ours(name: str, take: Take) -> None:
    assert "Traceback" not in take(name).err


@pytest.mark.parametrize("route", ROUTES, ids=NAMES)
def test_every_page_that_leads_away_was_read(route: object, take: Take) -> None:
    """Else the crawl would be safe for the wrong reason."""
    pages = set(route.pages(["x"] * len(take("loopback").asked)))  # type: ignore[attr-defined]
    asked = take("loopback").asked[f"{route.name}.example"]  # type: ignore[attr-defined]
    assert pages <= asked


@pytest.mark.parametrize("name", [name for name in NAMES if name not in NOT_FOLLOWED])
def test_what_leads_away_is_named(name: str, take: Take) -> None:
    assert {one.kind for one in take("loopback").events[f"{name}.example"]} & REFUSED
    assert {one.kind for one in take("internet").events[f"at-{name}.example"]} & {"private_address"}


def test_only_the_public_address_is_dialled(take: Take) -> None:
    dialled = {tuple(words[1:]) for words in take("internet").log if words[0] == "dial"}
    assert dialled == {(PUBLIC, "80")}


@pytest.mark.parametrize("name", INSIDE)
def test_site_whose_name_leads_inwards_is_not_contacted(name: str, take: Take) -> None:
    walk = take("internet")
    assert walk.asked[f"{name}.example"] == set()
    assert {one.kind for one in walk.events[f"{name}.example"]} >= {"private_address", "robots"}
    assert ["lookup", f"{name}.example", *INSIDE[name]] in walk.log


def test_name_that_changes_its_answer_is_judged_again(take: Take) -> None:
    walk = take("internet")
    assert walk.asked["rebinding.example"] == {"/robots.txt"}
    assert {one.kind for one in walk.events["rebinding.example"]} == {"private_address"}


@pytest.mark.skipif(not find_browser(), reason="no browser on this machine (see varde doctor)")
def test_browser_has_no_other_way_out(take: Take) -> None:
    walk = take("internet")
    assert walk.asked["browser.example"] >= {"/", "/all", "/popup", "/to-canary"}
    assert "private_address" in {one.kind for one in walk.events["browser.example"]}
