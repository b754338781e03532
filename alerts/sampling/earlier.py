"""Extracts that were given away before: recorded in the store, and what a new one beside them would reveal."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from hashlib import sha256
from itertools import groupby
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


@dataclass(frozen=True, slots=True)
class Given:
    """One cell of an earlier extract, with the hashes of who was in it."""

    extract: int
    at: str
    cell: Cell
    shown: bool
    members: frozenset[bytes]

    def why(self, alone: int) -> str:
        """What it makes telling beside a cell of which so many are in one of the two alone."""
        named = ", ".join(value for _, value in self.cell) or "the total"
        what = "shows" if self.shown else "withholds"
        return (
            f"extract {self.extract} of {self.at[:10]} {what} {named}, and {alone} more or fewer would show beside it"
        )


def load_given(db: Database, unit: str) -> list[Given]:
    """Every cell of somebody that was given away of the unit, the oldest extract first."""
    sql = (
        "SELECT c.extract, e.at, c.cell, c.shown, c.members FROM extract_cells c JOIN extracts e ON e.id = c.extract "
        "WHERE e.unit = ? AND length(c.members) ORDER BY c.extract, c.cell"
    )
    return [
        Given(extract, at, _cell(cell), bool(shown), _unpack(members))
        for extract, at, cell, shown, members in db.execute(sql, (unit,))
    ]


def find_clashes(given: Sequence[Given], table: Table, withheld: Set[Cell]) -> list[Clash]:
    """The cells that are not withheld and that earlier extracts make telling.

    Those of whom all but 1 to 4 are in cells that an earlier one shows; those that together hold all but 1 to 4 of a
    cell that an earlier one shows; and those that were withheld and differ by fewer than FEW. Raises NoSample where it
    is the total.
    """
    shown = {cell: frozenset(map(_hash, labels)) for cell, labels in table.members.items() if cell not in withheld}
    found = [
        *_of_parts(given, shown),
        *_parts_of(given, shown),
        *(Clash(one.cell, one.extract, one.why(len(now ^ one.members)))
          for one in given if not one.shown and _is_near(now := shown.get(one.cell, frozenset()), one.members)),
    ]  # fmt: skip
    for clash in found:
        if clash.cell == GRAND:
            raise NoSample(
                f"refused: {clash.why}. Draw the same again, or a period, sites or a size that differ by {FEW} or more"
            )
    return found


def _is_near(now: frozenset[bytes], before: frozenset[bytes]) -> bool:
    return bool(now) and len(now ^ before) < FEW and (now <= before or before <= now)


def _of_parts(given: Sequence[Given], shown: Mapping[Cell, frozenset[bytes]]) -> Iterator[Clash]:
    """Cells of which an earlier extract shows all but a few, in one cell or in several: a county in municipalities."""
    for _, same in groupby(sorted(given, key=_pattern), key=_pattern):
        parts = [one for one in same if one.shown]
        for cell, now in shown.items():
            inner = [one for one in parts if one.members <= now]
            left = len(now) - sum(len(one.members) for one in inner)
            if inner and 0 < left < FEW:
                yield Clash(cell, inner[0].extract, inner[0].why(left))


def _parts_of(given: Sequence[Given], shown: Mapping[Cell, frozenset[bytes]]) -> Iterator[Clash]:
    """Of the cells that show all but a few of an earlier one, the smallest."""
    patterns: dict[tuple[str, ...], dict[Cell, frozenset[bytes]]] = defaultdict(dict)
    for cell, now in shown.items():
        if now:
            patterns[tuple(trait for trait, _ in cell)][cell] = now
    for one in given:
        for cells in patterns.values() if one.shown else ():
            inner = [cell for cell, now in cells.items() if now <= one.members]
            left = len(one.members) - sum(len(cells[cell]) for cell in inner)
            if inner and 0 < left < FEW:
                yield Clash(min(inner, key=lambda cell: (len(shown[cell]), cell)), one.extract, one.why(left))


def _pattern(one: Given) -> tuple[int, tuple[str, ...]]:
    """The cells of an extract that have the same traits have nobody in common."""
    return one.extract, tuple(trait for trait, _ in one.cell)


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


def _unpack(kept: bytes) -> frozenset[bytes]:
    return frozenset(kept[at : at + _WIDTH] for at in range(0, len(kept), _WIDTH))


def _cell(text: str) -> Cell:
    return cast("Cell", tuple((trait, value) for trait, value in json.loads(text)))
