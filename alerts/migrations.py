"""The tables of what was concluded, in numbered steps."""

from __future__ import annotations

from sqlite_utils import Database, Migrations

from crawler.database import run_script

migrations = Migrations("alerts")


@migrations()
def m001_concluded(db: Database) -> None:
    run_script(db, _TABLES)


_TABLES = """
CREATE TABLE readings (
    observation INTEGER PRIMARY KEY REFERENCES observations(id), ad INTEGER NOT NULL REFERENCES ads(id),
    seen_at TEXT NOT NULL, catalogue TEXT NOT NULL, document TEXT NOT NULL
) STRICT;
CREATE INDEX readings_ad ON readings (ad);
CREATE TABLE keys (
    observation INTEGER NOT NULL REFERENCES readings(observation) ON DELETE CASCADE, ad INTEGER NOT NULL,
    kind TEXT NOT NULL, value TEXT NOT NULL, confidence REAL NOT NULL, how TEXT NOT NULL,
    PRIMARY KEY (observation, kind, value)
) STRICT, WITHOUT ROWID;
CREATE INDEX keys_value ON keys (kind, value);
CREATE TABLE clusters (
    id TEXT PRIMARY KEY, ads INTEGER NOT NULL, level TEXT NOT NULL, score REAL NOT NULL, document TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE members (
    ad INTEGER PRIMARY KEY REFERENCES ads(id), cluster TEXT NOT NULL REFERENCES clusters(id) ON DELETE CASCADE
) STRICT;
CREATE INDEX members_cluster ON members (cluster);
CREATE TABLE links (
    cluster TEXT NOT NULL REFERENCES clusters(id) ON DELETE CASCADE, ad INTEGER NOT NULL, other INTEGER NOT NULL,
    kind TEXT NOT NULL, value TEXT NOT NULL, strength REAL NOT NULL, why TEXT NOT NULL, contested INTEGER NOT NULL,
    first_seen TEXT NOT NULL, last_seen TEXT NOT NULL, PRIMARY KEY (cluster, kind, value, ad, other)
) STRICT, WITHOUT ROWID;
CREATE TABLE alerts (
    id INTEGER PRIMARY KEY, cluster TEXT NOT NULL, level TEXT NOT NULL, state TEXT NOT NULL,
    opened_at TEXT NOT NULL, updated_at TEXT NOT NULL, why_now TEXT NOT NULL, ads INTEGER NOT NULL,
    document TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX alerts_standing ON alerts (cluster) WHERE state != 'joined'
"""
