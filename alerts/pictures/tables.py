"""The table of the hashes of pictures and of what each belongs to, in numbered steps."""

from __future__ import annotations

import json

from sqlite_utils import Database, Migrations

from alerts.pictures.picturestore import keep_shown
from alerts.pictures.shown import shown_hashes
from crawler.database import run_script

migrations = Migrations("pictures")


@migrations()
def m001_pictures(db: Database) -> None:
    """Ads that were read before are looked through by the next analysis."""
    run_script(db, _TABLES)
    db.execute("INSERT OR IGNORE INTO unlinked (ad) SELECT DISTINCT ad FROM keys WHERE kind = 'image'")


@migrations()
def m002_chains(db: Database) -> None:
    db.execute("CREATE INDEX picture_hashes_chain ON picture_hashes (chain)")


@migrations()
def m003_shown(db: Database) -> None:
    """Hashes came to be kept when an ad is read. Those that are not known yet of ads read before are kept here."""
    sql = (
        "SELECT coalesce(o.document -> '$.images', '[]') FROM observations o WHERE o.id IN ("
        "SELECT k.observation FROM unlinked u CROSS JOIN readings r ON r.ad = u.ad "
        "CROSS JOIN keys k ON k.observation = r.observation AND k.kind = 'image' "
        "UNION SELECT observation FROM keys WHERE kind = 'image' AND value NOT IN (SELECT value FROM picture_hashes))"
    )
    for (images,) in db.execute(sql):
        keep_shown(db, shown_hashes(json.loads(images)))


# One row a hash (`value` as keys have it) with the hash of its mirror image, "" where that is not known. `chain` is
# the smallest number of those that hang together with it, hash by hash, 0 for one that waits to be placed; `name` the
# key that ads carry for it, and `bits` how far it is from that.
_TABLES = """
CREATE TABLE picture_hashes (
    id INTEGER PRIMARY KEY, value TEXT NOT NULL, mirror TEXT NOT NULL, chain INTEGER NOT NULL, name TEXT NOT NULL,
    bits INTEGER NOT NULL, UNIQUE (value, mirror)
) STRICT
"""
