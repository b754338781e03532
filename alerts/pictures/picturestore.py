"""Hashes of pictures in the store: which are known, what they hang together with, and which ads carry them."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast

from alerts.pictures.grouping import Hashed
from alerts.reading.keys import HASHES, MIRROR, is_telling
from crawler.database import Database, among

_STEP = 2_000  # ads looked through at a time


@dataclass(frozen=True, slots=True)
class Known:
    """One hash with its number in the store, and the smallest number of those that hang together with it."""

    id: int
    chain: int
    picture: Hashed


@dataclass(frozen=True, slots=True)
class Place:
    """Where a hash belongs: as in the table."""

    id: int
    chain: int
    name: str
    bits: int


def add_new(db: Database, ads: Sequence[int]) -> int | None:
    """Add the hashes of ads that were read and are not known, inside the caller's transaction; returns the number that
    was the highest before, or None where none came. Each stands for itself until it is placed.
    """
    found = dict.fromkeys(
        shown for start in range(0, len(ads), _STEP) for shown in _shown(db, ads[start : start + _STEP])
    )
    if not found:
        return None
    last = int(next(_rows(db, "SELECT coalesce(max(id), 0) FROM picture_hashes"))[0])
    added = db.conn.executemany(
        "INSERT OR IGNORE INTO picture_hashes (id, value, mirror, chain, name, bits) VALUES (?1, ?2, ?3, ?1, ?2, 0)",
        [(number, *one) for number, one in enumerate(found, last + 1)],
    )
    return last if added.rowcount else None


def _shown(db: Database, ads: Sequence[int]) -> Iterator[tuple[str, str]]:
    """(value, mirror) of every picture that a version of the ads shows."""
    those, numbers = among(ads)
    sql = (
        "SELECT DISTINCT k.observation FROM readings r "  # from the ads
        f"CROSS JOIN keys k ON k.observation = r.observation AND k.kind = 'image' WHERE r.ad {those}"
    )
    with_some = [number for (number,) in _rows(db, sql, *numbers)]
    if not with_some:
        return
    those, numbers = among(with_some)
    sql = "SELECT i.value FROM observations o, json_each(o.document, '$.images') i"
    for (text,) in _rows(db, f"{sql} WHERE o.id {those} ORDER BY o.id, i.key", *numbers):
        image = json.loads(text)
        mirror = image.get(MIRROR, "").lower()
        for name in HASHES:
            digits = image.get(name, "").lower()
            if is_telling(digits):
                yield f"{name}:{digits}", mirror if name == "phash" and is_telling(mirror) else ""


def load_known(db: Database, algorithm: str, after: int = 0, before: int | None = None) -> list[Known]:
    """Every hash of one kind whose number lies between, in the order of their numbers."""
    where = "instr(value, ?) = 1 AND id > ? AND id < coalesce(?, 9e18)"
    return _known(db, algorithm, where, f"{algorithm}:", after, before)


def load_fresh(db: Database, after: int) -> dict[str, list[Known]]:
    """Every hash whose number is higher, by its kind, in the order of their numbers."""
    found: dict[str, list[Known]] = defaultdict(list)
    for number, chain, value, mirror in _rows(
        db, "SELECT id, chain, value, mirror FROM picture_hashes WHERE id > ? ORDER BY id", after
    ):
        algorithm, _, digits = value.partition(":")
        found[algorithm].append(Known(number, chain, Hashed(digits, mirror)))
    return found


def load_chains(db: Database, algorithm: str, hashes: Iterable[int]) -> list[Known]:
    """Of these hashes, by number, all that hang together with one of them."""
    those, numbers = among(list(hashes))
    return _known(db, algorithm, f"chain IN (SELECT chain FROM picture_hashes WHERE id {those})", *numbers)


def _known(db: Database, algorithm: str, where: str, *args: object) -> list[Known]:
    sql = f"SELECT id, chain, substr(value, ?), mirror FROM picture_hashes WHERE {where} ORDER BY id"
    rows = _rows(db, sql, len(algorithm) + 2, *args)
    return [Known(id, chain, Hashed(digits, mirror)) for id, chain, digits, mirror in rows]


def keep_places(db: Database, places: Sequence[Place]) -> None:
    """Store where hashes belong, inside the caller's transaction, and have the ads linked anew that carry those for
    which that is elsewhere than before.
    """
    found = json.dumps([[place.id, place.name, place.bits] for place in places])
    moved = (
        "SELECT p.value FROM json_each(?) j JOIN picture_hashes p ON p.id = j.value ->> 0 "
        "WHERE p.name != j.value ->> 1 OR p.bits != j.value ->> 2"
    )
    sql = f"SELECT DISTINCT ad FROM keys WHERE kind = 'image' AND value IN ({moved})"
    db.execute(f"INSERT OR IGNORE INTO unlinked {sql}", (found,))
    db.conn.executemany(
        "UPDATE picture_hashes SET chain = ?, name = ?, bits = ? WHERE id = ?",
        [(place.chain, place.name, place.bits, place.id) for place in places],
    )


def names_of(db: Database, values: Iterable[str]) -> dict[str, str]:
    """For each of the hashes (as keys have them) that is known, the key that ads carry for it."""
    those, wanted = among(list(values))
    return dict(_rows(db, f"SELECT value, name FROM picture_hashes WHERE value {those}", *wanted))


def _rows(db: Database, sql: str, *args: object) -> Iterator[tuple[Any, ...]]:
    return cast("Iterator[tuple[Any, ...]]", db.execute(sql, args))
