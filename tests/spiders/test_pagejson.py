"""Lists from a page's own JSON, and what is said where it is not as the site file says."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from crawler.document import Document
from crawler.pages import PageLink
from crawler.sites import Site
from spiders.listing import read
from tests.crawler.samples import make_site

URL = "http://127.0.0.1:9/list"
NOW = datetime(2026, 5, 1, tzinfo=UTC)


def by(**rules: str) -> Site:
    tables = "[json]\n" + "\n".join(f'{key} = "{value}"' for key, value in rules.items())
    return make_site(tables=tables).model_copy(update={"listing": None})


def listed(body: str, site: Site, kind: str = "text/html") -> tuple[tuple[PageLink, ...], str]:
    found = read(Document(URL, "list", kind, body.encode()), site, seen_at=NOW)
    return found.links, found.fault


LINKS = (PageLink("http://127.0.0.1:9/ad/1", "ad"), PageLink("http://127.0.0.1:9/ad/2", "ad"))
DATA = '{"ads": [{"url": "/ad/1"}, {"url": "/ad/2"}], "next": "/list?p=2"}'


def test_script_of_the_page_names_ads_and_next() -> None:
    site = by(script="script#data", ads="ads[].url", next="next")
    found = listed(f"<script id=data type=application/json>{DATA}</script>", site)
    assert found == ((*LINKS, PageLink("http://127.0.0.1:9/list?p=2", "list")), "")


def test_page_that_is_json_itself() -> None:
    assert listed(DATA, by(ads="ads[].url", next="after"), "application/json") == (LINKS, "")


FAULTS = {
    "no script": ({"script": "#data", "ads": "ads"}, "<p>", "[json] no script: '#data' finds nothing"),
    "no JSON": ({"script": "script", "ads": "ads"}, "<script>var x</script>", "[json] what 'script' holds is no JSON"),
    "too deep": ({"ads": "ads"}, "[" * 200_000, "[json] what the page holds is nested too deep"),
    "nothing": ({"ads": "posts[].url"}, DATA, "[json] 'posts[].url' finds nothing"),
    "no URLs": ({"ads": "ads"}, DATA, "[json] 'ads' gives dict; it takes URLs"),
    "broken rule": ({"ads": "ads[?"}, DATA, "[json] 'ads[?' cannot be used"),
}


@pytest.mark.parametrize(("rules", "body", "fault"), FAULTS.values(), ids=FAULTS)
def test_what_is_not_as_told_is_a_fault(rules: dict[str, str], body: str, fault: str) -> None:
    links, found = listed(body, by(**rules))
    assert links == ()
    assert found.startswith(fault)
