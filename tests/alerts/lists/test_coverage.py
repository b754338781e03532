"""How whole lists are, by what the crawls of a real store wanted and had."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from alerts.lists.coverage import find_coverage
from alerts.lists.frame import Frame
from alerts.store import open_alerts
from crawler.database import Database, transaction
from crawler.pages import Page, PageLink, PageState
from crawler.runlog import begin_run, end_run
from crawler.store import begin_crawl, drop_page, finish_crawl, queued_pages

FRAME = Frame(first=date(2026, 6, 1), last=date(2026, 6, 28))
Wanted = Sequence[tuple[str, str, str]]


@pytest.fixture
def db(tmp_path: Path) -> Database:
    return open_alerts(tmp_path / "varde.db", create=True)


def crawl(db: Database, site: str, day: int, pages: Wanted, *, outcome: str = "finished", note: str = "") -> None:
    """One crawl begun on that day of June; `pages` are URL, kind and what became of it."""
    links = [PageLink(url, kind) for url, kind, _ in pages]  # type: ignore[arg-type]
    begun = begin_crawl(db, site, legal_basis="a test", software="test", seeds=links)
    states = {url: state for url, _, state in pages}
    for page in queued_pages(db, begun.id, after=0, limit=1000):
        close(db, page, states[page.url])
    finish_crawl(db, begun.id, outcome=outcome, note=note)
    with transaction(db):
        db.execute("UPDATE crawls SET started_at = ? WHERE id = ?", (f"2026-06-{day:02d}T03:00:00.000+00:00", begun.id))


def close(db: Database, page: Page, became: str) -> None:
    states: dict[str, tuple[PageState, str]] = {
        "done": ("done", ""), "failed": ("failed", "HTTP 500"), "robots": ("excluded", "forbidden by robots.txt"),
    }  # fmt: skip
    if became in states:
        state, reason = states[became]
        with transaction(db):
            drop_page(db, page, state=state, reason=reason)


def listed(*states: str) -> list[tuple[str, str, str]]:
    return [(f"http://a.example/list/{number}", "list", state) for number, state in enumerate(states)]


def ads(*states: str) -> list[tuple[str, str, str]]:
    return [(f"http://a.example/ad/{number}", "ad", state) for number, state in enumerate(states)]


def test_failed_list_pages_hide_their_share_of_the_ads(db: Database) -> None:
    crawl(db, "a.example", 2, [*listed("done", "done", "done", "done", "failed"), *ads("done", "done")])
    cover = find_coverage(db, FRAME, ["a.example"])["a.example"]
    assert (cover.pages, cover.failed, cover.share) == (7, 1, 0.8)
    assert cover.as_if_whole(40) == 50


def test_shares_of_list_and_ad_pages_multiply(db: Database) -> None:
    pages = [*listed("done", "failed"), *ads("done", "robots", "robots", "queued")]
    crawl(db, "a.example", 2, pages, outcome="halted", note="robots.txt cannot be had")
    cover = find_coverage(db, FRAME, ["a.example"])["a.example"]
    assert cover.share == 0.125
    assert (cover.failed, cover.excluded, cover.robots, cover.unfetched) == (1, 2, 2, 1)
    assert (cover.crawls, cover.whole, cover.note) == (1, 0, "halted: robots.txt cannot be had")


def test_a_page_that_came_later_in_the_window_is_had(db: Database) -> None:
    crawl(db, "a.example", 2, [*listed("done"), *ads("done", "failed")])
    crawl(db, "a.example", 4, [*listed("done"), *ads("done", "done")])
    weekly = Frame(first=FRAME.first, last=FRAME.last, by="site-period")
    found = find_coverage(db, weekly, [])
    assert found["a.example/2026-06-01"].share == 1
    assert found["a.example/2026-06-01"].crawls == 2


def test_what_no_crawl_brought_is_not_known(db: Database) -> None:
    cover = find_coverage(db, FRAME, ["b.example"])["b.example"]
    assert (cover.share, cover.as_if_whole(12)) == (None, None)
    assert cover.note == "no crawl"


def test_crawls_outside_the_period_or_of_other_sites_do_not_count(db: Database) -> None:
    crawl(db, "a.example", 30, listed("failed"))
    crawl(db, "b.example", 2, listed("failed"))
    assert find_coverage(db, Frame(first=FRAME.first, last=FRAME.last, sites=("a.example",)), []) == {}


def test_runs_that_failed_or_never_came_are_missed(db: Database) -> None:
    """Daily from the first: the fourth failed, the sixth and seventh never came."""
    for day in (1, 2, 3, 4, 5, 8, 9):
        due = datetime(2026, 6, day, 3, tzinfo=UTC)
        run = begin_run(db, "a.example", due_at=due, now=due)
        end_run(db, run, outcome="failed" if day == 4 else "finished", now=due + timedelta(hours=1))
    assert find_coverage(db, FRAME, [])["a.example"].missed == 3
    weekly = Frame(first=FRAME.first, last=FRAME.last, by="period", window=7)
    assert {name: cover.missed for name, cover in find_coverage(db, weekly, []).items()} == {"2026-06-01": 3}
