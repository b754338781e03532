from __future__ import annotations

from pathlib import Path
from shutil import copyfile

import pytest

from alerts import alertstore
from alerts.cases import Alert, Verdict
from alerts.decisions import decisionstore
from alerts.decisions.snapshots import decode_snapshot, encode_snapshot, fingerprint
from alerts.decisions.trackrecord import load_record
from alerts.decisions.verdicts import REASON_MAX, BadDecision, ChangedSince
from alerts.intake import analyse
from alerts.store import open_alerts
from alerts.users import NoUser, current_user
from crawler.database import Database, IntegrityError
from tests.alerts.stores import LATER, TEXTS, Row, escort, job, judged_store, take

PASSPORT = "Hand in your passport on arrival."
NETWORK = [
    escort("1", f"{TEXTS[0]} 42 00 00 17", name="Lina"),
    escort("2", f"{TEXTS[0]} fire to null null null null en syv", name="Mia"),
    escort("3", f"{TEXTS[0]} 42000017", name="Sara"),
]
ADS = [*NETWORK, job("4", f"{TEXTS[3]} {PASSPORT}")]


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("judged")
    judged_store(folder, ADS).close()
    return folder / "varde.db"


@pytest.fixture
def db(judged: Path, tmp_path: Path) -> Database:
    copyfile(judged, tmp_path / "varde.db")
    return open_alerts(tmp_path / "varde.db")


def network(db: Database) -> Alert:
    """The alert on the three escort ads."""
    (alert,) = (alert for alert in alertstore.alerts(db) if alert.kinds == ("escort",))
    return alert


def decide(db: Database, verdict: Verdict = Verdict.BENIGN, reason: str = "friends who share a flat") -> int:
    return decisionstore.decide(db, network(db).id, verdict, reason=reason, by="Kari").id


def arrive(db: Database, *rows: Row) -> Alert:
    take(db, rows)
    analyse(db)
    return network(db)


def test_a_decision_takes_the_alert_out_of_the_queue_and_keeps_what_was_seen(db: Database) -> None:
    before = network(db)
    number = decide(db)
    after = network(db)
    assert (before.state, after.state) == ("new", "decided")
    assert [(d.id, d.by, d.verdict, d.reason) for d in after.decisions] == [
        (number, "Kari", "benign", "friends who share a flat")
    ]
    assert before.id not in {alert.id for alert in alertstore.queue(db).shown}
    _, was = decisionstore.standing(db, [after.cluster])[after.cluster]
    assert (was.level, was.rule, was.ads) == (before.level, before.rule, {1: 1, 2: 2, 3: 3})
    assert was.signs == {reason.indicator: reason.weight for reason in before.reasons}
    assert "+4742000017" not in encode_snapshot(was)
    assert decode_snapshot(encode_snapshot(was)) == was


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("UPDATE decisions SET verdict = 'useful'", "never changed"),
        ("DELETE FROM decisions", "never deleted"),
        ("REPLACE INTO decisions SELECT id, at, 'Ola', alert, cluster, verdict, reason, undoes, judged FROM decisions",
         "never replaced"),
    ],
    ids=["update", "delete", "replace"],
)  # fmt: skip
def test_nobody_changes_a_decision(db: Database, statement: str, says: str) -> None:
    decide(db)
    with pytest.raises(IntegrityError, match=says):
        db.execute(statement)
    assert [decision.by for decision in network(db).decisions] == ["Kari"]


def test_undo_is_an_entry_that_names_the_one_undone(db: Database) -> None:
    number = decide(db)
    entry = decisionstore.undo(db, number, reason="the wrong cluster", by="Ola")
    alert = network(db)
    assert (alert.state, entry.undoes, entry.verdict) == ("new", number, "undone")
    assert "(benign) was undone: the wrong cluster" in alert.why_now
    assert [(d.verdict, d.undone_by) for d in alert.decisions] == [("benign", entry.id), ("undone", None)]
    for again, says in ((number, "was undone already"), (entry.id, "decide anew"), (99, "no decision 99")):
        with pytest.raises(BadDecision, match=says):
            decisionstore.undo(db, again, reason="once more", by="Ola")
    assert len(network(db).decisions) == 2


def test_with_an_older_decision_that_stands_the_alert_stays_decided(db: Database) -> None:
    decide(db, Verdict.UNCLEAR)
    newest = decide(db, Verdict.USEFUL)
    decisionstore.undo(db, newest, reason="too soon", by="Kari")
    assert network(db).state == "decided"


def test_what_cannot_be_decided(db: Database) -> None:
    alert = network(db)
    bad = [
        ("", "needs its reason"),
        ("...", "needs its reason"),
        ("x" * (REASON_MAX + 1), "at most 2,000"),
        ("a\0", "no text"),
    ]
    for reason, says in [*bad, ("a\udcff", "no text")]:
        with pytest.raises(BadDecision, match=says):
            decisionstore.decide(db, alert.id, Verdict.USEFUL, reason=reason, by="Kari")
    for by in ("", "x" * 65, "a\x1bb"):
        with pytest.raises(NoUser, match="must have a name"):
            decisionstore.decide(db, alert.id, Verdict.USEFUL, reason="handed on", by=by)
    with pytest.raises(BadDecision, match="no alert 99"):
        decisionstore.decide(db, 99, Verdict.USEFUL, reason="handed on", by="Kari")
    assert network(db).decisions == ()


def test_a_decision_on_what_was_not_seen_is_refused(db: Database) -> None:
    seen = fingerprint(decisionstore.current_snapshot(db, network(db).id))
    arrive(db, NETWORK[0] | {"text": f"{TEXTS[0]} 42 00 00 17 at once", "seen_at": LATER})
    with pytest.raises(ChangedSince, match="has changed since you opened it"):
        decisionstore.decide(db, network(db).id, Verdict.USEFUL, reason="handed on", by="Kari", seen=seen)


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ([escort("9", f"{TEXTS[0]} 42000017 43000018", name="Lina")], "1 phone that no ad of it had"),
        ([escort(f"9{n}", f"{TEXTS[0]} 42000017", name="Lina") for n in range(5)], "5 more ads"),
        ([job("9", f"{TEXTS[1]} 42000017", employer="Firm AS")], "was L2, now L3; D06 "),
        ([NETWORK[0] | {"text": f"{NETWORK[0]['text']} Ask the booking desk.", "seen_at": LATER}], "B05 "),
    ],
    ids=["new-phone", "more-ads", "higher-level", "new-sign"],
)  # fmt: skip
def test_something_new_of_weight_wakes_a_decided_alert_and_says_what(db: Database, rows: list[Row], why: str) -> None:
    decide(db)
    before = network(db)
    take(db, rows)
    analyse(db)
    (after,) = (alert for alert in alertstore.alerts(db) if alert.cluster == before.cluster)
    assert (after.id, after.state) == (before.id, "new")
    assert after.woken_at > before.woken_at
    assert after.why_now.startswith(f"decided benign on {before.decisions[0].at[:10]}; new since then: ")
    assert why in after.why_now


@pytest.mark.parametrize(
    "rows",
    [
        [escort("9", f"{TEXTS[0]} 42000017", name="Lina")],
        [row | {"seen_at": LATER} for row in NETWORK],
        [NETWORK[0] | {"text": f"{NETWORK[0]['text']} Asian lady.", "seen_at": LATER}],
        [NETWORK[0] | {"text": "gone", "seen_at": LATER}, NETWORK[1] | {"text": "gone", "seen_at": LATER}],
    ],
    ids=["one-more-ad", "seen-again", "origin", "less"],
)
def test_what_is_no_news_of_weight_lets_it_rest(db: Database, rows: list[Row]) -> None:
    decide(db)
    before = network(db)
    after = arrive(db, *rows)
    assert (after.id, after.state, after.why_now, after.woken_at) == (
        before.id, "decided", before.why_now, before.woken_at,
    )  # fmt: skip


def test_after_the_second_decision_the_same_is_no_news_any_more(db: Database) -> None:
    decide(db)
    assert arrive(db, escort("9", f"{TEXTS[0]} 42000017 43000018", name="Lina")).state == "new"
    decide(db)
    assert arrive(db, escort("10", f"{TEXTS[0]} 43000018", name="Lina")).state == "decided"


def test_an_undecided_alert_that_joins_a_decided_one_wakes_it(db: Database) -> None:
    decide(db)
    older = network(db)
    child = escort("20", f"{TEXTS[1]} I am 17 years old. 43000018", site="b.example", name="Lina", seen_at=LATER)
    take(db, [child])
    analyse(db)
    assert len(alertstore.alerts(db)) == 3
    take(db, [child | {"text": f"{child['text']} 42000017", "seen_at": "2026-11-09T12:00:00+01:00"}])
    analyse(db)
    (alert,) = (alert for alert in alertstore.alerts(db) if alert.cluster == older.cluster)
    (joined,) = alertstore.alerts(db, state="joined")
    assert (alert.id, alert.state, alert.level) == (older.id, "new", "L3")
    with pytest.raises(BadDecision, match="was joined to another"):
        decisionstore.decide(db, joined.id, Verdict.USEFUL, reason="handed on", by="Kari")


def test_the_record_counts_an_alert_once_by_what_was_seen(db: Database) -> None:
    decide(db, Verdict.UNCLEAR)
    assert load_record(db).overall.decided == 0
    decide(db, Verdict.WRONG_LINK)
    newest = decide(db, Verdict.USEFUL)
    record = load_record(db)
    assert (record.overall.held, record.overall.decided) == (1, 1)
    assert {id: (held.held, held.decided) for id, held in record.indicators.items()} == {
        reason.indicator: (1, 1) for reason in network(db).reasons
    }
    assert record.rules.keys() == {network(db).rule}
    arrive(db, NETWORK[0] | {"text": f"{NETWORK[0]['text']} Our girls are waiting.", "seen_at": LATER})
    assert load_record(db) == record
    decisionstore.undo(db, newest, reason="too soon", by="Kari")
    assert (load_record(db).overall.held, load_record(db).overall.decided) == (0, 1)


def test_a_full_day_lets_the_others_wait(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VARDE_ALERTS_A_DAY", "1")
    children = [escort(f"c{n}", f"{n} I am 17 years old. 4300010{n}", site="c.example") for n in range(3)]
    take(db, [*children, job("5", f"{TEXTS[2]} {PASSPORT} You pay a deposit of 300 EUR.", employer="Firm AS")])
    analyse(db)
    queue = alertstore.queue(db)
    assert len(alertstore.alerts(db)) == len(queue.shown) + queue.more
    assert queue.more > 0
    assert [alert.kinds for alert in queue.shown[:3]] == [("escort",)] * 3
    assert all("child" in alert.rule for alert in queue.shown[:3])
    assert {alert.place is None for alert in alertstore.alerts(db)} == {True, False}


def test_local_user_is_the_one_of_the_environment_or_the_login(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VARDE_USER", " Kari  Nordmann ")
    assert current_user() == "Kari Nordmann"
    monkeypatch.delenv("VARDE_USER")
    monkeypatch.setenv("LOGNAME", "ola")
    assert current_user() == "ola"
