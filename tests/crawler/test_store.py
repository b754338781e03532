"""The store: what a page gave is stored whole or not at all, and nothing stored is ever changed."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlite_utils import Database

from crawler import store
from crawler.ads import Ad
from crawler.database import IntegrityError, OperationalError, StoreError, migrate, transaction
from crawler.migrations import migrations
from crawler.pages import Capture, PageContent, PageLink
from crawler.records import Kept, Record, keep_records
from crawler.results import PageResult
from crawler.sightings import Outcome
from crawler.store import (
    Crawl,
    ad_rows,
    begin_crawl,
    captures,
    crawl_states,
    drop_reasons,
    finish_crawl,
    last_crawls,
    latest_observations,
    observation_ids,
    observations,
    observations_of,
    observe_all,
    open_store,
    queued_pages,
)
from tests.crawler.samples import make_ad, make_site, store_many

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
    return begin_crawl(
        db, site, legal_basis="test", software="varde", seeds=[PageLink(url, "list") for url in urls or [START]]
    )


def result(
    db: Database,
    crawl: Crawl,
    *,
    ads: tuple[Any, ...] = (),
    links: tuple[str, ...] = (),
    kept: Kept | None = None,
) -> PageResult:
    """What the next queued page gave."""
    (page,) = queued_pages(db, crawl.id, after=0, limit=1)
    return PageResult(page, PageContent(ads, tuple(PageLink(url, "ad") for url in links)), kept)


def close(db: Database, crawl: Crawl, given: PageResult, *, max_pages: int = 9) -> list[Outcome]:
    site = make_site(extra=f"max_pages = {max_pages}")
    with transaction(db):
        return store.close_page(db, crawl, given, site=site, rules="r")


def keep(db: Database, crawl: Crawl, offset: int = 0) -> Kept:
    """A capture whose record is of type response."""
    capture = replace(CAPTURE, offset=offset)
    record = Record(type="response", record_id=f"urn:{offset}", url=START, date=capture.fetched_at, file="f",
                    offset=offset, length=9, sha256="0" * 64)  # fmt: skip
    kept = Kept(capture, (record,))
    with transaction(db):
        keep_records(db, crawl.id, [kept])
    return kept


def queued(db: Database, crawl: Crawl) -> list[str]:
    return [page.url for page in queued_pages(db, crawl.id, after=0, limit=1000)]


def everything(db: Database) -> dict[str, list[tuple[Any, ...]]]:
    return {table: list(db.execute(f"SELECT * FROM [{table}] ORDER BY 1")) for table in db.table_names()}


def test_page_is_stored_with_its_ads_and_links(db: Database) -> None:
    crawl = begin(db)
    kept = keep(db, crawl)
    ads = (make_ad(phones=["42 00 00 17"]), make_ad(ad_id="18"))
    outcomes = close(db, crawl, result(db, crawl, ads=ads, links=("u:1", "u:2"), kept=kept))
    assert outcomes == ["new", "new"]
    assert [item.capture for item in observations(db, observation_ids(db))] == [kept.id, kept.id]
    assert crawl_states(db, crawl.id) == {"done": 1, "queued": 2}
    assert [(page.url, page.kind, page.depth) for page in queued_pages(db, crawl.id, after=0, limit=9)] == [
        ("u:1", "ad", 1),
        ("u:2", "ad", 1),
    ]
    assert db.execute("SELECT ads, ads_with_phone FROM crawls").fetchall() == [(2, 1)]


BROKEN = {
    "second ad": {"ads": (make_ad(), replace(make_ad(ad_id="18"), kind=None)), "links": ("u:1",)},  # type: ignore[arg-type]
    "ad of an unknown capture": {"ads": (make_ad(),), "links": ("u:1",), "kept": Kept(CAPTURE, (), id=999)},
    "page of an unknown capture": {"links": ("u:1", "u:2"), "kept": Kept(CAPTURE, (), id=999)},
}


@pytest.mark.parametrize("parts", BROKEN.values(), ids=BROKEN)
def test_page_that_fails_in_the_middle_leaves_nothing(db: Database, parts: dict[str, Any]) -> None:
    crawl = begin(db)
    broken, before = result(db, crawl, **parts), everything(db)
    with pytest.raises(IntegrityError):
        close(db, crawl, broken)
    assert everything(db) == before
    assert close(db, crawl, replace(broken, content=PageContent(), kept=None)) == []
    assert crawl_states(db, crawl.id)["done"] == 1


def test_observation_is_never_changed(db: Database) -> None:
    observe_all(db, [(make_ad(), "test")])
    before = everything(db)
    for statement in (
        "UPDATE observations SET document = '{}'",
        "UPDATE observations SET seen_at = 'x' WHERE id = 1",
    ):
        with pytest.raises(IntegrityError, match="an observation is never changed"), transaction(db):
            db.execute(statement)
    assert everything(db) == before


def test_no_more_than_max_pages_are_queued(db: Database) -> None:
    crawl = begin(db)
    close(db, crawl, result(db, crawl, links=("u:1", "u:2", "u:3")), max_pages=3)
    assert queued(db, crawl) == ["u:1", "u:2"]
    close(db, crawl, result(db, crawl, links=("u:4",)), max_pages=3)
    assert queued(db, crawl) == ["u:2"]


def test_known_links_do_not_use_up_max_pages(db: Database) -> None:
    crawl = begin(db)
    close(db, crawl, result(db, crawl, links=(START, START, "u:1", "u:1", "u:2", "u:3")), max_pages=3)
    assert queued(db, crawl) == ["u:1", "u:2"]


def test_same_url_is_queued_once(db: Database) -> None:
    crawl = begin(db, "a.example", START, START)
    close(db, crawl, result(db, crawl, links=("u:1", "u:1", START)))
    assert queued(db, crawl) == ["u:1"]


def test_crawl_that_was_interrupted_goes_on(db: Database) -> None:
    first = begin(db)
    close(db, first, result(db, first, links=("u:1",)))
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
        with transaction(db):
            store.drop_page(db, page, state="failed" if reason == "rare" else "excluded", reason=reason)
    assert list(drop_reasons(db, crawl.id).items()) == [("often", 2), ("rare", 1)]
    assert queued(db, crawl) == ["u:4"]


def test_captures_come_back_as_they_were_kept(db: Database) -> None:
    crawl = begin(db)
    kept = [keep(db, crawl, offset) for offset in (0, 9, 18)]
    assert list(captures(db)) == [(item.id, item.capture) for item in kept]
    assert list(captures(db, [kept[1].id or 0])) == [(kept[1].id, kept[1].capture)]


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
    content = PageContent((make_ad(),), fault="1 of 2 postings without description")
    faulty = replace(result(db, crawl), content=content)
    assert close(db, crawl, faulty) == ["new"]
    assert crawl_states(db, crawl.id) == {"failed": 1}
    assert drop_reasons(db, crawl.id) == {"1 of 2 postings without description": 1}


# the order in which sightings come in

DAY = datetime(2026, 5, 1, tzinfo=UTC)


def sighting(text: str, day: int) -> tuple[Ad, str]:
    ad = make_ad(text=text, url=f"https://a.example/{text}", kind="job" if text == "B" else "escort")
    return replace(ad, seen_at=DAY + timedelta(days=day)), f"{text}{day}"


def history(db: Database) -> tuple[Any, ...]:
    """What the store says of its one ad: its span, kind and URL, its newest content, each change of content."""
    (ad,) = ad_rows(db)
    (newest,) = observations(db, latest_observations(db).values())
    versions = [(item.seen_at, item.document["text"]) for item in observations_of(db, [ad.id])]
    changes = [next(same) for _, same in groupby(versions, key=lambda version: version[1])]
    return ad.first_seen, ad.last_seen, ad.kind, ad.url, newest.document["text"], changes


def memory_store() -> Database:
    db = Database(memory=True)
    migrate(db, migrations)
    return db


def told(sightings: list[tuple[str, int]]) -> tuple[Any, ...]:
    db = memory_store()
    for one in sightings:
        observe_all(db, [sighting(*one)])
    before = everything(db)
    assert observe_all(db, [sighting(*one) for one in sightings]) == ["same"] * len(sightings)
    assert everything(db) == before
    result = history(db)
    db.close()
    return result


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_order_of_import_makes_no_difference(data: st.DataObject) -> None:
    one = st.tuples(st.sampled_from("ABC"), st.integers(0, 6))
    sightings = data.draw(st.lists(one, min_size=1, max_size=7, unique_by=lambda seen: seen[1]))
    assert told(data.draw(st.permutations(sightings))) == told(sorted(sightings, key=lambda seen: seen[1]))


def test_two_contents_of_one_moment_are_told_the_same_in_any_order() -> None:
    assert told([("A", 1), ("B", 1)]) == told([("B", 1), ("A", 1)])


def test_backfill_does_not_become_the_newest_version(db: Database) -> None:
    outcomes = observe_all(db, [sighting("A", 1), sighting("A", 3), sighting("B", 2)])
    assert outcomes == ["new", "same", "changed"]
    assert history(db)[4:] == (
        "A", [(f"2026-05-{day:02}T00:00:00.000+00:00", text) for day, text in ((2, "A"), (3, "B"), (4, "A"))],
    )  # fmt: skip
    assert [row[0] for row in db.execute("SELECT source FROM observations ORDER BY seen_at")] == ["A1", "B2", "A3"]


def test_older_sighting_of_the_next_version_is_no_change(db: Database) -> None:
    assert observe_all(db, [sighting("A", 3), sighting("A", 1)]) == ["new", "same"]
    assert len(observation_ids(db)) == 2


def test_ad_takes_kind_and_url_of_its_newest_version(db: Database) -> None:
    observe_all(db, [sighting("A", 1), sighting("B", 3), sighting("C", 2)])
    assert [(ad.kind, ad.url) for ad in ad_rows(db)] == [("job", "https://a.example/B")]


def test_pages_of_a_crawl_are_counted_once(db: Database) -> None:
    crawl = begin(db, "a.example", START, START, "u:0")
    close(db, crawl, result(db, crawl, links=("u:0", "u:1", "u:1")))
    assert list(db.execute("SELECT pages, (SELECT count(*) FROM frontier) FROM crawls")) == [(3, 3)]


# transactions that cannot be stored


def test_commit_that_fails_leaves_no_transaction_open(db: Database) -> None:
    db.execute("CREATE TABLE child (id INTEGER REFERENCES ads(id) DEFERRABLE INITIALLY DEFERRED)")
    with pytest.raises(IntegrityError, match="FOREIGN KEY"), transaction(db):
        db.execute("INSERT INTO child VALUES (999)")  # seen only at COMMIT
    assert not db.conn.in_transaction
    assert observe_all(db, [sighting("A", 1)]) == ["new"]


def test_full_disk_is_named_as_the_cause(db: Database) -> None:
    db.execute(f"PRAGMA max_page_count = {db.execute('PRAGMA page_count').fetchone()[0] + 2}")
    with pytest.raises(OperationalError, match="full"):
        observe_all(db, [(make_ad(text="long " * 20_000), "test")])
    assert not db.conn.in_transaction
    assert list(ad_rows(db)) == []
