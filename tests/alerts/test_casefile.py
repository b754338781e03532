from __future__ import annotations

from pathlib import Path

import pytest

from alerts.casefile import load_case
from tests.alerts.stores import LATER, LATEST, TEXTS, escort, job, judged_store, named

ADS = [
    escort("1", f"{TEXTS[0]} 42 00 00 17", name="Lina", posted_at="2026-10-05"),
    escort("2", f"{TEXTS[0]} 42/00/00/17", name="Mia", seen_at=LATER),
    escort("3", f"{TEXTS[0]} 42 00 00 17", name="Sara", seen_at=LATEST),
    escort("3", f"{TEXTS[1]} 42 00 00 17", name="Sara"),
    job("4", f"{TEXTS[3]} No experience needed and no Norwegian required."),
]


def test_case_of_a_cluster(tmp_path: Path) -> None:
    case = load_case(judged_store(tmp_path, ADS), named("1"))
    assert case is not None
    assert case.alert is not None
    assert [(ad.ad_id, ad.observations) for ad in case.ads] == [("1", 1), ("2", 1), ("3", 2)]
    assert [event.at for event in case.timeline] == sorted(event.at for event in case.timeline)
    assert case.ads[2].fields["text"].startswith(TEXTS[0])
    assert (case.timeline[0].at, case.timeline[0].what) == ("2026-10-05T00:00:00.000+00:00", "posted, says a.example")
    assert case.referral


def test_marks_stand_where_they_say(tmp_path: Path) -> None:
    case = load_case(judged_store(tmp_path, ADS), named("1"))
    assert case is not None
    phones = [
        (ad.fields[mark.field][mark.start : mark.end]) for ad in case.ads for mark in ad.marks if mark.what == "phone"
    ]
    assert phones == ["42 00 00 17", "42/00/00/17", "42 00 00 17"]


@pytest.mark.parametrize("posted", ["0001-01-01T00:00:00+05:00", "i går", "99999", ""])
def test_date_that_is_none_is_left_out(tmp_path: Path, posted: str) -> None:
    ad = job("1", f"{TEXTS[0]} Hand in your passport on arrival.", posted_at=posted)
    case = load_case(judged_store(tmp_path, [ad]), named("1", "jobs.example"))
    assert case is not None
    assert [event.what for event in case.timeline] == ["first seen on jobs.example"]


def test_no_such_cluster(tmp_path: Path) -> None:
    assert load_case(judged_store(tmp_path, ADS), "c-99") is None
