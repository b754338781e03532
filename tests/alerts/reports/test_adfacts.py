"""What reports take from an ad: its newest version by the end of the period, and no more than it says."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from alerts.lists.frame import Frame
from alerts.reports.adfacts import AdFact, find_ads
from alerts.reports.exhibits import NoReport
from alerts.reports.market import make_market
from alerts.reports.yearly import make_yearly
from crawler.database import Database, transaction
from tests.alerts.stores import TEXTS, Row, escort, job, judged_store

JUNE = Frame(first=date(2026, 6, 1), last=date(2026, 6, 30))


def seen(day: int, month: int = 6, **more: object) -> Row:
    return {"seen_at": f"2026-{month:02d}-{day:02d}T12:00:00+00:00", **more}


def facts(db: Database) -> dict[str, AdFact]:
    names = dict(db.execute("SELECT id, ad_id FROM ads").fetchall())
    return {names[one.ad]: one for one in find_ads(db, JUNE, names)}


@pytest.fixture
def db(tmp_path: Path) -> Database:
    return judged_store(tmp_path, [
        escort("moves", TEXTS[0], **seen(2, location="Oslo", age="21")),
        escort("moves", TEXTS[0], **seen(9, location="Bergen", age="31")),
        escort("moves", TEXTS[0], **seen(9, 7, location="Trondheim", age="41")),
        escort("abroad", TEXTS[1], **seen(3, location="Stockholm")),
        escort("silent", "Hei.", **seen(3)),
        job("many", "Arbeid i Oslo, Bergen og Trondheim. Alder: 19 eller 45 år.", **seen(3)),
    ])  # fmt: skip


def test_the_newest_version_by_the_end_of_the_period_counts(db: Database) -> None:
    assert (facts(db)["moves"].place, facts(db)["moves"].band) == ("Vestland", "30-39")


def test_what_is_not_said_is_not_stated(db: Database) -> None:
    found = facts(db)
    assert found["abroad"].place == "SE"
    assert (found["silent"].place, found["silent"].band, found["silent"].language) == (
        "not-stated", "not-stated", "und",
    )  # fmt: skip
    assert found["many"].place == "several"


def test_a_version_that_is_not_read_says_so(db: Database) -> None:
    with transaction(db):
        db.execute("DELETE FROM readings")
    assert {one.place for one in facts(db).values()} == {one.band for one in facts(db).values()} == {"unread"}


def test_fewer_than_five_ads_are_no_report(db: Database) -> None:
    with pytest.raises(NoReport, match="fewer than 5 ads were seen"):
        make_market(db, JUNE)
    with pytest.raises(NoReport, match="fewer than 5 ads were seen"):
        make_yearly(db, 2026)
