"""The tables of what was collected, in numbered steps."""

from __future__ import annotations

from sqlite_utils import Database, Migrations

from crawler.database import run_script

migrations = Migrations("crawler")


@migrations()
def m001_collected(db: Database) -> None:
    run_script(db, _TABLES)


@migrations()
def m002_evidence(db: Database) -> None:
    """Chained records, security events, revisits, feeds, health and the timetable."""
    run_script(db, _EVIDENCE)


@migrations()
def m003_pictures(db: Database) -> None:
    """On what basis a crawl looked at pictures, and what became of how many."""
    run_script(db, _PICTURES)


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

_EVIDENCE = """
CREATE TABLE pages (
    id INTEGER PRIMARY KEY, crawl INTEGER NOT NULL REFERENCES crawls(id), url TEXT NOT NULL, kind TEXT NOT NULL,
    depth INTEGER NOT NULL, state TEXT NOT NULL DEFAULT 'queued', reason TEXT NOT NULL DEFAULT '',
    added_at TEXT NOT NULL, closed_at TEXT, capture INTEGER REFERENCES captures(id), body TEXT NOT NULL DEFAULT '',
    UNIQUE (crawl, url, body)
) STRICT;
INSERT INTO pages SELECT *, '' FROM frontier;
DROP TABLE frontier;
ALTER TABLE pages RENAME TO frontier;
CREATE INDEX frontier_state ON frontier (crawl, state, id);
CREATE TABLE records (
    id INTEGER PRIMARY KEY, crawl INTEGER NOT NULL REFERENCES crawls(id), file TEXT NOT NULL, offset INTEGER NOT NULL,
    length INTEGER NOT NULL, type TEXT NOT NULL, record TEXT NOT NULL, url TEXT NOT NULL, date TEXT NOT NULL,
    sha256 TEXT NOT NULL, chain TEXT NOT NULL, UNIQUE (file, offset)
) STRICT;
CREATE INDEX records_crawl ON records (crawl, id);
CREATE TRIGGER records_immutable BEFORE UPDATE ON records
BEGIN SELECT RAISE(ABORT, 'a record of the archive is never changed'); END;
CREATE TABLE manifests (
    id INTEGER PRIMARY KEY, crawl INTEGER NOT NULL UNIQUE REFERENCES crawls(id), created_at TEXT NOT NULL,
    previous TEXT NOT NULL, sha256 TEXT NOT NULL
) STRICT;
CREATE TRIGGER manifests_immutable BEFORE UPDATE ON manifests
BEGIN SELECT RAISE(ABORT, 'a manifest is never changed'); END;
CREATE TABLE security_events (
    crawl INTEGER NOT NULL REFERENCES crawls(id), kind TEXT NOT NULL, detail TEXT NOT NULL, first_at TEXT NOT NULL,
    last_at TEXT NOT NULL, url TEXT NOT NULL, times INTEGER NOT NULL, PRIMARY KEY (crawl, kind, detail)
) STRICT, WITHOUT ROWID;
CREATE TABLE visits (
    site TEXT NOT NULL, url TEXT NOT NULL, rules TEXT NOT NULL, etag TEXT NOT NULL, last_modified TEXT NOT NULL,
    sha256 TEXT NOT NULL, capture INTEGER REFERENCES captures(id), PRIMARY KEY (site, url)
) STRICT, WITHOUT ROWID;
CREATE TABLE visit_ads (
    site TEXT NOT NULL, url TEXT NOT NULL, ad INTEGER NOT NULL REFERENCES ads(id), PRIMARY KEY (site, url, ad)
) STRICT, WITHOUT ROWID;
CREATE TABLE cursors (
    site TEXT PRIMARY KEY, cursor TEXT NOT NULL, etag TEXT NOT NULL, last_modified TEXT NOT NULL, at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE fills (
    crawl INTEGER NOT NULL REFERENCES crawls(id), field TEXT NOT NULL, ads INTEGER NOT NULL, letters INTEGER NOT NULL,
    PRIMARY KEY (crawl, field)
) STRICT, WITHOUT ROWID;
CREATE TABLE runs (
    id INTEGER PRIMARY KEY, site TEXT NOT NULL, due_at TEXT NOT NULL, started_at TEXT NOT NULL, finished_at TEXT,
    outcome TEXT NOT NULL DEFAULT 'running'
) STRICT;
CREATE INDEX runs_site ON runs (site, due_at);
ALTER TABLE captures ADD COLUMN record INTEGER REFERENCES records(id);
ALTER TABLE ads ADD COLUMN gone_at TEXT;
ALTER TABLE crawls ADD COLUMN not_before TEXT;
ALTER TABLE crawls ADD COLUMN site_sha256 TEXT NOT NULL DEFAULT '';
"""

_PICTURES = """
CREATE TABLE crawl_pictures (
    crawl INTEGER NOT NULL REFERENCES crawls(id), outcome TEXT NOT NULL, pictures INTEGER NOT NULL,
    PRIMARY KEY (crawl, outcome)
) STRICT, WITHOUT ROWID;
ALTER TABLE crawls ADD COLUMN images_basis TEXT NOT NULL DEFAULT '';
"""
