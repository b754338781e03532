"""Hashes of pictures in the store: which are known, what they hang together with, and which ads carry them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast

from alerts.pictures.grouping import Hashed
from alerts.pictures.shown import Shown
from crawler.database import Database, among


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


def keep_shown(db: Database, shown: Iterable[Shown]) -> None:
    """Keep the hashes that are not known yet, inside the caller's transaction. They wait to be placed."""
    db.conn.executemany(
        "INSERT OR IGNORE INTO picture_hashes (value, mirror, chain, name, bits) VALUES (?1, ?2, 0, ?1, 0)", shown
    )


def take_waiting(db: Database) -> dict[str, list[Known]]:
    """The hashes that wait to be placed, by their kind, in the order of their numbers, each now standing for itself.
    Inside the caller's transaction. They have the highest numbers of their kind.
    """
    found: dict[str, list[Known]] = {}
    sql = "UPDATE picture_hashes SET chain = id WHERE chain = 0 RETURNING id, value, mirror"
    for number, value, mirror in sorted(_rows(db, sql)):
        algorithm, _, digits = value.partition(":")
        found.setdefault(algorithm, []).append(Known(number, number, Hashed(digits, mirror)))
    return found


def load_known(db: Database, algorithm: str, after: int = 0, before: int | None = None) -> list[Known]:
    """Every hash of one kind whose number lies between, in the order of their numbers."""
    where = "instr(value, ?) = 1 AND id > ? AND id < coalesce(?, 9e18)"
    return _known(db, algorithm, where, f"{algorithm}:", after, before)


def all_digits(db: Database, algorithm: str) -> str:
    """The 64 digits of every hash of one kind, one after the other, with those of mirror images, some more than once:
    a million rows would take a second to fetch.
    """
    sql = (
        "SELECT coalesce(group_concat(substr(value, ?1) || mirror, ''), '') FROM picture_hashes "
        "WHERE substr(value, 1, ?1 - 1) = ?2"
    )
    ((digits,),) = _rows(db, sql, len(algorithm) + 2, f"{algorithm}:")
    return cast("str", digits)


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
    db.execute(f"INSERT OR IGNORE INTO unlinked (ad) {sql}", (found,))
    db.conn.executemany(
        "UPDATE picture_hashes SET chain = ?, name = ?, bits = ? WHERE id = ?",
        [(place.chain, place.name, place.bits, place.id) for place in places],
    )


def names_of(db: Database, values: Iterable[str]) -> dict[str, str]:
    """For each of the hashes (as keys have them) that was placed, the key that ads carry for it."""
    those, wanted = among(list(values))
    return dict(_rows(db, f"SELECT value, name FROM picture_hashes WHERE chain != 0 AND value {those}", *wanted))


def _rows(db: Database, sql: str, *args: object) -> Iterator[tuple[Any, ...]]:
    return cast("Iterator[tuple[Any, ...]]", db.execute(sql, args))
