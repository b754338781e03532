"""Extracts that were given away before: recorded in the store, and what a new one beside them would reveal."""

from __future__ import annotations

import json
from collections.abc import Iterator, Set
from dataclasses import dataclass
from hashlib import sha256
from typing import cast

from alerts.sampling.cells import GRAND, Cell, Table
from alerts.sampling.designs import FEW, NoSample
from crawler.database import Database, utc_now

_WIDTH = 8  # bytes of a hash


@dataclass(frozen=True, slots=True)
class Clash:
    """A cell that an earlier extract makes telling, and why."""

    cell: Cell
    extract: int
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What is recorded of an extract besides its cells."""

    software: str
    unit: str
    command: str
    selection: str


def selection_of(labels: Set[str]) -> str:
    """By which two selections are told to be the same: a hash of all labels together, which gives none of them away."""
    return sha256("\n".join(sorted(labels)).encode()).hexdigest()


def find_clashes(db: Database, unit: str, table: Table) -> list[Clash]:
    """The cells whose difference from the same cell of an earlier extract is of fewer than FEW.

    Only where one is within the other: what is shown of both then tells how many are in one alone, and what was
    withheld before stays withheld, or it would be told now. Raises NoSample where it is the whole that differs so.
    """
    found = list(_clashes(db, unit, table))
    for clash in found:
        if clash.cell == GRAND:
            raise NoSample(
                f"refused: {clash.why}. Draw the same again, or a period, sites or a size that differ by {FEW} or more"
            )
    return found


def _clashes(db: Database, unit: str, table: Table) -> Iterator[Clash]:
    sql = (
        "SELECT c.cell, c.extract, c.shown, c.members, e.at FROM extract_cells c JOIN extracts e ON e.id = c.extract "
        "WHERE e.unit = ? ORDER BY c.extract"
    )
    hashes = {cell: {_hash(label) for label in labels} for cell, labels in table.members.items()}
    for text, extract, shown, kept, at in db.execute(sql, (unit,)):
        cell = _cell(text)
        before, now = _unpack(kept), hashes.get(cell)
        if now is None or (before == now and shown):
            continue
        what = "shows" if shown else "withholds"
        which = f"extract {extract} of {at[:10]} {what} the same {'total' if cell == GRAND else 'cell'}"
        alone = len(before ^ now)
        if before and alone < FEW and (before <= now or now <= before):
            yield Clash(cell, extract, f"{which} with {alone} more or fewer, who would show by the difference")


def keep_extract(db: Database, made: Made, table: Table, withheld: Set[Cell]) -> int:
    """Record an extract, inside the caller's transaction; returns its number."""
    db.execute(
        "INSERT INTO extracts (at, software, unit, command, selection) VALUES (?, ?, ?, ?, ?)",
        (utc_now(), made.software, made.unit, made.command, made.selection),
    )
    (number,) = db.execute("SELECT last_insert_rowid()").fetchone()
    db.conn.executemany(
        "INSERT INTO extract_cells (extract, cell, shown, members) VALUES (?, ?, ?, ?)",
        [(number, json.dumps(cell, ensure_ascii=False), cell not in withheld, _pack(labels))
         for cell, labels in table.members.items()],
    )  # fmt: skip
    return int(number)


def _hash(label: str) -> bytes:
    return sha256(label.encode()).digest()[:_WIDTH]


def _pack(labels: Set[str]) -> bytes:
    return b"".join(sorted(map(_hash, labels)))


def _unpack(kept: bytes) -> set[bytes]:
    return {kept[at : at + _WIDTH] for at in range(0, len(kept), _WIDTH)}


def _cell(text: str) -> Cell:
    return cast("Cell", tuple((trait, value) for trait, value in json.loads(text)))
