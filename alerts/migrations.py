"""The tables of what was concluded, in numbered steps."""

from __future__ import annotations

from sqlite_utils import Database, Migrations

from crawler.database import run_script

migrations = Migrations("alerts")


@migrations()
def m001_concluded(db: Database) -> None:
    run_script(db, _TABLES)


@migrations()
def m002_linking(db: Database) -> None:
    run_script(db, _LINKING)
    db.execute("INSERT INTO unlinked (ad) SELECT DISTINCT ad FROM readings")


@migrations()
def m003_news(db: Database) -> None:
    run_script(db, _NEWS)


@migrations()
def m004_settled(db: Database) -> None:
    run_script(db, _SETTLED)


@migrations()
def m005_hosts(db: Database) -> None:
    run_script(db, _HOSTS)


@migrations()
def m006_contacts(db: Database) -> None:
    run_script(db, _CONTACTS)


@migrations()
def m007_notes(db: Database) -> None:
    run_script(db, _NOTES)


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

# cards and carriers: what linking knows of each ad, and which ad carries which key; kept so that one more ad costs
# what it touches. unlinked: ads that were read, or seen, since. key_states: why a key that ties nobody is refused.
_LINKING = """
CREATE TABLE cards (
    ad INTEGER PRIMARY KEY REFERENCES ads(id), site TEXT NOT NULL, ad_id TEXT NOT NULL, owner TEXT NOT NULL,
    first_seen TEXT NOT NULL, last_seen TEXT NOT NULL, listed INTEGER NOT NULL, template TEXT NOT NULL DEFAULT '',
    employer TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE TABLE carriers (
    kind TEXT NOT NULL, value TEXT NOT NULL, ad INTEGER NOT NULL REFERENCES ads(id), first_seen TEXT NOT NULL,
    last_seen TEXT NOT NULL, confidence REAL NOT NULL, how TEXT NOT NULL, PRIMARY KEY (kind, value, ad)
) STRICT, WITHOUT ROWID;
CREATE INDEX carriers_ad ON carriers (ad);
CREATE TABLE key_states (
    kind TEXT NOT NULL, value TEXT NOT NULL, state TEXT NOT NULL, PRIMARY KEY (kind, value)
) STRICT, WITHOUT ROWID;
CREATE TABLE unlinked (ad INTEGER PRIMARY KEY REFERENCES ads(id)) STRICT;
CREATE TABLE rulings (
    id INTEGER PRIMARY KEY, at TEXT NOT NULL, by TEXT NOT NULL, ruling TEXT NOT NULL, kind TEXT NOT NULL,
    value TEXT NOT NULL, ad TEXT NOT NULL, reason TEXT NOT NULL, undoes INTEGER REFERENCES rulings(id)
) STRICT;
CREATE TRIGGER rulings_immutable BEFORE UPDATE ON rulings
BEGIN SELECT RAISE(ABORT, 'a ruling is never changed'); END;
CREATE TRIGGER rulings_kept BEFORE DELETE ON rulings
BEGIN SELECT RAISE(ABORT, 'a ruling is never deleted'); END;
CREATE TABLE cluster_history (
    id INTEGER PRIMARY KEY, at TEXT NOT NULL, cluster TEXT NOT NULL, became TEXT NOT NULL, ads INTEGER NOT NULL,
    why TEXT NOT NULL
) STRICT;
CREATE INDEX cluster_history_of ON cluster_history (cluster);
CREATE INDEX cluster_history_to ON cluster_history (became)
"""

# What came since the last analysis is noted as it is written, by whichever process writes it, so that nobody need look
# through the store for it: observations without a reading, and ads that were seen again. A later step that rebuilds ads
# or observations has to make these triggers anew.
_NEWS = """
CREATE TABLE unread (observation INTEGER PRIMARY KEY REFERENCES observations(id)) STRICT;
INSERT INTO unread SELECT id FROM observations WHERE id NOT IN (SELECT observation FROM readings);
INSERT OR IGNORE INTO unlinked (ad) SELECT c.ad FROM cards c JOIN ads a ON a.id = c.ad
    WHERE a.last_seen != c.last_seen OR a.first_seen != c.first_seen;
CREATE TRIGGER observations_unread AFTER INSERT ON observations
BEGIN INSERT INTO unread VALUES (NEW.id); END;
CREATE TRIGGER ads_seen_again AFTER UPDATE OF first_seen, last_seen ON ads
WHEN NEW.first_seen != OLD.first_seen OR NEW.last_seen != OLD.last_seen
BEGIN INSERT OR IGNORE INTO unlinked (ad) SELECT ad FROM cards WHERE ad = NEW.id; END;
CREATE INDEX readings_catalogue ON readings (catalogue)
"""

# The verdict on a key of very many ads, which stands whoever takes it up after `sure`: see alerts.linking.ties.Settled.
_SETTLED = """
CREATE TABLE settled_keys (
    kind TEXT NOT NULL, value TEXT NOT NULL, centre INTEGER NOT NULL REFERENCES ads(id), sure TEXT NOT NULL,
    PRIMARY KEY (kind, value)
) STRICT, WITHOUT ROWID
"""

# Web hosts came to be keys of their own: see alerts.linking.carriers.
_HOSTS = """
INSERT INTO carriers
    SELECT 'host', substr(k.value, 1, instr(replace(k.value, '?', '/') || '/', '/') - 1) AS carried, k.ad,
        min(k.first_seen), max(k.last_seen), max(k.confidence), min(k.value) || ' ' || c.template
    FROM carriers k JOIN cards c ON c.ad = k.ad AND c.template != '' WHERE k.kind = 'url' GROUP BY carried, k.ad;
INSERT OR IGNORE INTO unlinked (ad) SELECT ad FROM carriers WHERE kind = 'host'
"""

# The contacts of an ad, by which a number that a site puts under every ad is told: see alerts.linking.ties.
_CONTACTS = """
ALTER TABLE cards ADD COLUMN contacts TEXT NOT NULL DEFAULT '';
UPDATE cards SET contacts = coalesce((SELECT group_concat(value) FROM carriers c WHERE c.ad = cards.ad
    AND c.kind IN ('phone', 'email', 'handle')), '');
INSERT OR IGNORE INTO unlinked (ad) SELECT ad FROM cards
"""

# Whoever has an ad linked anew gives it another number, by which a linker tells what came while it was at work.
_NOTES = """
DROP TRIGGER ads_seen_again;
ALTER TABLE unlinked RENAME TO unlinked_before;
CREATE TABLE unlinked (
    ad INTEGER PRIMARY KEY REFERENCES ads(id), note INTEGER NOT NULL DEFAULT (random())
) STRICT;
INSERT INTO unlinked (ad) SELECT ad FROM unlinked_before;
DROP TABLE unlinked_before;
CREATE TRIGGER ads_seen_again AFTER UPDATE OF first_seen, last_seen ON ads
WHEN NEW.first_seen != OLD.first_seen OR NEW.last_seen != OLD.last_seen
BEGIN INSERT OR REPLACE INTO unlinked (ad) SELECT ad FROM cards WHERE ad = NEW.id; END
"""
