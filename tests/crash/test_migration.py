"""A migration that is killed leaves the old tables or the new ones, with everything in them."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from crawler.database import Database, connect, transaction
from crawler.migrations import migrations
from crawler.store import open_store
from tests.power.check import tables

KILLS, SEED, PAGES = 24, 20260501, 20_000


def make_old_store(path: Path) -> None:
    """A store of the first release with a crawl that was interrupted."""
    db = connect(path, create=True)
    with transaction(db):
        migrations.apply(db, stop_before="m002_evidence")
        db.execute("INSERT INTO crawls (site, legal_basis, software, started_at) VALUES ('a.example', '', '', '')")
        db.execute(
            "INSERT INTO frontier (crawl, url, kind, depth, added_at) "
            "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < ?) "
            "SELECT 1, 'https://a.example/' || i, 'ad', 1, '2026-05-01' FROM n",
            [PAGES],
        )
    db.close()


def looked_at(path: Path) -> tuple[object, ...]:
    db = connect(path, create=False)
    found = tables(db)
    assert db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    db.close()
    return found


def count_pages(db: Database) -> int:
    return int(db.execute("SELECT count(DISTINCT url) FROM frontier WHERE state = 'queued'").fetchone()[0])


@pytest.mark.slow
def test_kills_leave_old_tables_or_new_ones(tmp_path: Path) -> None:
    old = tmp_path / "old.db"
    make_old_store(old)
    command = [sys.executable, "-m", "tests.crash.migrating", str(old), str(tmp_path), str(KILLS), str(SEED)]
    subprocess.run(command, check=True, timeout=300)
    before, after = looked_at(old), looked_at(tmp_path / "whole.db")
    assert before != after
    found = Counter(looked_at(tmp_path / f"{number}.db") for number in range(KILLS))
    assert set(found) == {before, after}, "between old and new, or every kill came too early or too late"
    for number in range(KILLS):
        db = open_store(tmp_path / f"{number}.db", create=False)
        assert tables(db) == after
        assert count_pages(db) == PAGES
        db.close()
