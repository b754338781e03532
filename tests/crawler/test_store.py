"""The store: what a page gave is stored whole or not at all, and nothing stored is ever changed."""

from __future__ import annotations

import multiprocessing
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

from crawler.database import StoreError, transaction
from crawler.pages import Capture, PageLink, PageResult
from crawler.store import (
    Crawl,
    ad_rows,
    begin_crawl,
    captures,
    close_page,
    crawl_ads,
    crawl_states,
    drop_page,
    drop_reasons,
    finish_crawl,
    keep_capture,
    last_crawls,
    observation_ids,
    observations,
    observe_all,
    open_store,
    queued_pages,
)
from tests.crawler.samples import make_ad, store_many

START = "https://a.example/"
CAPTURE = Capture(
    url=START,
    fetched_at="2026-05-01T12:00:00.000+00:00",
    status=200,
    sha256="0" * 64,
    size=1,
    via="http",
    file="f",
    offset=0,
    length=9,
)


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    database = open_store(tmp_path / "varde.db", create=True)
    yield database
    database.close()


def begin(db: Database, site: str = "a.example", *urls: str) -> Crawl:
    return begin_crawl(db, site, legal_basis="test", software="varde", seeds=[(url, "list") for url in urls or [START]])


def result(
    db: Database,
    crawl: Crawl,
    *,
    ads: tuple[Any, ...] = (),
    links: tuple[str, ...] = (),
    capture: int | None = None,
) -> PageResult:
    """What the next queued page gave."""
    (page,) = queued_pages(db, crawl.id, after=0, limit=1)
    return PageResult(page, ads, tuple(PageLink(url, "ad") for url in links), capture)


def queued(db: Database, crawl: Crawl) -> list[str]:
    return [page.url for page in queued_pages(db, crawl.id, after=0, limit=1000)]


def everything(db: Database) -> dict[str, list[tuple[Any, ...]]]:
    return {table: list(db.execute(f"SELECT * FROM [{table}] ORDER BY 1")) for table in db.table_names()}


def test_page_is_stored_with_its_ads_and_links(db: Database) -> None:
    crawl = begin(db)
    number = keep_capture(db, crawl.id, CAPTURE)
    ads = (make_ad(phones=["42 00 00 17"]), make_ad(ad_id="18"))
    outcomes = close_page(db, crawl.id, result(db, crawl, ads=ads, links=("u:1", "u:2"), capture=number), max_pages=9)
    assert outcomes == ["new", "new"]
    assert [item.capture for item in observations(db, observation_ids(db))] == [number, number]
    assert crawl_states(db, crawl.id) == {"done": 1, "queued": 2}
    assert [(page.url, page.kind, page.depth) for page in queued_pages(db, crawl.id, after=0, limit=9)] == [
        ("u:1", "ad", 1),
        ("u:2", "ad", 1),
    ]
    assert crawl_ads(db, crawl.id) == (2, 1)


BROKEN = {
    "second ad": {"ads": (make_ad(), replace(make_ad(ad_id="18"), kind=None)), "links": ("u:1",)},  # type: ignore[arg-type]
    "ad of an unknown capture": {"ads": (make_ad(),), "links": ("u:1",), "capture": 999},
    "page of an unknown capture": {"links": ("u:1", "u:2"), "capture": 999},
}


@pytest.mark.parametrize("given", BROKEN.values(), ids=BROKEN)
def test_page_that_fails_in_the_middle_leaves_nothing(db: Database, given: dict[str, Any]) -> None:
    crawl = begin(db)
    broken, before = result(db, crawl, **given), everything(db)
    with pytest.raises(sqlite3.IntegrityError):
        close_page(db, crawl.id, broken, max_pages=9)
    assert everything(db) == before
    assert close_page(db, crawl.id, replace(broken, ads=(), capture_id=None), max_pages=9) == []
    assert crawl_states(db, crawl.id)["done"] == 1


def test_observation_is_never_changed(db: Database) -> None:
    observe_all(db, [(make_ad(), "test")])
    before = everything(db)
    for statement in (
        "UPDATE observations SET document = '{}'",
        "UPDATE observations SET seen_at = 'x' WHERE id = 1",
    ):
        with pytest.raises(sqlite3.IntegrityError, match="an observation is never changed"), transaction(db):
            db.execute(statement)
    assert everything(db) == before


def test_no_more_than_max_pages_are_queued(db: Database) -> None:
    crawl = begin(db)
    close_page(db, crawl.id, result(db, crawl, links=("u:1", "u:2", "u:3")), max_pages=3)
    assert queued(db, crawl) == ["u:1", "u:2"]
    close_page(db, crawl.id, result(db, crawl, links=("u:4",)), max_pages=3)
    assert queued(db, crawl) == ["u:2"]


def test_known_links_do_not_use_up_max_pages(db: Database) -> None:
    crawl = begin(db)
    close_page(db, crawl.id, result(db, crawl, links=(START, START, "u:1", "u:1", "u:2", "u:3")), max_pages=3)
    assert queued(db, crawl) == ["u:1", "u:2"]


def test_same_url_is_queued_once(db: Database) -> None:
    crawl = begin(db, "a.example", START, START)
    close_page(db, crawl.id, result(db, crawl, links=("u:1", "u:1", START)), max_pages=9)
    assert queued(db, crawl) == ["u:1"]


def test_crawl_that_was_interrupted_goes_on(db: Database) -> None:
    first = begin(db)
    close_page(db, first.id, result(db, first, links=("u:1",)), max_pages=9)
    again = begin(db)
    assert (again.id, again.resumed) == (first.id, True)
    assert queued(db, again) == ["u:1"]
    assert begin(db, "b.example").id != first.id


def test_crawl_that_was_finished_starts_anew(db: Database) -> None:
    first = begin(db)
    finish_crawl(db, first.id, outcome="finished", note="all well")
    again = begin(db)
    assert (again.id != first.id, again.resumed, queued(db, again)) == (True, False, [START])


def test_last_crawl_of_each_site_is_told(db: Database) -> None:
    finish_crawl(db, begin(db).id, outcome="finished", note="old")
    finish_crawl(db, begin(db).id, outcome="finished", note="new")
    begin(db, "b.example")
    told = {site: (outcome, note) for site, (_, outcome, note) in last_crawls(db).items()}
    assert told == {"a.example": ("finished", "new"), "b.example": ("running", "")}


def test_dropped_pages_are_counted_by_reason(db: Database) -> None:
    crawl = begin(db, "a.example", "u:1", "u:2", "u:3", "u:4")
    for page, reason in zip(queued_pages(db, crawl.id, after=0, limit=3), ("rare", "often", "often"), strict=True):
        drop_page(db, page.id, state="failed" if reason == "rare" else "excluded", reason=reason)
    assert list(drop_reasons(db, crawl.id).items()) == [("often", 2), ("rare", 1)]
    assert queued(db, crawl) == ["u:4"]


def test_captures_come_back_as_they_were_kept(db: Database) -> None:
    crawl = begin(db)
    kept = [replace(CAPTURE, offset=offset) for offset in (0, 9, 18)]
    numbers = [keep_capture(db, crawl.id, capture) for capture in kept]
    assert list(captures(db)) == list(zip(numbers, kept, strict=True))
    assert list(captures(db, numbers[1:2])) == [(numbers[1], kept[1])]


def test_frontier_hands_out_pages_in_order_and_in_parts(db: Database) -> None:
    crawl = begin(db, "a.example", *(f"u:{i}" for i in range(5)))
    first = queued_pages(db, crawl.id, after=0, limit=2)
    rest = queued_pages(db, crawl.id, after=first[-1].id, limit=9)
    assert [page.url for page in first + rest] == [f"u:{i}" for i in range(5)]


def test_two_processes_that_write_at_once_lose_nothing(tmp_path: Path) -> None:
    path, spawn = tmp_path / "varde.db", multiprocessing.get_context("spawn")
    open_store(path, create=True).close()
    writers = [spawn.Process(target=store_many, args=(path, name, 40)) for name in ("a.example", "b.example")]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)
    assert [writer.exitcode for writer in writers] == [0, 0]
    db = open_store(path, create=False)
    stored = [(ad.site, ad.ad_id, ad.observations) for ad in ad_rows(db)]
    ids = [f"{batch}-{i}" for batch in range(40) for i in range(10)]
    assert sorted(stored) == sorted(
        (site, ad, 1) for site in ("a.example", "b.example", "shared.example") for ad in ids
    )
    db.close()


def test_two_processes_may_open_a_new_store_at_once(tmp_path: Path) -> None:
    spawn = multiprocessing.get_context("spawn")
    writers = [
        spawn.Process(target=store_many, args=(tmp_path / "varde.db", name, 1)) for name in ("a.example", "b.example")
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)
    assert [writer.exitcode for writer in writers] == [0, 0]


def test_store_is_safe_against_power_cuts(db: Database) -> None:
    pragmas = [db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous", "foreign_keys")]
    assert pragmas == ["wal", 2, 1]


def test_missing_store_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"no store at .*none.db; `varde crawl` or `varde import` makes one"):
        open_store(tmp_path / "none.db", create=False)
    assert not (tmp_path / "none.db").exists()


def test_new_store_is_made_with_its_folder(tmp_path: Path) -> None:
    open_store(tmp_path / "new" / "deep" / "varde.db", create=True).close()
    assert (tmp_path / "new" / "deep" / "varde.db").exists()


NO_STORE = {"text": b"no database, but long enough to be read as one" * 20, "folder": None}


@pytest.mark.parametrize("content", NO_STORE.values(), ids=NO_STORE)
@pytest.mark.parametrize("create", [True, False])
def test_what_is_no_store_is_a_clear_error(tmp_path: Path, content: bytes | None, create: bool) -> None:
    path = tmp_path / "varde.db"
    path.mkdir() if content is None else path.write_bytes(content)
    with pytest.raises(StoreError, match=r"varde.db: cannot be opened as a store"):
        open_store(path, create=create)


def test_store_opened_again_keeps_its_rows(tmp_path: Path) -> None:
    first = open_store(tmp_path / "varde.db", create=True)
    observe_all(first, [(make_ad(), "test")])
    before = everything(first)
    first.close()
    second = open_store(tmp_path / "varde.db", create=True)
    assert everything(second) == before
    second.close()


def test_page_with_a_fault_is_failed_and_keeps_what_was_whole(db: Database) -> None:
    crawl = begin(db)
    faulty = replace(result(db, crawl, ads=(make_ad(),)), fault="1 of 2 postings without description")
    assert close_page(db, crawl.id, faulty, max_pages=9) == ["new"]
    assert crawl_states(db, crawl.id) == {"failed": 1}
    assert drop_reasons(db, crawl.id) == {"1 of 2 postings without description": 1}
