from __future__ import annotations

from pathlib import Path

import pytest

from alerts import intake
from alerts.intake import analyse
from alerts.reading.fields import ad_fields
from alerts.rows import ads
from alerts.store import open_alerts
from crawler.store import observations
from nlp.unicode import LIMIT
from tests.alerts.stores import TEXTS, escort, judged_store, take


def test_fields_go_by_the_names_that_spans_use(tmp_path: Path) -> None:
    row = escort("1", TEXTS[0], title="T", phones=["42000017", "43000018"], extra={"x": 1}, price="2000 kr")
    (observation,) = observations(judged_store(tmp_path, [row]), [1])
    assert ad_fields(observation) == {
        "title": "T", "text": TEXTS[0], "price": "2000 kr", "phones.0": "42000017", "phones.1": "43000018"
    }  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"{'Ord og setninger uten slutt. ' * 180_000}", id="5-MB"),
        pytest.param("ᚠᛇᚻ᛫ᛒᛦᚦ᛫ᚠᚱᚩᚠᚢᚱ᛫ᚠᛁᚱᚪ᛫ᚷᛖᚻᚹᛦᛚᚳᚢᛗ ᛋᚳᛖᚪᛚ᛫ᚦᛖᚪᚻ᛫ᛗᚪᚾᚾᚪ᛫ᚷᛖᚻᚹᛦᛚᚳ᛫ᛗᛁᚳᛚᚢᚾ᛫ᚻᛦᛏ", id="a-script-nobody-reads"),
        pytest.param("(" * 100_000, id="brackets"),
        pytest.param("​‮⁦" * 1_000, id="invisible"),
        pytest.param("a" + "́" * 20_000, id="combining-marks"),
        pytest.param("4" * 100_000, id="digits"),
        pytest.param("💬" * 20_000, id="emoji"),
        pytest.param("\x00\x01", id="controls"),
    ],
)
def test_odd_texts_are_read_and_the_rest_goes_on(tmp_path: Path, text: str) -> None:
    db = judged_store(tmp_path, [escort("1", text), escort("2", f"{TEXTS[0]} 42000017")])
    odd, good = ads(db)
    assert odd["ad_id"] == "1"
    assert [phone["e164"] for phone in good["phones"]] == ["+4742000017"]


def test_a_language_nobody_reads_is_said_to_be_unknown(tmp_path: Path) -> None:
    (row,) = ads(judged_store(tmp_path, [escort("1", "ᚠᛇᚻ᛫ᛒᛦᚦ᛫ᚠᚱᚩᚠᚢᚱ᛫ᚠᛁᚱᚪ᛫ᚷᛖᚻᚹᛦᛚᚳᚢᛗ ᛋᚳᛖᚪᛚ᛫ᚦᛖᚪᚻ᛫ᛗᚪᚾᚾᚪ᛫ᚷᛖᚻᚹᛦᛚᚳ")]))
    assert row["language"] == "und"


def test_what_was_cut_is_said(tmp_path: Path) -> None:
    db = judged_store(tmp_path, [escort("1", f"{'x ' * LIMIT} 42000017")])
    (observation,) = observations(db, [1])
    assert observation.document["text"].endswith("42000017")
    from_store = db.execute("SELECT document FROM readings").fetchone()[0]
    assert '"truncated": true' in from_store


def test_an_interrupted_analysis_goes_on(tmp_path: Path) -> None:
    db = open_alerts(tmp_path / "varde.db", create=True)
    take(db, [escort(str(n), f"{TEXTS[n % 4]} 4200{n:04}") for n in range(1_200)])

    def stop(message: str) -> None:
        if message.startswith("read 500"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        analyse(db, say=stop)
    assert analyse(db).observations == 700


@pytest.mark.parametrize(("posted", "ages"), [("2024-05-01", 16), ("01.05.2024", 18), ("", 18)], ids=repr)
def test_year_of_birth_is_counted_from_the_day_of_the_ad(tmp_path: Path, posted: str, ages: int) -> None:
    (row,) = ads(judged_store(tmp_path, [escort("1", f"{TEXTS[0]} Født 2008.", posted_at=posted)]))
    assert [age["value"] for age in row["ages"]] == [ages]


def test_following_comes_back_though_nothing_came(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is to be told may be due: a digest at its hour, a message that was refused."""
    monkeypatch.setattr(intake, "IDLE", 0.01)
    db = judged_store(tmp_path, [escort("1", TEXTS[0])])
    passes = intake.follow(db, reader=intake.read_here, say=print)
    assert [next(passes).observations for _ in range(3)] == [0, 0, 0]


def test_nothing_to_analyse(tmp_path: Path) -> None:
    assert analyse(open_alerts(tmp_path / "varde.db", create=True)).observations == 0
