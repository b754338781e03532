"""The tables of the watch-list and of what is to be told about it, in numbered steps."""

from __future__ import annotations

from sqlite_utils import Database, Migrations

from crawler.database import run_script

migrations = Migrations("watch")


@migrations()
def m001_watched(db: Database) -> None:
    run_script(db, _TABLES)


@migrations()
def m002_to_match(db: Database) -> None:
    """What was read and is not matched yet: an analysis that is ended between the two forgets nothing."""
    run_script(db, _TO_MATCH)


# The virtual table watch_texts and its words are made by alerts/watch/watchwords.py when they are first filled: a unit
# can do without them.
_TABLES = """
CREATE TABLE watches (
    id INTEGER PRIMARY KEY, kind TEXT NOT NULL, value TEXT NOT NULL, typed TEXT NOT NULL,
    distance INTEGER NOT NULL DEFAULT 0, case_ref TEXT NOT NULL CHECK (case_ref != ''), added_by TEXT NOT NULL,
    added_at TEXT NOT NULL, expires_on TEXT NOT NULL, notify TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX watches_value ON watches (kind, value);
CREATE TRIGGER watches_immutable BEFORE UPDATE ON watches
BEGIN SELECT RAISE(ABORT, 'an entry of the watch-list is never changed'); END;
CREATE TABLE watch_events (
    id INTEGER PRIMARY KEY, watch INTEGER NOT NULL REFERENCES watches(id), at TEXT NOT NULL, by TEXT NOT NULL,
    what TEXT NOT NULL CHECK (what IN ('added', 'removed', 'seen')), reason TEXT NOT NULL DEFAULT '',
    up_to INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX watch_events_watch ON watch_events (watch, what);
CREATE TRIGGER watch_events_immutable BEFORE UPDATE ON watch_events
BEGIN SELECT RAISE(ABORT, 'the history of the watch-list is never changed'); END;
CREATE TABLE watch_hits (
    id INTEGER PRIMARY KEY, watch INTEGER NOT NULL REFERENCES watches(id), ad INTEGER NOT NULL REFERENCES ads(id),
    observation INTEGER NOT NULL REFERENCES observations(id), at TEXT NOT NULL, past INTEGER NOT NULL,
    quote TEXT, UNIQUE (watch, ad)
) STRICT;
CREATE INDEX watch_hits_ad ON watch_hits (ad);
CREATE TABLE watch_index (
    id INTEGER PRIMARY KEY CHECK (id = 1), version TEXT NOT NULL, up_to INTEGER NOT NULL, is_off INTEGER NOT NULL
) STRICT;
CREATE TABLE notices (
    id INTEGER PRIMARY KEY, channel TEXT NOT NULL, key TEXT NOT NULL, kind TEXT NOT NULL, subject INTEGER NOT NULL,
    created_at TEXT NOT NULL, due_at TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'sending', 'sent', 'uncertain', 'failed')),
    message TEXT NOT NULL DEFAULT '', tries INTEGER NOT NULL DEFAULT 0, error TEXT NOT NULL DEFAULT '',
    changed_at TEXT NOT NULL, UNIQUE (channel, key)
) STRICT;
CREATE INDEX notices_state ON notices (state, due_at);
"""

_TO_MATCH = """
CREATE TABLE watch_todo (observation INTEGER PRIMARY KEY) STRICT;
CREATE TRIGGER readings_to_match AFTER INSERT ON readings
BEGIN INSERT OR IGNORE INTO watch_todo (observation) VALUES (new.observation); END;
"""
