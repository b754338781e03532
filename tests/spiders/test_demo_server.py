"""The sample market's server: what it serves, and what it remembers of its visitors."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from urllib.error import HTTPError
from urllib.parse import urljoin
from urllib.request import Request, urlopen

import pytest
from parsel import Selector

from spiders.demo.posts import ARBEID, FJORD, NORDLYS, SITES
from spiders.demo.server import Hit, Market, consecutive, start


@pytest.fixture(scope="module")
def market() -> Iterator[Market]:
    with start() as running:
        yield running


def get(url: str) -> str:
    with urlopen(url, timeout=5) as answer:
        return str(answer.read().decode())


def list_urls(market: Market, site: str) -> list[str]:
    home = market.urls[site] + "/"
    url: str | None = urljoin(home, Selector(get(home)).css("main a::attr(href)").get() or "")
    urls: list[str] = []
    while url and len(urls) < 20:
        urls.append(url)
        following = Selector(get(url)).css("a[rel=next]::attr(href)").get()
        url = following and urljoin(url, following)
    return urls


def ad_urls(market: Market, site: str) -> list[str]:
    return [
        urljoin(url, href)
        for url in list_urls(market, site)
        for href in Selector(get(url)).css("a.ad::attr(href)").getall()
    ]


@pytest.mark.parametrize(("site", "lists", "links"), [(NORDLYS, 6, 112), (FJORD, 4, 73), (ARBEID, 6, 104)])
def test_lists_lead_to_every_ad(market: Market, site: str, lists: int, links: int) -> None:
    assert len(list_urls(market, site)) == lists
    assert len(set(ad_urls(market, site))) == links


@pytest.mark.parametrize("site", SITES)
def test_each_list_has_one_dead_and_one_forbidden_link(market: Market, site: str) -> None:
    urls = ad_urls(market, site)
    (dead,) = [url for url in urls if url.endswith("/borte")]
    with pytest.raises(HTTPError, match="404") as caught:
        urlopen(dead, timeout=5)
    caught.value.close()
    assert "Disallow: /intern/" in get(market.urls[site] + "/robots.txt")
    assert [url for url in urls if "/intern/" in url] == [market.urls[site] + "/intern/utkast"]


@pytest.mark.parametrize("site", SITES)
def test_pages_load_nothing_from_elsewhere(market: Market, site: str) -> None:
    for url in ad_urls(market, site)[:5]:
        if not url.endswith("/borte"):
            sources = Selector(get(url)).css("[src]::attr(src), link::attr(href)").getall()
            assert all(source.startswith(("/", "data:")) for source in sources)


def test_number_of_a_drawn_ad_is_not_in_its_page(market: Market) -> None:
    post = next(p for p in market.sample.on(FJORD) if p.phone.written == "field")
    page = get(f"{market.urls[FJORD]}/annonse/{post.ad_id}")
    assert post.phone.shown not in page
    assert post.phone.e164 not in page
    answer = json.loads(get(f"{market.urls[FJORD]}/api/phone/{post.ad_id}"))
    assert answer == {"phone": post.phone.shown, "e164": post.phone.e164}


def test_drawn_ad_without_phone_box_reveals_none(market: Market) -> None:
    post = next(p for p in market.sample.on(FJORD) if p.phone.written == "words")
    assert json.loads(get(f"{market.urls[FJORD]}/api/phone/{post.ad_id}")) == {"phone": None}


def test_job_board_writes_postings_in_four_ways(market: Market) -> None:
    pages = [get(url) for url in ad_urls(market, ARBEID) if "/stilling/a-" in url]
    blocks = [json.loads(found) for page in pages for found in re.findall(r"ld\+json\">(.*?)</script>", page)]
    several = [block for block in blocks if isinstance(block, list)]
    graphs = [block for block in blocks if isinstance(block, dict) and "@graph" in block]
    microdata = [page for page in pages if "itemprop=" in page]
    alone = len(blocks) - len(several) - len(graphs)
    assert sum(map(len, several)) + len(graphs) + alone + len(microdata) == len(market.sample.on(ARBEID))
    assert min(len(several), len(graphs), alone, len(microdata)) >= 5


def test_hits_name_method_path_and_visitor() -> None:
    with start() as market:
        urlopen(Request(market.urls[NORDLYS] + "/annonser?side=2", headers={"User-Agent": "tester"}), timeout=5).close()
        urlopen(Request(market.urls[NORDLYS] + "/", method="HEAD", headers={"User-Agent": "tester"}), timeout=5).close()
    assert market.hits[NORDLYS] == [Hit("GET", "/annonser?side=2", "tester"), Hit("HEAD", "/", "tester")]
    assert market.hits[FJORD] == []


def test_taken_port_is_an_error_and_leaves_nothing_running(market: Market) -> None:
    taken = int(market.urls[NORDLYS].rpartition(":")[2])
    with pytest.raises(OSError, match="in use"):
        start({FJORD: taken})


def test_consecutive_ports() -> None:
    assert consecutive(8801) == {NORDLYS: 8801, FJORD: 8802, ARBEID: 8803}
    assert set(consecutive(0).values()) == {0}
