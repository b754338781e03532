"""History of clusters: which became part of which, when and why; and the rulings of persons on ties."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, cast

from alerts.linking.rulings import Ruling, RulingKind, Rulings
from alerts.pictures.picturestore import names_of
from crawler.database import Database, transaction, utc_now
from crawler.errors import VardeError


class NoRuling(VardeError):
    """There is no such ruling, or key, to act on. Raised by `rule` and `undo_ruling`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """So many ads of one cluster came to be part of another."""

    at: str
    cluster: str
    became: str
    ads: int
    why: str

    def __str__(self) -> str:
        ads = f"{self.ads} ads" if self.ads > 1 else "1 ad"
        return f"{ads} of {self.cluster} became part of {self.became} on {self.at[:10]} because {self.why}"


def find_changes(before: Mapping[int, str], now: Mapping[int, str], why: Mapping[str, str]) -> list[Change]:
    """What became of clusters whose ads (ad -> cluster) are in others now; `why` by the cluster they are in now."""
    moves = Counter((before[ad], now[ad]) for ad in before if ad in now and now[ad] != before[ad])
    return [
        Change(at=utc_now(), cluster=old, became=new, ads=ads, why=why.get(new, "its ads changed"))
        for (old, new), ads in sorted(moves.items())
    ]


def heirs(changes: list[Change]) -> dict[str, str]:
    """For each cluster that lost ads, the one that most of them are in now."""
    found: dict[str, Change] = {}
    for change in changes:
        if change.cluster not in found or change.ads > found[change.cluster].ads:
            found[change.cluster] = change
    return {cluster: change.became for cluster, change in found.items()}


def keep_changes(db: Database, changes: list[Change]) -> None:
    """Note them, inside the caller's transaction."""
    db.conn.executemany(
        "INSERT INTO cluster_history (at, cluster, became, ads, why) VALUES (?, ?, ?, ?, ?)",
        [(c.at, c.cluster, c.became, c.ads, c.why) for c in changes],
    )


def changes_of(db: Database, cluster: str) -> list[Change]:
    """What came into a cluster and what left it, oldest first."""
    sql = "SELECT at, cluster, became, ads, why FROM cluster_history WHERE cluster = ?1 OR became = ?1 ORDER BY id"
    return [
        Change(at=at, cluster=old, became=new, ads=ads, why=why) for at, old, new, ads, why in _rows(db, sql, cluster)
    ]


def heir_of(db: Database, cluster: str) -> str | None:
    """The cluster that most of a vanished one's ads came to be part of, however often that went on; None for none."""
    seen: set[str] = set()
    sql = "SELECT became FROM cluster_history WHERE cluster = ? ORDER BY at DESC, ads DESC, id LIMIT 1"
    found: str | None = None
    while cluster not in seen and (row := next(_rows(db, sql, cluster), None)):
        seen.add(cluster)
        found = cluster = row[0]
    return found


# rulings


def rule(db: Database, ruling: RulingKind, *, kind: str, value: str, by: str, reason: str, ad: str = "") -> int:
    """Cut or confirm a key, for one ad ("site/ad_id") or for all; returns the ruling's number. Raises NoRuling.

    The ads that carry the key are linked anew by the next analysis.
    """
    with transaction(db):
        sql = "SELECT 1 FROM carriers WHERE kind = ? AND value = ? LIMIT 1"
        if not next(_rows(db, sql, kind, _carried(db, kind, value)), None):
            raise NoRuling(f"no ad carries the {kind} {value!r}; `varde cluster ID` lists the keys of a cluster")
        if ad and not next(_rows(db, "SELECT 1 FROM cards WHERE site || '/' || ad_id = ?", ad), None):
            raise NoRuling(f"no ad {ad!r}; an ad is named as site/ad_id, as `varde cluster ID --json` shows it")
        sql = "INSERT INTO rulings (at, by, ruling, kind, value, ad, reason) VALUES (?, ?, ?, ?, ?, ?, ?)"
        number = db.execute(sql, (utc_now(), by, ruling, kind, value, ad, reason)).lastrowid
        _relink(db, kind, value)
    return int(number or 0)


def undo_ruling(db: Database, number: int, *, by: str, reason: str) -> None:
    """Take a ruling back, by an entry of its own. Raises NoRuling."""
    with transaction(db):
        found = next((one for one in rulings(db) if one.id == number), None)
        if found is None:
            raise NoRuling(f"no ruling {number} in force; `varde tie list` names them")
        db.execute(
            "INSERT INTO rulings (at, by, ruling, kind, value, ad, reason, undoes) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (utc_now(), by, "undo", found.kind, found.value, found.ad, reason, number),
        )
        _relink(db, found.kind, found.value)


def rulings(db: Database) -> list[Ruling]:
    """The rulings in force, oldest first."""
    sql = (
        "SELECT id, at, by, ruling, kind, value, ad, reason FROM rulings WHERE undoes IS NULL "
        "AND id NOT IN (SELECT undoes FROM rulings WHERE undoes IS NOT NULL) ORDER BY id"
    )
    return [
        Ruling(id=id, at=at, by=by, ruling=ruling, kind=kind, value=value, ad=ad, reason=reason)
        for id, at, by, ruling, kind, value, ad, reason in _rows(db, sql)
    ]


def load_rulings(db: Database) -> Rulings:
    """The rulings in force, by the keys that ads carry now: a ruling on a picture is one on its group."""
    found = rulings(db)
    images = {one.value for one in found if one.kind == "image"}
    names = names_of(db, images) if images else {}
    return Rulings.of(replace(one, value=names.get(one.value, one.value)) for one in found)


def _relink(db: Database, kind: str, value: str) -> None:
    sql = "INSERT OR REPLACE INTO unlinked (ad) SELECT ad FROM carriers WHERE kind = ? AND value = ?"
    db.execute(sql, (kind, _carried(db, kind, value)))


def _carried(db: Database, kind: str, value: str) -> str:
    """The value that ads carry for a key: a picture is carried as the first hash of its group."""
    return names_of(db, [value]).get(value, value) if kind == "image" else value


def _rows(db: Database, sql: str, *args: object) -> Iterator[tuple[Any, ...]]:
    return cast("Iterator[tuple[Any, ...]]", db.execute(sql, args))
