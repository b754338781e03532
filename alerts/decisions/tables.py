"""The table of decisions, which nobody can change, and what alerts keep for the queue, in numbered steps."""

from __future__ import annotations

from sqlite_utils import Database, Migrations

from crawler.database import run_script

migrations = Migrations("decisions")


@migrations()
def m001_decisions(db: Database) -> None:
    run_script(db, _DECISIONS)


@migrations()
def m002_queue(db: Database) -> None:
    run_script(db, _QUEUE)


# REPLACE deletes rows without asking the triggers on deletion (sqlite.org/lang_conflict.html), so a third one watches
# what comes in.
_DECISIONS = """
CREATE TABLE decisions (
    id INTEGER PRIMARY KEY, at TEXT NOT NULL, by TEXT NOT NULL, alert INTEGER NOT NULL REFERENCES alerts(id),
    cluster TEXT NOT NULL, verdict TEXT NOT NULL, reason TEXT NOT NULL, undoes INTEGER REFERENCES decisions(id),
    judged TEXT NOT NULL
) STRICT;
CREATE INDEX decisions_alert ON decisions (alert);
CREATE UNIQUE INDEX decisions_undoes ON decisions (undoes) WHERE undoes IS NOT NULL;
CREATE TRIGGER decisions_unchanged BEFORE UPDATE ON decisions
BEGIN SELECT RAISE(ABORT, 'a decision is never changed: undo it and decide again'); END;
CREATE TRIGGER decisions_kept BEFORE DELETE ON decisions
BEGIN SELECT RAISE(ABORT, 'a decision is never deleted: undo it'); END;
CREATE TRIGGER decisions_not_replaced BEFORE INSERT ON decisions
WHEN NEW.id IN (SELECT id FROM decisions) OR NEW.undoes IN (SELECT undoes FROM decisions)
BEGIN SELECT RAISE(ABORT, 'a decision is never replaced, and undone once'); END
"""

_QUEUE = """
ALTER TABLE alerts ADD COLUMN woken_at TEXT NOT NULL DEFAULT '';
ALTER TABLE alerts ADD COLUMN rule TEXT NOT NULL DEFAULT '';
ALTER TABLE alerts ADD COLUMN score REAL NOT NULL DEFAULT 0;
ALTER TABLE alerts ADD COLUMN sites TEXT NOT NULL DEFAULT '[]';
UPDATE alerts SET woken_at = opened_at, rule = coalesce(document ->> '$.rule', ''),
    score = coalesce(document ->> '$.score', 0), sites = coalesce(
        (SELECT json_group_array(DISTINCT a.site) FROM members m JOIN ads a ON a.id = m.ad
         WHERE m.cluster = alerts.cluster), '[]')
"""
