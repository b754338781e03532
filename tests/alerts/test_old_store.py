"""A store of before there were decisions opens, and its alerts have places and can be decided."""

from __future__ import annotations

from pathlib import Path

import pytest

from alerts import alertstore
from alerts.cases import Verdict
from alerts.decisions import decisionstore
from alerts.decisions.tables import migrations
from alerts.store import open_alerts
from crawler.database import Database, transaction
from tests.alerts.stores import TEXTS, job, judged_store

NEW_COLUMNS = ("woken_at", "rule", "score", "sites")


def take_back(db: Database) -> None:
    """Undo what the migrations of decisions did, as an older Varde would have left the store."""
    with transaction(db):
        db.execute("DROP TABLE decisions")
        for column in NEW_COLUMNS:
            db.execute(f"ALTER TABLE alerts DROP COLUMN {column}")
        db.execute("DELETE FROM _sqlite_migrations WHERE migration_set = ?", [migrations.name])


def test_store_without_decisions_opens(tmp_path: Path) -> None:
    db = judged_store(tmp_path, [job("1", f"{TEXTS[0]} Hand in your passport on arrival.")])
    (before,) = alertstore.alerts(db)
    take_back(db)
    db.close()
    opened = open_alerts(tmp_path / "varde.db")
    (after,) = alertstore.alerts(opened)
    assert (after.id, after.rule, after.place) == (before.id, before.rule, before.opened_at[:10])
    assert opened.execute("SELECT score, sites FROM alerts").fetchone() == (before.score, '["jobs.example"]')
    decisionstore.decide(opened, after.id, Verdict.USEFUL, reason="handed on", by="Kari")
    assert alertstore.queue(opened).shown == ()


@pytest.mark.parametrize("column", NEW_COLUMNS)
def test_columns_that_the_migration_adds_are_there(tmp_path: Path, column: str) -> None:
    assert column in {found.name for found in open_alerts(tmp_path / "varde.db", create=True)["alerts"].columns}
