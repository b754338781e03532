"""The tables of what was collected, in numbered steps."""

from __future__ import annotations

from sqlite_utils import Database, Migrations

from crawler.database import run_script

migrations = Migrations("crawler")


@migrations()
def m001_collected(db: Database) -> None:
    run_script(db, _TABLES)


_TABLES = """
CREATE TABLE crawls (
    id INTEGER PRIMARY KEY, site TEXT NOT NULL, legal_basis TEXT NOT NULL, software TEXT NOT NULL,
    started_at TEXT NOT NULL, finished_at TEXT, outcome TEXT NOT NULL DEFAULT 'running', note TEXT NOT NULL DEFAULT '',
    pages INTEGER NOT NULL DEFAULT 0, ads INTEGER NOT NULL DEFAULT 0, ads_with_phone INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE frontier (
    id INTEGER PRIMARY KEY, crawl INTEGER NOT NULL REFERENCES crawls(id), url TEXT NOT NULL, kind TEXT NOT NULL,
    depth INTEGER NOT NULL, state TEXT NOT NULL DEFAULT 'queued', reason TEXT NOT NULL DEFAULT '',
    added_at TEXT NOT NULL, closed_at TEXT, capture INTEGER REFERENCES captures(id), UNIQUE (crawl, url)
) STRICT;
CREATE INDEX frontier_state ON frontier (crawl, state, id);
CREATE TABLE captures (
    id INTEGER PRIMARY KEY, crawl INTEGER NOT NULL REFERENCES crawls(id), url TEXT NOT NULL, fetched_at TEXT NOT NULL,
    status INTEGER NOT NULL, sha256 TEXT NOT NULL, size INTEGER NOT NULL, via TEXT NOT NULL,
    file TEXT NOT NULL, offset INTEGER NOT NULL, length INTEGER NOT NULL
) STRICT;
CREATE TABLE ads (
    id INTEGER PRIMARY KEY, site TEXT NOT NULL, ad_id TEXT NOT NULL, kind TEXT NOT NULL, url TEXT NOT NULL,
    first_seen TEXT NOT NULL, last_seen TEXT NOT NULL, UNIQUE (site, ad_id)
) STRICT;
CREATE TABLE observations (
    id INTEGER PRIMARY KEY, ad INTEGER NOT NULL REFERENCES ads(id), seen_at TEXT NOT NULL,
    capture INTEGER REFERENCES captures(id), source TEXT NOT NULL, sha256 TEXT NOT NULL, document TEXT NOT NULL,
    UNIQUE (ad, seen_at, sha256)
) STRICT;
CREATE TABLE sightings (
    ad INTEGER NOT NULL REFERENCES ads(id), seen_at TEXT NOT NULL, sha256 TEXT NOT NULL,
    capture INTEGER REFERENCES captures(id), source TEXT NOT NULL, PRIMARY KEY (ad, seen_at, sha256)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER observations_immutable BEFORE UPDATE ON observations
BEGIN SELECT RAISE(ABORT, 'an observation is never changed'); END;
"""
