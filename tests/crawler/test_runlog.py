"""What the runs table says is still due, after kills, wrong clocks and sites that ask us to stay away."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crawler.database import Database, utc_text
from crawler.runlog import Past, begin_run, crawl_note, end_run, interrupt_runs, last_run, note_new, past_of
from crawler.store import open_store

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    store = open_store(tmp_path / "varde.db", create=True)
    yield store
    store.close()


def crawled(db: Database, *, not_before: str | None, note: str = "", started_at: datetime = NOON) -> None:
    db.execute(
        "INSERT INTO crawls (site, legal_basis, software, started_at, not_before, note) VALUES (?, '', '', ?, ?, ?)",
        ("a.example", utc_text(started_at), not_before, note),
    )


def test_a_site_that_never_ran_has_no_past_until_it_is_noted(db: Database) -> None:
    assert past_of(db, "a.example", NOON) is None
    note_new(db, "a.example", NOON)
    assert past_of(db, "a.example", NOON + DAY) == Past(NOON)
    assert past_of(db, "b.example", NOON) is None
    assert last_run(db, "a.example") is None


def test_what_was_due_until_a_run_started_is_handled(db: Database) -> None:
    run = begin_run(db, "a.example", due_at=NOON - 5 * HOUR, now=NOON)
    end_run(db, run, outcome="finished", now=NOON + HOUR)
    assert past_of(db, "a.example", NOON + HOUR) == Past(NOON)
    last = last_run(db, "a.example")
    assert last is not None
    assert (last.due_at, last.started_at, last.finished_at) == (NOON - 5 * HOUR, NOON, NOON + HOUR)
    assert last.outcome == "finished"


def test_a_run_that_was_left_behind_goes_on_but_not_for_ever(db: Database) -> None:
    for tries in range(3):
        begin_run(db, "a.example", due_at=NOON, now=NOON + tries * HOUR)
        assert interrupt_runs(db, NOON + 2 * HOUR) == ["a.example"]
        past = past_of(db, "a.example", NOON + 3 * HOUR)
        assert past == Past(NOON + tries * HOUR, unfinished=NOON if tries < 2 else None)
    assert interrupt_runs(db, NOON + 3 * HOUR) == []


def test_a_run_that_ended_later_is_not_gone_on_with(db: Database) -> None:
    begin_run(db, "a.example", due_at=NOON, now=NOON)
    interrupt_runs(db, NOON)
    end_run(db, begin_run(db, "a.example", due_at=NOON, now=NOON + HOUR), outcome="locked", now=NOON + HOUR)
    assert past_of(db, "a.example", NOON + DAY) == Past(NOON + HOUR)


@pytest.mark.parametrize(("ahead", "counts"), [(20 * HOUR, True), (2 * DAY, False), (3650 * DAY, False)])
def test_a_run_under_a_clock_that_was_days_ahead_stops_no_site(db: Database, ahead: timedelta, counts: bool) -> None:
    for moment in (NOON - HOUR, NOON + ahead):
        end_run(db, begin_run(db, "a.example", due_at=moment, now=moment), outcome="finished", now=moment)
    assert past_of(db, "a.example", NOON) == Past(NOON + ahead if counts else NOON - HOUR)


STAY_AWAY = {
    "not asked": (NOON, None, None),
    "an hour": (NOON, utc_text(NOON + HOUR), NOON + HOUR),
    "ten years": (NOON, utc_text(NOON + 3650 * DAY), NOON + 7 * DAY),
    "an hour, under a clock ten years ahead": (NOON + 3650 * DAY, utc_text(NOON + 3650 * DAY + HOUR), None),
}


@pytest.mark.parametrize(("started_at", "asked", "until"), STAY_AWAY.values(), ids=STAY_AWAY)
def test_a_site_may_ask_us_to_stay_away_for_a_week_at_most(
    db: Database, started_at: datetime, asked: str | None, until: datetime | None
) -> None:
    note_new(db, "a.example", NOON)
    crawled(db, not_before=utc_text(NOON + 2 * HOUR), started_at=NOON - DAY)
    crawled(db, not_before=asked, started_at=started_at)
    assert past_of(db, "a.example", NOON) == Past(NOON, not_before=until)


def test_health_is_what_the_last_crawl_said(db: Database) -> None:
    assert crawl_note(db, "a.example") == ""
    crawled(db, not_before=None, note="3 ads, expected 50 to 90")
    assert crawl_note(db, "a.example") == "3 ads, expected 50 to 90"
