"""Entries of the watch-list and their hits as rows: short ones for a terminal, whole ones for other programs."""

from __future__ import annotations

from alerts.watch.watchlist import Shown
from alerts.watch.watchstore import Tally, Watch, history
from crawler.database import Database

LONGEST = 60  # letters of a value or quote in a table


def entry_line(entry: Watch, tally: Tally) -> dict[str, object]:
    shown = entry.typed if entry.kind in ("text", "template") else entry.value
    return {
        "entry": entry.id, "kind": entry.kind, "value": shown[:LONGEST], "case": entry.case_ref,
        "by": entry.added_by, "added": entry.added_at[:10], "expires": entry.expires_on, "state": entry.state,
        "hits": tally.ads, "new": tally.new,
    }  # fmt: skip


def entry_row(entry: Watch, tally: Tally) -> dict[str, object]:
    return {
        "entry": entry.id, "kind": entry.kind, "value": entry.value, "typed": entry.typed, "distance": entry.distance,
        "case": entry.case_ref, "by": entry.added_by, "added": entry.added_at, "expires": entry.expires_on,
        "state": entry.state, "notify": list(entry.notify), "hits": tally.ads, "new": tally.new,
    }  # fmt: skip


def history_rows(db: Database, entry: Watch) -> list[dict[str, str]]:
    """Everything that was done to an entry, oldest first."""
    return [{"at": at, "by": by, "what": what, "reason": why} for at, by, what, why in history(db, entry.id)]


def hit_line(one: Shown) -> dict[str, object]:
    return {
        "no": one.hit.ad, "site": one.site, "ad": one.ad_id, "kind": one.kind, "cluster": one.cluster,
        "first_seen": one.first_seen[:10], "last_seen": one.last_seen[:10], "quote": one.quote[:LONGEST],
    }  # fmt: skip


def hit_row(one: Shown) -> dict[str, object]:
    return {
        "ad": f"{one.site}/{one.ad_id}", "no": one.hit.ad, "kind": one.kind, "cluster": one.cluster or None,
        "first_seen": one.first_seen, "last_seen": one.last_seen, "quote": one.quote, "at": one.hit.at,
        "past": one.hit.past,
    }  # fmt: skip
