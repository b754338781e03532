"""The table of what is usual in the market, in numbered steps."""

from __future__ import annotations

from sqlite_utils import Database, Migrations

from crawler.database import run_script

migrations = Migrations("market")


@migrations()
def m001_market(db: Database) -> None:
    run_script(db, _TABLES)


_TABLES = """
CREATE TABLE market (
    id INTEGER PRIMARY KEY CHECK (id = 1), measured_at TEXT NOT NULL, document TEXT NOT NULL
) STRICT
"""
