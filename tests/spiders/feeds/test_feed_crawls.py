"""`varde crawl` over every family of feeds: first crawl, a second where nothing is new, and ads that are taken back."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from crawler.store import ad_rows, observation_ids, observations, open_store
from tests.conftest import Varde
from tests.crawler.samples import ad_page
from tests.spiders.feeds.servers import EURES, Asked, Eures, FeedServer, JobStream, Nav, Reply, eures_vacancy, nav_id

SITE = """
name = "feed"
country = "NO"
kind = "job"
spider = "{spider}"
legal_basis = "Test on this machine only"
start = ["{start}"]
delay = 0
loopback = true
max_depth = 1000
{more}
"""


@pytest.fixture
def crawl(varde: Varde, tmp_path: Path) -> Callable[..., None]:
    """Writes the site file and crawls it, to its end."""

    def run(spider: str, start: str, more: str = "", **environment: str) -> None:
        (tmp_path / "sites").mkdir(exist_ok=True)
        (tmp_path / "sites" / "feed.toml").write_text(SITE.format(spider=spider, start=start, more=more))
        done = varde("crawl", "feed", "--sites", tmp_path / "sites", **environment)
        assert done.returncode == 0, done.stderr

    return run


def stored(folder: Path) -> dict[str, dict[str, Any]]:
    """The newest document of each ad, by id."""
    db = open_store(folder / "varde.db", create=False)
    try:
        return {item.ad_id: item.document for item in observations(db, observation_ids(db))}
    finally:
        db.close()


def sighted(folder: Path) -> dict[str, tuple[str, int]]:
    """When each ad was seen last, and how many versions of it there are."""
    db = open_store(folder / "varde.db", create=False)
    try:
        return {ad.ad_id: (ad.last_seen, ad.observations) for ad in ad_rows(db)}
    finally:
        db.close()


def gone(folder: Path) -> set[str]:
    db = open_store(folder / "varde.db", create=False)
    try:
        return {row[0] for row in db.execute("SELECT ad_id FROM ads WHERE gone_at IS NOT NULL")}
    finally:
        db.close()


@pytest.mark.slow
def test_nav(crawl: Callable[..., None], tmp_path: Path) -> None:
    feed = Nav()
    for number in range(5):
        feed.publish(number)
    with FeedServer(feed.answer) as server:
        start, more = f"{server.url}/api/v1/feed", '[feed]\ntoken_env = "FEED_TOKEN"'
        crawl("nav", start, more, FEED_TOKEN=feed.token)
        assert set(stored(tmp_path)) == {nav_id(number) for number in range(5)}
        first = len(server.asked)
        crawl("nav", start, more, FEED_TOKEN=feed.token)
        assert server.paths()[-1] == "/api/v1/feed/page-1"
        assert len(server.asked) - first <= 2  # robots.txt, and the last page, which did not change
        feed.publish(4, status="INACTIVE", at="2026-08-02T10:00:00+02:00")
        feed.publish(5)
        crawl("nav", start, more, FEED_TOKEN=feed.token)
    assert gone(tmp_path) == {nav_id(4)}
    assert set(stored(tmp_path)) == {nav_id(number) for number in range(6)}
    assert stored(tmp_path)[nav_id(4)]["phones"] == ["42 00 00 17"]  # the stored observation stays
    assert feed.token not in "".join(path.read_text("latin-1") for path in tmp_path.rglob("*") if path.is_file())


@pytest.mark.slow
def test_jobtech(crawl: Callable[..., None], tmp_path: Path) -> None:
    """A quiet window is an empty answer, and no fault."""
    stream = JobStream()
    stream.publish("1", "2026-05-01T00:00:00")
    stream.publish("2", "2026-05-02T00:00:00")
    with FeedServer(stream.answer) as server:
        crawl("jobtech", f"{server.url}/v2/snapshot")
        assert set(stored(tmp_path)) == {"1", "2"}
        crawl("jobtech", f"{server.url}/v2/snapshot")
        stream.remove("1", datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S"))
        crawl("jobtech", f"{server.url}/v2/snapshot")
        assert server.paths()[0] == "/v2/snapshot"
        assert set(server.paths()[1:]) == {"/v2/stream"}
    assert (set(stored(tmp_path)), gone(tmp_path)) == ({"1", "2"}, {"1"})


def test_eures(crawl: Callable[..., None], tmp_path: Path) -> None:
    vacancies = {str(number): eures_vacancy(str(number)) for number in range(12)}
    with FeedServer(Eures(vacancies).answer) as server:
        crawl("eures", f"{server.url}{EURES}/jv-search/search", '[feed]\npage_size = 5\nlocations = ["NO"]')
        pages = [json.loads(asked.body)["page"] for asked in server.asked if asked.method == "POST"]
    assert set(stored(tmp_path)) == set(vacancies)
    assert sorted(pages) == [1, 2, 3]


def test_rss(crawl: Callable[..., None], tmp_path: Path) -> None:
    item = "<item><guid>g{0}</guid><title>Job {0}</title><link>/job/{0}</link><description>Fish.</description></item>"
    feed = f'<rss version="2.0"><channel><title>Jobs</title>{item.format(1)}{item.format(2)}</channel></rss>'

    def answer(asked: Asked) -> Reply:
        return Reply(feed.encode(), kind="application/rss+xml")

    with FeedServer(answer) as server:
        crawl("rss", f"{server.url}/feed")
        before = sighted(tmp_path)
        assert set(before) == {"g1", "g2"}
        crawl("rss", f"{server.url}/feed")
    after = sighted(tmp_path)
    assert {id: versions for id, (_, versions) in after.items()} == {"g1": 1, "g2": 1}
    assert all(after[id][0] > before[id][0] for id in before)


def test_sitemap(crawl: Callable[..., None], tmp_path: Path) -> None:
    posting = (
        '<script type="application/ld+json">{"@type": "JobPosting", "title": "T", "description": "Fish."}</script>'
    )
    days = {"1": "2026-08-01", "2": "2026-07-01"}

    def answer(asked: Asked) -> Reply:
        if asked.path != "/sitemap.xml":
            return Reply((ad_page("x") + posting).encode(), kind="text/html")
        entries = "".join(f"<url><loc>/job/{name}</loc><lastmod>{day}</lastmod></url>" for name, day in days.items())
        return Reply(f"<urlset>{entries}</urlset>".encode(), kind="text/xml")

    with FeedServer(answer) as server:
        crawl("sitemap", f"{server.url}/sitemap.xml")
        assert len(stored(tmp_path)) == 2
        days["3"] = "2026-08-02"
        crawl("sitemap", f"{server.url}/sitemap.xml")
        assert server.paths().count("/job/2") == 1  # older than what was seen
        assert server.paths().count("/job/3") == 1
    assert len(stored(tmp_path)) == 3
