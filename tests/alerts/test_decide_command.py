from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import pytest

from alerts import alertstore
from alerts.cases import Verdict
from alerts.decisions import decisionstore
from alerts.intake import analyse
from alerts.store import open_alerts
from nlp import catalogue
from tests.alerts.stores import TEXTS, escort, job, take
from tests.conftest import Varde, printed

ADS = [
    job("1", f"{TEXTS[0]} Hand in your passport on arrival."),
    *(job(f"p{n}", f"{n} Hand in your passport.", site=f"{n}.example") for n in range(14)),
    escort("2", f"{TEXTS[1]} I am 17 years old."),
]


@pytest.fixture
def decided(varde: Varde, tmp_path: Path) -> Varde:
    db = open_alerts(tmp_path / "varde.db", create=True)
    take(db, ADS)
    analyse(db)
    db.close()
    return partial(varde, VARDE_USER="Kari Nordmann")


def alert(varde: Varde, rule: str = "debt") -> dict[str, object]:
    found: list[dict[str, object]] = printed(varde("alerts", "--json"))
    return next(row for row in found if rule in str(row["rule"]))


def test_decide_show_export_and_undo(decided: Varde, tmp_path: Path) -> None:
    number = str(alert(decided)["alert"])
    done = decided("alerts", "decide", number, "benign", "--reason", "a named hotel")
    assert (done.returncode, done.stdout) == (0, "")
    assert f"decision 1: alert {number} is benign; `varde alerts undo 1` takes it back" in done.stderr
    shown = decided("alerts", "show", number).stdout
    assert "Kari Nordmann: benign: a named hotel" in shown
    assert "held up in 0 of 1 alert decided, 0–79 %" in shown
    assert "These are possible indicators" in shown
    row = printed(decided("alerts", "show", number, "--json"))
    assert row["reasons"][0]["track_record"] == {"held": 0, "decided": 1, "low": 0.0, "high": 0.7935}
    assert row["note"].startswith("These are possible indicators")
    undone = printed(decided("alerts", "undo", "1", "--reason", "another alert", "--by", "Ola", "--json"))
    assert (undone["verdict"], undone["undoes"], undone["by"]) == ("undone", 1, "Ola")
    assert "benign [undone by 2]" in decided("alerts", "show", number).stdout
    decided("export", "alerts", "--out", "alerts.jsonl")
    exported = [json.loads(line) for line in (tmp_path / "alerts.jsonl").read_text("utf-8").splitlines()]
    (decisions,) = (row["decisions"] for row in exported if row["decisions"])
    assert [(d["by"], d["verdict"], d["reason"]) for d in decisions] == [
        ("Kari Nordmann", "benign", "a named hotel"), ("Ola", "undone", "another alert"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("args", "code", "says"),
    [
        (("decide", "99", "benign", "--reason", "x"), 1, "no alert 99; `varde alerts` lists those that stand"),
        (("decide", "1", "guilty", "--reason", "x"), 2, "'guilty' is not one of 'confirmed', 'useful'"),
        (("decide", "1", "benign"), 2, "Missing option '--reason'"),
        (("decide", "1", "benign", "--reason", " "), 1, "needs its reason"),
        (("undo", "7", "--reason", "x"), 1, "no decision 7"),
    ],
    ids=["alert", "verdict", "no-reason", "empty-reason", "decision"],
)
def test_what_cannot_be_decided_is_a_clear_error(decided: Varde, args: tuple[str, ...], code: int, says: str) -> None:
    done = decided("alerts", *args)
    assert done.returncode == code
    assert says in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr


def test_help_explains_every_verdict(varde: Varde) -> None:
    explained = varde("alerts", "decide", "--help").stdout
    assert all(f"{verdict} " in explained for verdict in Verdict)
    assert "a switchboard, a changed number" in " ".join(explained.split())


def test_the_queue_says_how_many_wait_and_all_lists_them(decided: Varde) -> None:
    day = partial(decided, VARDE_ALERTS_A_DAY="2")
    queue = day("alerts")
    rows = printed(day("alerts", "--json"))
    placed = [row for row in rows if row["place"]]
    assert (len(rows), len(queue.stdout.splitlines()) - 2) == (16, len(placed))
    assert f"{16 - len(placed)} more wait for a place; `varde alerts --all` lists all" in queue.stderr
    assert rows[: len(placed)] == placed
    assert "child" in placed[0]["rule"]
    assert len(day("alerts", "--all").stdout.splitlines()) == 18
    assert "VARDE_ALERTS_A_DAY=none: give a number" in decided("alerts", VARDE_ALERTS_A_DAY="none").stderr


def test_suggest_proposes_and_changes_nothing(decided: Varde, tmp_path: Path) -> None:
    db = open_alerts(tmp_path / "varde.db")
    for one in alertstore.alerts(db):
        verdict = Verdict.USEFUL if "child" in one.rule else Verdict.BENIGN
        decisionstore.decide(db, one.id, verdict, reason="as a test", by="Kari")
    weight = catalogue()["H07"].weight
    table = decided("catalogue", "suggest")
    assert "1 of 16 alerts decided held up" in table.stderr
    assert "nothing was changed" in table.stderr
    rows = {row["indicator"]: row for row in printed(decided("catalogue", "suggest", "--json"))}
    assert (rows["H07"]["held"], rows["H07"]["decided"], rows["H07"]["weight"]) == (0, 15, weight)
    assert rows["H07"]["why"]
