"""Cursors of feeds: what a crawl noted counts when it is over and nothing of the feed failed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from crawler.cursors import Cursor, find_cursor, note_cursor, settle_cursor
from crawler.database import Database, transaction
from crawler.results import Validators
from crawler.store import open_store


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    database = open_store(tmp_path / "varde.db", create=True)
    yield database
    database.close()


def note(db: Database, crawl: int, cursor: str, etag: str = "") -> None:
    with transaction(db):
        note_cursor(db, "a.example", crawl, cursor, Validators(etag=etag))


def settle(db: Database, crawl: int, *, keep: bool) -> None:
    with transaction(db):
        settle_cursor(db, "a.example", crawl, keep=keep)


def test_cursor_counts_when_its_crawl_is_over(db: Database) -> None:
    note(db, 1, "https://a.example/feed/9", '"x"')
    assert find_cursor(db, "a.example") is None
    settle(db, 1, keep=True)
    assert find_cursor(db, "a.example") == Cursor("https://a.example/feed/9", '"x"', "")
    settle(db, 1, keep=True)  # a run that was killed between two steps closes its crawl again
    assert find_cursor(db, "a.example") == Cursor("https://a.example/feed/9", '"x"', "")


def test_cursor_of_a_crawl_that_failed_is_forgotten(db: Database) -> None:
    note(db, 1, "https://a.example/feed/9")
    settle(db, 1, keep=True)
    note(db, 2, "https://a.example/feed/12")
    settle(db, 2, keep=False)
    assert find_cursor(db, "a.example") == Cursor("https://a.example/feed/9", "", "")


NOTED = {
    "of two dates the later": (["2026-05-02", "2026-05-01"], "2026-05-02"),
    "of two moments the later": (["2026-05-01T10:00:00", "2026-05-01T11:00:00"], "2026-05-01T11:00:00"),
    "of two pages the last": (["https://a.example/9", "https://a.example/10"], "https://a.example/10"),
}


@pytest.mark.parametrize(("cursors", "kept"), NOTED.values(), ids=NOTED)
def test_which_of_two_cursors_counts(db: Database, cursors: list[str], kept: str) -> None:
    for cursor in cursors:
        note(db, 1, cursor)
    settle(db, 1, keep=True)
    found = find_cursor(db, "a.example")
    assert found is not None
    assert found.cursor == kept
