"""Stores with a watch-list, and ads to match against it, that its tests share."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from alerts.intake import BATCH, read_here, read_new
from alerts.store import open_alerts
from alerts.watch.watchlist import Wanted, add
from alerts.watch.watchmatch import match_new
from alerts.watch.watchstore import Hit, WatchKind
from crawler.database import Database
from crawler.store import observation_ids
from tests.alerts.stores import TEXTS, Row, escort, take

HASH = "ffff000011112222333344445555666677778888999900001111222233334444"
NEAR = HASH[:-1] + "5"  # one bit
FAR = "0" * 64
ADS = (
    escort("1", f"{TEXTS[0]} 42 00 00 17 telegram: @lina24", images=[{"url": "x", "phash": HASH}]),
    escort("2", "Søt jente i Oslo, thaimassasje hele uka. Ring fire to null null null null en syv"),
    escort("3", f"{TEXTS[0].replace('write', 'send')} 43 00 00 18 pages.example/lina", site="b.example"),
    escort("4", "Ny i byen, skriv til lina@post.example, vipps 123456", title="Bergen"),
)


def read_store(folder: Path, rows: Iterable[Row] = ADS) -> Database:
    """A new store with these ads, read."""
    db = open_alerts(folder / "varde.db", create=True)
    take(db, rows)
    read_new(db, read_here, again=False, say=lambda _: None)
    return db


def arrive(db: Database, *rows: Row, **how: Any) -> list[Hit]:
    """Take more ads, read them, and match them as an analysis does."""
    before = set(observation_ids(db))
    take(db, rows)
    read_new(db, read_here, again=False, say=lambda _: None)
    new = [number for number in observation_ids(db) if number not in before]
    found: list[Hit] = []
    for start in range(0, len(new), BATCH):
        found += match_new(db, new[start : start + BATCH], **how)
    return found


def watch(db: Database, kind: WatchKind, typed: str, **more: Any) -> tuple[int, list[int]]:
    """Add an entry: (its number, the ads of the past)."""
    entry, found = add(db, Wanted(**{"kind": kind, "typed": typed, "case_ref": "K-1"} | more))
    return entry.id, [hit.ad for hit in found]
